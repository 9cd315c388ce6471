"""Judging again: what a mended contract, a correction on record or a dataset that arrived makes of a file judged before."""

from dataclasses import replace

import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.decisions.acceptance import accept_submission
from pipelines.submissions.decisions.rejudging import apply_rejudgement, list_judgeable, plan_rejudgement, rejudge_due
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt_files import read_receipt
from schemas.errors import UsageError
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with
from warehouse.lake.standing import find_standing

SITE = contract_with(["code", "size:integer"], name="site")
KNOWN = {"kind": "in_dataset", "fields": ["site"], "dataset": "site", "reference": ["code"]}
VISIT = contract_with(["id:integer", "site"], [KNOWN], name="visit")
SMALL = {"kind": "compare", "id": "size-small", "left": "size", "op": "<", "value": 10}
STRICT = contract_with(["code", "size:integer"], [SMALL], name="site")
LATER = NOW.replace(day=27)
SLICE = SliceKey(dataset="site", department="210100", period="2026")
SITES = "code,size\n" + "".join(f"S{at},{at * 5}\n" for at in range(4))
VISITS = "id,site\n" + "".join(f"{at},S{at}\n" for at in range(4))
HEAD = "department,period,code,field,old,new,reason,who,approved_by,until\n"


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, SITE, VISIT)


def hand_in(workspace, name, content, department="210100"):
    put(workspace, department, name, content)
    return take_arrival(workspace, list_arrivals(workspace)[0], NOW)


def with_contract(workspace, contract):
    return replace(workspace, contracts={**workspace.contracts, contract.name: contract})


def correct(workspace, line):
    path = workspace.layout.corrections_file("site")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + line, encoding="utf-8")


def test_a_dry_run_says_what_would_change_and_writes_nothing(workspace):
    first = hand_in(workspace, "site_2026.csv", SITES)
    entries = workspace.ledger.read_entries()
    planned = plan_rejudgement(with_contract(workspace, STRICT), first.number, LATER)
    assert (planned.changed, planned.before.outcome, planned.after.verdict.outcome) == (True, "accept", "quarantine")
    assert not plan_rejudgement(workspace, first.number, LATER).changed
    assert workspace.ledger.read_entries() == entries
    assert len(list(workspace.layout.receipts.glob("*.json"))) == 1


def test_a_mended_contract_lets_the_waiting_file_in_under_a_receipt_that_names_the_old_one(workspace):
    strict = with_contract(workspace, STRICT)
    waits = hand_in(strict, "site_2026.csv", SITES)
    assert waits.outcome == "quarantine"
    fresh = apply_rejudgement(workspace, waits.number, LATER)
    assert (fresh.outcome, fresh.rejudges, fresh.received_at) == ("accept", waits.number, waits.received_at)
    assert workspace.lake.count_slice_rows(SITE)[SLICE] == 4
    assert fresh.number in read_receipt(workspace, waits.number).notes[0].zh
    assert waits.number in read_receipt(workspace, fresh.number).notes[0].zh
    assert find_standing(workspace.ledger, str(SLICE)).number == fresh.number


def test_what_stands_keeps_standing_where_the_new_judge_takes_nothing(workspace):
    first = hand_in(workspace, "site_2026.csv", SITES)
    fresh = apply_rejudgement(with_contract(workspace, STRICT), first.number, LATER)
    assert (fresh.outcome, find_standing(workspace.ledger, str(SLICE)).number) == ("quarantine", first.number)
    assert workspace.lake.count_slice_rows(SITE)[SLICE] == 4


def test_judging_again_keeps_the_order_of_the_hand_ins(workspace):
    first = hand_in(workspace, "site_2026.csv", SITES)
    last = hand_in(workspace, "site_2026.csv", f"{SITES}S9,1\n")
    apply_rejudgement(workspace, first.number, LATER)
    assert find_standing(workspace.ledger, str(SLICE)).number == last.number
    assert workspace.lake.count_slice_rows(SITE)[SLICE] == 5
    assert hand_in(workspace, "site_2026.csv", f"{SITES}S9,1\n").number == last.number


def test_a_dataset_is_judged_by_what_stands_and_what_waits(workspace):
    stands = hand_in(workspace, "site_2026.csv", SITES)
    waits = hand_in(workspace, "site_2026.csv", "code,size\nS1,x\n")
    other = hand_in(workspace, "site_2026.csv", "code,size\nD1,1\n", department="210200")
    assert list_judgeable(workspace, "site") == [stands.number, waits.number, other.number]
    assert list_judgeable(workspace, "site", "210200") == [other.number]


