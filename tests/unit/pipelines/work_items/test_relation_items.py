"""A broken relation is work of the department whose rows break it, or of the owner of the other dataset."""

import pytest

from pipelines.refusal import record_refusal
from pipelines.relations.judged_relations import find_standing_relations
from pipelines.release import assemble_candidate
from pipelines.work_items.relation_items import find_relation_items
from pipelines.work_items.release_items import find_gate_items
from support.absent_engine import without_engine
from support.contracts import contract_with
from support.related_workspace import RELATION, WITHOUT_P2, hand_in, related_workspace
from support.workspaces import NOW, copied_workspace, workspace_with


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return related_workspace(tmp_path_factory.mktemp("built"))


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def items_of(workspace):
    return list(find_relation_items(workspace, NOW))


def test_there_is_no_work_while_all_relations_are_kept(workspace):
    assert items_of(workspace) == []


def test_the_department_whose_rows_break_it_is_told_which_and_what_to_do(workspace):
    hand_in(workspace, "event", "id,place\nE3,P2\n", "210200")
    hand_in(workspace, "place", WITHOUT_P2)
    first, second = items_of(workspace)
    assert [(one.department, one.kind, one.dataset, one.subject) for one in (first, second)] == [
        ("210100", "relation", "event", RELATION),
        ("210200", "relation", "event", RELATION),
    ]
    assert "(1 row, such as E2)" in first.text.en
    assert "E3" not in first.text.en, "of its own rows only"
    assert "请核对" in first.text.zh
    assert (first.since, first.due) == (NOW.date(), None), "nothing says until when, while it stops nothing"
    assert first.page.startswith("receipts/RCPT-")
    assert first.page != second.page
    assert second.command.startswith("sportlake submit ")
    assert second.command.endswith(" --dataset event --department 210200 --period 2026")


def test_what_stops_a_release_has_a_last_day_and_no_second_item(workspace):
    hand_in(workspace, "place", WITHOUT_P2)
    record_refusal(workspace, assemble_candidate(workspace, "event", NOW.date()), NOW)
    (item,) = items_of(workspace)
    assert item.due > NOW.date() == item.since
    assert [one.role for one in find_gate_items(workspace, NOW)] == ["steward"]


def test_what_only_warns_has_no_last_day(tmp_path):
    workspace = related_workspace(tmp_path, "warning")
    hand_in(workspace, "place", WITHOUT_P2)
    assert [item.due for item in items_of(workspace)] == [None]


def test_what_only_informs_is_no_work(tmp_path):
    penalty = contract_with(["decision_no", "party_uscc"], name="admin_penalty")
    known = contract_with(["operator_uscc", "known_operator"], name="operator_credit")
    workspace = workspace_with(tmp_path, penalty, known)
    hand_in(workspace, "operator_credit", "operator_uscc,known_operator\nU,0\n")
    hand_in(workspace, "admin_penalty", "decision_no,party_uscc\nP1,U\n")
    assert [one.relation.id for one in find_standing_relations(workspace).broken] == ["penalised-body-is-operator"]
    assert items_of(workspace) == []


def test_the_operators_are_told_what_the_engine_did_not_ask_and_the_refusal_of_then_is_not(workspace, monkeypatch):
    hand_in(workspace, "place", WITHOUT_P2)
    record_refusal(workspace, assemble_candidate(workspace, "event", NOW.date()), NOW)
    away = without_engine(workspace, monkeypatch)
    assert items_of(away) == items_of(workspace), "nothing has changed since it was asked"
    hand_in(workspace, "place", "id,name\nP3,three\n")
    (item,) = items_of(away)
    assert (item.role, item.kind, item.dataset, item.since) == ("operator", "unasked", "event", NOW.date())
    assert "within 0.2 seconds" in item.text.en
    assert item.command == "SPORTLAKE_ENGINE=local sportlake status"
    assert list(find_gate_items(away, NOW)) == []
    assert [one.department for one in items_of(workspace)] == ["210100"]


def test_it_is_over_once_the_reference_is_back(workspace):
    hand_in(workspace, "place", WITHOUT_P2)
    hand_in(workspace, "place", "id,name\nP1,one\nP2,two\n")
    assert items_of(workspace) == []


def test_what_the_owner_of_the_other_dataset_must_mend_is_one_item_of_the_owner(tmp_path):
    penalty = contract_with(["decision_no", "offence", "penalty_kind"], name="admin_penalty")
    standard = contract_with(["standard_id", "offence"], name="penalty_standard")
    workspace = workspace_with(tmp_path, penalty, standard)
    for department in ("210100", "210200"):
        hand_in(
            workspace, "admin_penalty", f"decision_no,offence,penalty_kind\n{department},擅自经营,fine\n", department
        )
    hand_in(workspace, "penalty_standard", "standard_id,offence\nS1,其他\n", "lnsports")
    (item,) = items_of(workspace)
    assert (item.department, item.dataset, item.subject) == ("lnsports", "admin_penalty", "penalty-has-standard")
    assert "2 rows" in item.text.en
    assert item.command == (
        "sportlake submit 'penalty_standard_2026_完整.csv' --dataset penalty_standard --department lnsports --period 2026"
    )
