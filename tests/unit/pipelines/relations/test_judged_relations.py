"""Results of relations are kept, and asked again where a dataset or the relation changed, and nowhere else."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.relations import judged_relations
from pipelines.relations.judged_relations import (
    ask_relations,
    find_standing_relations,
    judge_relations,
    mark_relations,
)
from pipelines.workspace import Workspace
from schemas.errors import ContractError, EngineError
from support.absent_engine import without_engine
from support.contracts import contract_with
from support.related_workspace import EVENTS, HELD_AT, PLACES, RELATION, WITHOUT_P2, hand_in, related_workspace
from support.workspaces import NOW, copied_workspace, workspace_with


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return related_workspace(tmp_path_factory.mktemp("built"))


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


@pytest.fixture
def asked(monkeypatch):
    """The relations that were asked of rows, in order."""
    found: list[str] = []
    judge = judged_relations.judge_relation

    def noting(relation, *rest):
        found.append(relation.id)
        return judge(relation, *rest)

    monkeypatch.setattr(judged_relations, "judge_relation", noting)
    return found


def broken(workspace: Workspace):
    return [
        (one.relation.id, one.result.rows, one.result.list_examples())
        for one in find_standing_relations(workspace).broken
    ]


def test_a_relation_that_rows_keep_is_asked_and_not_broken(workspace):
    (judged,) = judge_relations(workspace, "event")
    assert (judged.relation.id, judged.result.asked, judged.finding) == (RELATION, 2, None)
    assert broken(workspace) == []


def test_a_row_whose_reference_has_gone_breaks_it(workspace):
    hand_in(workspace, "place", WITHOUT_P2)
    assert broken(workspace) == [(RELATION, 1, ["E2"])]


def test_nothing_is_asked_again_while_nothing_changed(workspace, asked):
    judge_relations(workspace, "event")
    assert asked == [RELATION]
    again = workspace_with(workspace.layout.home, *workspace.contracts.values())
    judge_relations(again, "event")
    assert asked == [RELATION]


def test_a_change_of_either_dataset_asks_again_and_one_of_another_dataset_does_not(workspace, asked):
    judge_relations(workspace, "event")
    hand_in(workspace, "note", "id\nN2\n")
    judge_relations(workspace, "event")
    assert len(asked) == 1
    hand_in(workspace, "place", WITHOUT_P2)
    judge_relations(workspace, "event")
    assert len(asked) == 2
    hand_in(workspace, "event", "id,place\nE1,P1\n")
    judge_relations(workspace, "event")
    assert len(asked) == 3


def test_a_dataset_without_relations_asks_and_keeps_nothing(workspace, asked):
    assert judge_relations(workspace, "note") == ()
    assert judge_relations(workspace, "place") == ()
    assert asked == []
    assert not workspace.layout.relations_file("note").exists()


def test_a_changed_contract_asks_again(workspace, asked):
    judge_relations(workspace, "event")
    event = workspace.contracts["event"].model_copy(update={"version": "1.1.0"})
    judge_relations(replace(workspace, contracts={**workspace.contracts, "event": event}), "event")
    assert len(asked) == 2


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"results": {"event-held-at": 1}}', "\udcff"])
def test_a_missing_or_damaged_cache_is_filled_again(workspace, content):
    hand_in(workspace, "place", WITHOUT_P2)
    before = broken(workspace)
    file = workspace.layout.relations_file("event")
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert broken(workspace) == before
    assert RELATION in file.read_text(encoding="utf-8")


def test_a_result_of_a_relation_that_is_gone_is_dropped(workspace):
    judge_relations(workspace, "event")
    file = workspace.layout.relations_file("event")
    text = file.read_text(encoding="utf-8")
    entry = text.removeprefix('{"results":{').removesuffix("}}").replace(RELATION, "old-one")
    file.write_text(f'{{"results":{{{entry}}}}}', encoding="utf-8")
    judge_relations(workspace, "event")
    assert "old-one" not in file.read_text(encoding="utf-8")


def test_who_may_not_write_the_cache_is_answered_all_the_same(workspace, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(judged_relations, "write_atomically", refuse)
    hand_in(workspace, "place", WITHOUT_P2)
    assert broken(workspace) == [(RELATION, 1, ["E2"])]


def test_what_was_kept_of_older_rows_is_no_answer_while_the_engine_is_away(workspace, monkeypatch):
    judge_relations(workspace, "event")
    away = without_engine(workspace, monkeypatch)
    assert [one.result.rows for one in judge_relations(away, "event")] == [0], "the rows are those that were asked"
    hand_in(workspace, "place", WITHOUT_P2)
    found = find_standing_relations(away)
    assert found.broken == []
    (unasked,) = found.unasked
    assert (unasked.relation.id, unasked.since, "within 0.2 seconds" in unasked.error.text.en) == (RELATION, NOW, True)
    assert [one.relation for one in ask_relations(away, "event").unasked] == [unasked.relation]
    for ask in (judge_relations, mark_relations):
        with pytest.raises(EngineError):
            ask(away, "event")
    assert broken(workspace) == [(RELATION, 1, ["E2"])]
    assert find_standing_relations(away).unasked == [], "it was asked here meanwhile"


def test_relations_of_small_datasets_are_asked_and_kept_while_the_engine_is_away(tmp_path, monkeypatch):
    large = contract_with(["id"], name="large")
    relating = [{**HELD_AT, "severity": "error"}, {**HELD_AT, "id": "near", "fields": ["near"], "dataset": "large"}]
    event = contract_with(["id", "place", "near"], relating, name="event")
    workspace = workspace_with(tmp_path, contract_with(["id", "name"], name="place"), large, event)
    hand_in(workspace, "place", PLACES)
    hand_in(workspace, "large", "id\nL1\nL2\nL3\n")
    hand_in(workspace, "event", "id,place,near\nE1,P1,L1\nE2,P2,L1\n")
    hand_in(workspace, "place", WITHOUT_P2)
    workspace.layout.relations_file("event").unlink(missing_ok=True)
    away = without_engine(workspace, monkeypatch, least_rows=3)
    found = find_standing_relations(away)
    assert [one.relation.id for one in found.broken] == [RELATION]
    assert [one.relation.id for one in found.unasked] == ["event-near"]
    assert RELATION in workspace.layout.relations_file("event").read_text(encoding="utf-8")


def test_an_older_version_of_the_dataset_is_asked_as_it_was(workspace):
    hand_in(workspace, "event", f"{EVENTS}E3,P1\n")
    version = workspace.lake.current_version(workspace.contracts["event"])
    assert [one.result.asked for one in judge_relations(workspace, "event", version=version - 1)] == [2]
    assert [one.result.asked for one in judge_relations(workspace, "event")] == [3]


def test_a_relation_is_not_asked_before_it_is_in_force(workspace):
    assert judge_relations(workspace, "event", date(2000, 1, 1)) == ()


def test_a_relation_to_a_dataset_of_which_nothing_was_accepted_is_not_asked(tmp_path):
    workspace = related_workspace(tmp_path)
    contracts = dict(workspace.contracts)
    other = workspace_with(tmp_path / "other", *contracts.values())
    hand_in(other, "note", "id\nN1\n")
    assert [judge_relations(other, name) for name in contracts] == [(), (), ()]


def test_the_mark_changes_with_the_rows_that_break_a_relation_and_counts_the_severities_asked_for(workspace):
    assert mark_relations(workspace, "event") == ""
    hand_in(workspace, "place", WITHOUT_P2)
    one = mark_relations(workspace, "event")
    assert one == mark_relations(workspace, "event", "error")
    assert mark_relations(workspace, "event", "warning") == ""
    hand_in(workspace, "place", "id,name\nP2,two\n")
    assert mark_relations(workspace, "event") not in {one, ""}


def test_a_written_relation_that_names_a_field_that_is_not_there_is_an_error_of_the_table(tmp_path):
    contracts = [contract_with(["id"], name=name) for name in ("construction_contract", "construction_project")]
    workspace = workspace_with(tmp_path, *contracts)
    with pytest.raises(ContractError, match=r"construction_contract\.project_code"):
        judge_relations(workspace, "construction_contract")