def test_a_refused_file_is_judged_again_too_and_an_unknown_department_is_said(workspace):
    early = hand_in(workspace, "site_2027.csv", SITES)
    assert early.outcome == "refused"
    ahead = contract_with(
        ["code", "size:integer"], name="site", policy={"slice": {"period": "year", "periods_ahead": 1}}
    )
    (number,) = list_judgeable(workspace, "site")
    assert plan_rejudgement(with_contract(workspace, ahead), number, LATER).after.verdict.outcome == "accept"
    with pytest.raises(UsageError, match="no department"):
        list_judgeable(workspace, "site", "219999")


def test_a_file_that_came_before_what_it_refers_to_is_judged_again_when_that_arrives(workspace):
    waits = hand_in(workspace, "visit_2026.csv", VISITS)
    assert waits.outcome == "quarantine"
    assert rejudge_due(workspace, LATER) == ([], [])
    hand_in(workspace, "site_2026.csv", SITES)
    (fresh,), _ = rejudge_due(workspace, LATER)
    assert (fresh.outcome, fresh.rejudges, fresh.accepted) == ("accept", waits.number, 4)
    assert rejudge_due(workspace, LATER) == ([], [])


def test_another_departments_rows_wake_nobody_once_the_dataset_is_there(workspace):
    hand_in(workspace, "site_2026.csv", "code,size\nD1,1\n", department="210200")
    waits = hand_in(workspace, "visit_2026.csv", VISITS)
    hand_in(workspace, "site_2026.csv", "code,size\nD1,2\nD2,2\n", department="210200")
    assert rejudge_due(workspace, LATER) == ([], [])
    hand_in(workspace, "site_2026.csv", SITES)
    (fresh,), _ = rejudge_due(workspace, LATER)
    assert fresh.rejudges == waits.number


def test_a_file_with_other_errors_waits_for_its_department_and_not_for_a_dataset(workspace):
    hand_in(workspace, "visit_2026.csv", f"{VISITS}x,S1\n")
    hand_in(workspace, "site_2026.csv", SITES)
    assert rejudge_due(workspace, LATER) == ([], [])


def test_a_correction_put_on_record_later_is_applied_to_what_stands_once(workspace):
    first = hand_in(workspace, "site_2026.csv", SITES)
    correct(workspace, "210100,,S2,size,10,11,台账误记,张三,李四,2026-12-31\n")
    (fresh,), problems = rejudge_due(workspace, LATER)
    assert (fresh.rejudges, fresh.rewrites, problems) == (first.number, {"correction": 1}, [])
    assert sorted(workspace.lake.read_slice(SITE, SLICE).column("size").to_pylist()) == [0, 5, 11, 15]
    assert any("台账误记" in decision.zh for decision in fresh.decisions)
    assert rejudge_due(workspace, LATER) == ([], [])


@pytest.mark.parametrize(
    "line",
    [
        "210200,,S2,size,10,11,别的市,张三,李四,2026-12-31\n",
        "210100,2025,S2,size,10,11,别的年,张三,李四,2026-12-31\n",
        "210100,,S2,size,10,11,过期,张三,李四,2026-11-26\n",
    ],
)
def test_a_correction_of_another_slice_or_out_of_date_wakes_nobody(workspace, line):
    hand_in(workspace, "site_2026.csv", SITES)
    correct(workspace, line)
    assert rejudge_due(workspace, LATER) == ([], [])


def test_a_wrong_correction_is_said_in_our_words_and_holds_up_no_other_dataset(workspace):
    hand_in(workspace, "visit_2026.csv", VISITS)
    hand_in(workspace, "site_2026.csv", SITES)
    correct(workspace, "210100,,S2,size,10,11,台账误记,张三,张三,soon\n")
    fresh, (problem,) = rejudge_due(workspace, LATER)
    assert len(fresh) == 1
    assert "site.csv:2" in problem.zh
    assert "until 应为日期" in problem.zh
    assert "pydantic" not in problem.en
    assert "validation error" not in problem.en


def test_what_a_steward_accepted_stays_accepted(workspace):
    strict = with_contract(workspace, STRICT)
    waits = hand_in(strict, "site_2026.csv", SITES)
    accept_submission(strict, waits.number, "确为大型场地", NOW)
    assert not plan_rejudgement(strict, waits.number, LATER).changed
    again = apply_rejudgement(strict, waits.number, LATER)
    assert not plan_rejudgement(strict, again.number, LATER).changed
