"""Relations between datasets from hand-in to release: what breaks one stops it, is told, is waived or mended."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.audit.reproduction import reproduce_release
from pipelines.erasure.carry_out import carry_out
from pipelines.erasure.requests import request_erasure
from pipelines.erasure.sought_values import checked_values
from pipelines.publication.due import releases_due
from pipelines.refusal import find_refusal, record_refusal
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.candidate_pages import render_candidate
from pipelines.review.candidate_view import build_view
from pipelines.review.waiver_decisions import undo_waivers, waive_finding
from pipelines.work_items.work_list import list_department_items
from schemas.errors import UsageError
from support.contracts import contract_with
from support.related_workspace import PLACES, RELATION, WITHOUT_P2, hand_in, related_workspace
from support.walked import release_all
from support.workspaces import NOW, copied_workspace, workspace_with

UNTIL = date(2026, 12, 31)
TYPE = f"relation-{RELATION}"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return related_workspace(tmp_path_factory.mktemp("built"))


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def candidate_of(workspace, dataset="event"):
    return assemble_candidate(workspace, dataset, NOW.date())


def waive(workspace, until=UNTIL):
    return waive_finding(workspace, "event", TYPE, "场地资料补报中", until, NOW)


def test_a_broken_relation_stops_the_release_of_its_dataset_and_of_no_other(workspace):
    hand_in(workspace, "place", WITHOUT_P2)
    candidate = candidate_of(workspace)
    assert [(one.type, one.message.en.endswith("(1 row, such as E2)")) for one in candidate.errors] == [(TYPE, True)]
    assert freeze_candidate(workspace, candidate, NOW) is None
    assert not candidate_of(workspace, "place").blocked
    assert not candidate_of(workspace, "note").blocked


def test_the_refusal_names_slices_and_receipts_and_is_void_once_other_rows_break_the_relation(workspace):
    hand_in(workspace, "place", WITHOUT_P2)
    refusal = record_refusal(workspace, candidate_of(workspace), NOW)
    (objection,) = refusal.facts["objections"]
    assert (objection["type"], objection["slices"], len(objection["receipts"])) == (TYPE, ["210100/2026"], 1)
    assert find_refusal(workspace, "event") == refusal
    assert record_refusal(workspace, candidate_of(workspace), NOW) == refusal, "recorded once"
    hand_in(workspace, "place", "id,name\nP2,two\n")
    assert find_refusal(workspace, "event") is None, "the gate must look again"
    assert record_refusal(workspace, candidate_of(workspace), NOW).seq > refusal.seq


def test_mending_the_other_dataset_lets_the_release_pass(workspace):
    hand_in(workspace, "place", WITHOUT_P2)
    record_refusal(workspace, candidate_of(workspace), NOW)
    assert "event" in releases_due(workspace)
    hand_in(workspace, "place", PLACES)
    assert find_refusal(workspace, "event") is None
    assert freeze_candidate(workspace, candidate_of(workspace), NOW) is not None


def test_a_release_that_was_made_stays_and_the_department_is_told_when_a_relation_breaks_later(workspace):
    assert set(release_all(workspace)) == {"place", "note", "event"}
    hand_in(workspace, "place", WITHOUT_P2)
    assert releases_due(workspace) == ["place"]
    assert [one.kind for one in list_department_items(workspace, "210100", NOW) if one.kind == "relation"] == [
        "relation"
    ]


def test_a_warning_is_shown_and_stops_nothing(tmp_path):
    workspace = related_workspace(tmp_path, "warning")
    hand_in(workspace, "place", WITHOUT_P2)
    candidate = candidate_of(workspace)
    assert [(one.type, one.severity) for one in candidate.objections] == [(TYPE, "warning")]
    page = render_candidate(build_view(workspace, candidate, NOW), set(), "", synthetic=False)
    assert "such as E2" in page
    assert "例如 E2" in page
    with pytest.raises(UsageError, match="no objection"):
        waive(workspace)
    assert freeze_candidate(workspace, candidate, NOW) is not None


def test_a_broken_relation_is_waived_for_these_rows_and_until_that_day(workspace):
    hand_in(workspace, "place", WITHOUT_P2)
    waive(workspace)
    candidate = candidate_of(workspace)
    assert (candidate.blocked, [one.finding.type for one in candidate.waived]) == (False, [TYPE])
    assert assemble_candidate(workspace, "event", date(2027, 1, 1)).blocked
    hand_in(workspace, "place", "id,name\nP3,three\n")
    assert candidate_of(workspace).blocked, "other rows break it now"
    hand_in(workspace, "place", WITHOUT_P2)
    assert not candidate_of(workspace).blocked
    undo_waivers(workspace, "event", TYPE, NOW)
    assert candidate_of(workspace).blocked


def test_a_release_made_under_a_waiver_says_so_and_is_made_again_byte_by_byte(workspace):
    hand_in(workspace, "place", WITHOUT_P2)
    waive(workspace)
    release = freeze_candidate(workspace, candidate_of(workspace), NOW)
    assert [one["type"] for one in release.waivers] == [TYPE]
    made = reproduce_release(workspace, release)
    assert [file.name for file in made.files if not file.same] == []


def test_the_three_public_expenses_are_held_against_their_budget_lines(tmp_path):
    key = ["fiscal_year", "unit_uscc", "phase"]
    amounts = ["abroad_cny:number", "vehicle_cny:number", "reception_cny:number"]
    expenses = contract_with([*key, *amounts], name="three_public_expenses", primary_key=key)
    lines = contract_with(["line_no", *key, "section", "econ_code", "amount_cny:number"], name="budget_line")
    workspace = workspace_with(tmp_path, lines, expenses)
    hand_in(workspace, "budget_line", "line_no,fiscal_year,unit_uscc,phase,section,econ_code,amount_cny\n1,2025,U,final,basic_detail,30217,70000\n2,2025,U,final,basic_detail,30231,50000\n")  # fmt: skip
    hand_in(
        workspace,
        "three_public_expenses",
        "fiscal_year,unit_uscc,phase,abroad_cny,vehicle_cny,reception_cny\n2025,U,final,0,60000,60000\n",
    )
    (objection,) = candidate_of(workspace, "three_public_expenses").errors
    assert objection.type == "relation-reception-covers-its-lines"
    assert "2025 / U / final (60000; 70000)" in objection.message.en


def test_an_erasure_forgets_what_the_relations_gave(workspace):
    hand_in(workspace, "event", "id,place\n张三丰纪念赛,P2\n")
    hand_in(workspace, "place", WITHOUT_P2)
    assert candidate_of(workspace).blocked
    file, sought = workspace.layout.relations_file("event"), checked_values(["张三丰纪念赛"])
    assert "张三丰纪念赛" in file.read_text(encoding="utf-8")
    request = request_erasure(workspace, sought, "辽体删〔2026〕1号", "本人申请", NOW)
    carry_out(replace(workspace, actor="reviewer"), request, sought, NOW)
    assert not file.exists()
    assert [one.result.rows for one in candidate_of(workspace).relations] == [0]
