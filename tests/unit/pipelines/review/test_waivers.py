"""Waivers: of one objection as it is, for a time, by whom the contract says; never of what may not be waived."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipelines.publication.due import releases_due
from pipelines.refusal import find_refusal, record_refusal
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.approvals import find_ended_waiver, list_waiting
from pipelines.review.waiver_decisions import undo_waivers, waive_finding
from pipelines.review.waivers import WAIVABLE, list_waivers, may_be_waived
from pipelines.submissions.decisions.acceptance import accept_submission
from quality.disclosure.personal_data import FINDING_TYPES
from quality.findings import Finding
from schemas.errors import UsageError
from schemas.text import Text
from support.contracts import contract_with
from support.people import write_people
from support.walked import publish_all, take_all, workspace_with_file
from support.workspaces import NOW, copied_workspace, put, workspace_with

UNTIL = date(2026, 12, 31)
CONTRACT = contract_with(["code", "area:number"], policy={"coverage": 1, "waivers": {"roles": ["head"], "days": 60}})


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """One of three departments has handed in, and the contract asks for all of them."""
    return workspace_with_file(tmp_path_factory.mktemp("built"), CONTRACT, "code,area\nS1,10\n")


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def candidate_of(workspace, on=NOW):
    return assemble_candidate(workspace, "sample", on.date())


def waive(workspace, *, name="tester", type_="low-coverage", until=UNTIL, reason="大连、省本级另行补报"):
    return waive_finding(replace(workspace, actor=name), "sample", type_, reason, until, NOW)


def test_a_waived_objection_no_longer_stops_and_the_release_says_which_by_whom_and_until_when(workspace):
    assert [one.type for one in candidate_of(workspace).errors] == ["low-coverage"]
    waive(workspace)
    candidate = candidate_of(workspace)
    assert (candidate.blocked, [one.finding.type for one in candidate.waived]) == (False, ["low-coverage"])
    made = freeze_candidate(workspace, candidate, NOW)
    (told,) = made.waivers
    (entry,) = workspace.ledger.read_entries("waiver")
    assert (told["type"], told["role"], told["until"], told["entry"]) == (
        "low-coverage",
        "head",
        "2026-12-31",
        entry.seq,
    )
    assert "tester" not in str(told), "no public file names a person"
    assert (entry.who, entry.facts["concerns"]) == ("tester", ["210200/2026", "lnsports/2026"])
    assert workspace.ledger.read_entries("release")[0].facts["waivers"] == [entry.seq]


def test_after_the_last_day_the_gate_objects_again_and_without_a_day_it_always_does(workspace):
    waive(workspace)
    assert not candidate_of(workspace, NOW.replace(month=12, day=31)).blocked
    assert candidate_of(workspace, NOW.replace(year=2027, month=1, day=1)).blocked
    assert assemble_candidate(workspace, "sample").blocked


def test_a_waiver_is_void_when_the_objection_changes(workspace):
    waive(workspace)
    put(workspace, "210200", "sample_2026.csv", "code,area\nS2,20\n")
    take_all(workspace)
    candidate = candidate_of(workspace)
    assert ([one.type for one in candidate.errors], candidate.waived) == (["low-coverage"], ())


def test_corrected_rows_of_the_same_hand_ins_leave_the_waiver_of_those_missing_as_it_is(workspace):
    waive(workspace)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,11\n")
    take_all(workspace)
    assert not candidate_of(workspace).blocked


def test_a_waiver_of_rows_held_back_is_of_these_receipts(tmp_path):
    policy = {"quarantine": {"share": 0.5}, "waivers": {"roles": ["head"]}}
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"], policy=policy))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,x\n")
    take_all(workspace)
    strict = contract_with(["code", "area:number"], policy={**policy, "quarantine": {"share": 0.1}})
    workspace = replace(workspace, contracts={"sample": strict})
    assert [one.type for one in candidate_of(workspace).errors] == ["too-many-held-back"]
    waive(workspace, type_="too-many-held-back")
    assert not candidate_of(workspace).blocked
    put(workspace, "210200", "sample_2026.csv", "code,area\nS3,10\n")
    take_all(workspace)
    assert not candidate_of(workspace).blocked, "a file without errors is not what was waived"
    workspace = replace(workspace, contracts={"sample": contract_with(["code", "area:number"], policy=policy)})
    put(workspace, "210200", "sample_2026.csv", "code,area\nS3,10\nS4,x\n")
    take_all(workspace)
    assert candidate_of(replace(workspace, contracts={"sample": strict})).blocked


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "reviewer"}, "--as who does: tester"),
        ({"name": "automat"}, "--as"),
        ({"name": "root"}, "people.yaml"),
        ({"reason": " "}, "reason is empty"),
        ({"until": NOW.date() - timedelta(days=1)}, "between 2026-11-25 and 2027-01-24"),
        ({"until": NOW.date() + timedelta(days=61)}, "60 days at most"),
        ({"type_": "no-contact"}, "may be waived: low-coverage"),
    ],
)
def test_a_waiver_takes_a_role_a_reason_a_day_and_an_objection_that_is_there(workspace, change, told):
    with pytest.raises(UsageError, match=told):
        waive(workspace, **change)
    assert workspace.ledger.read_entries("waiver") == []


def test_what_is_wrong_in_the_data_is_never_waived(workspace):
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,20\n")
    take_all(workspace)
    with pytest.raises(UsageError, match="never waived"):
        waive(workspace, type_="duplicate-key")
    never = {"negative-list", "duplicate-key", "protected-field", "denied-column", "open-type-lowered", "not-open"}
    assert not WAIVABLE & ({*FINDING_TYPES.values()} | never)
    said = Text(zh="有", en="found")
    assert not any(
        may_be_waived(Finding(judge="row", type=kind, severity="error", message=said))
        for kind in FINDING_TYPES.values()
    )


def test_the_same_again_changes_nothing_another_day_replaces_it_and_undo_takes_all_back(workspace):
    first = waive(workspace)
    assert waive(workspace) == first
    assert waive(workspace, until=NOW.date()).until == NOW.date()
    assert len(workspace.ledger.read_entries("waiver")) == 2
    assert len(undo_waivers(replace(workspace, actor="tester"), "sample", "low-coverage", NOW)) == 2
    assert candidate_of(workspace).blocked
    assert list_waivers(workspace, "sample") == []
    with pytest.raises(UsageError, match="no waiver of low-coverage"):
        undo_waivers(replace(workspace, actor="tester"), "sample", "low-coverage", NOW)
    waive(workspace)
    assert not candidate_of(workspace).blocked


def test_the_refusal_on_record_ends_with_the_waiver_and_begins_again_when_it_is_over(workspace):
    record_refusal(workspace, candidate_of(workspace), NOW)
    assert find_refusal(workspace, "sample") is not None
    waive(workspace)
    assert find_refusal(workspace, "sample") is None
    later = NOW.replace(year=2027, month=1, day=1)
    record_refusal(workspace, candidate_of(workspace, later), later)
    record_refusal(workspace, candidate_of(workspace, later), later)
    assert find_refusal(workspace, "sample") is not None
    assert len(workspace.ledger.read_entries("refusal")) == 2


def test_a_candidate_whose_waiver_has_ended_no_longer_waits_for_people_but_for_the_gate(tmp_path):
    policy = {"coverage": 1, "waivers": {"roles": ["head"]}, "approvals": {"roles": ["steward"]}}
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"], policy=policy))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    last = NOW.date() + timedelta(days=3)
    waive(workspace, until=last)
    assert freeze_candidate(workspace, candidate_of(workspace), NOW) is None
    waiting = [[one.dataset for one in list_waiting(workspace, NOW + timedelta(days=days))] for days in (0, 3, 4)]
    assert waiting == [["sample"], ["sample"], []]
    assert releases_due(workspace) == ["sample"], "so the next run takes it to the gate again"
    assert [find_ended_waiver(workspace, "sample", NOW + timedelta(days=days)) for days in (3, 4)] == [None, last]
    later = NOW + timedelta(days=4)
    again = candidate_of(workspace, later)
    assert record_refusal(workspace, again, later)
    assert [one.type for one in again.errors] == ["low-coverage"]
    waive_finding(workspace, "sample", "low-coverage", "再次豁免", last + timedelta(days=30), later)
    freeze_candidate(workspace, candidate_of(workspace, later), later)
    assert [one.dataset for one in list_waiting(workspace, later)] == ["sample"]


STEADY = {
    "kind": "volume",
    "id": "volume-steady",
    "max_change": 0.2,
    "message": {"zh": "行数变化过大", "en": "the number of rows changed a lot"},
    "source": "test",
}


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_what_an_expectation_found_at_a_hand_in_is_not_waived_but_accepted_for_that_file(tmp_path, severity):
    policy = {"expectations": [{**STEADY, "severity": severity}], "waivers": {"roles": ["head"]}}
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"], policy=policy))
    write_people(tmp_path)
    for rows in (100, 70):
        put(workspace, "210100", "sample_2026.csv", "code,area\n" + "".join(f"S{at},10\n" for at in range(rows)))
        (receipt,) = take_all(workspace).values()
    sent_back = severity == "error"
    assert (receipt.outcome, receipt.counts) == ("quarantine" if sent_back else "accept", {"volume-steady": 1})
    told = f"sportlake accept {receipt.number} --finding volume-steady" if sent_back else "sportlake accept RECEIPT"
    with pytest.raises(UsageError, match=told):
        waive(workspace, type_="volume-steady")
    assert candidate_of(workspace).rows.counted.rows == (100 if sent_back else 70)
    if sent_back:
        accept_submission(workspace, receipt.number, "场地合并", NOW, ["volume-steady"])
        assert candidate_of(workspace).rows.counted.rows == 70
    with pytest.raises(UsageError, match="sportlake accept RECEIPT"):
        waive(workspace, type_="volume-steady")
    assert workspace.ledger.read_entries("waiver") == []


def test_the_public_page_of_the_release_says_what_was_waived_in_which_role_and_until_when(workspace):
    waive(workspace)
    freeze_candidate(workspace, candidate_of(workspace), NOW)
    publish_all(workspace)
    zh, en = (
        (workspace.layout.catalogue / place / "index.html").read_text(encoding="utf-8")
        for place in ("dataset/sample", "dataset/sample/en")
    )
    assert "经部门负责人于 2026年11月25日 豁免，有效期至 2026年12月31日" in zh
    assert "until 31 December 2026" in en
    assert "tester" not in zh + en
