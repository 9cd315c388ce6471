"""What runs out is listed before its last day and after it, as long as it matters."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.assessment_decisions import Assessed, record_assessment, undo_assessment
from pipelines.review.expiring_evidence import NOTICE_DAYS, list_expiring_evidence
from pipelines.review.waiver_decisions import waive_finding
from support.contracts import POLICY, contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

TODAY = NOW.date()
UNTIL = TODAY + timedelta(days=60)
NEEDED = {
    "coverage": 1,
    "assessments": {"needed": ["head_approval"]},
    "catalogue": {**POLICY["catalogue"], "head_approval": "not_done"},
}


@pytest.fixture
def workspace(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"], policy=NEEDED))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    record_assessment(workspace, "sample", "head_approval", Assessed("辽体〔2026〕1号", "同意", TODAY, UNTIL), NOW)
    return workspace


def kinds(workspace, day):
    return [(one.kind, one.expired) for one in list_expiring_evidence(workspace, day)]


def test_an_assessment_is_listed_in_good_time_and_when_it_is_over(workspace):
    assert kinds(workspace, UNTIL - timedelta(days=NOTICE_DAYS + 1)) == []
    assert kinds(workspace, UNTIL - timedelta(days=NOTICE_DAYS)) == [("head_approval", False)]
    (over,) = list_expiring_evidence(workspace, UNTIL + timedelta(days=1))
    assert (over.dataset, over.until, over.person, over.role, over.expired) == ("sample", UNTIL, "tester", "head", True)
    undo_assessment(workspace, "sample", "head_approval", "有误", NOW)
    assert kinds(workspace, UNTIL) == []


def test_a_waiver_over_is_listed_only_where_the_newest_release_rests_on_it(workspace):
    last = TODAY + timedelta(days=5)
    waive_finding(workspace, "sample", "low-coverage", "补报中", last, NOW)
    assert kinds(workspace, TODAY) == [("low-coverage", False)]
    assert kinds(workspace, last + timedelta(days=1)) == []
    assert freeze_candidate(workspace, assemble_candidate(workspace, "sample", TODAY), NOW) is not None
    assert kinds(workspace, last + timedelta(days=1)) == [("low-coverage", True)]


def test_the_day_of_review_of_a_refusal_is_listed_from_the_contract_and_from_the_record(workspace):
    refusal = {
        "ground": "security",
        "clause": "第十四条",
        "decided": "2025-11-25",
        "review_by": "2026-11-20",
        "separable": False,
    }
    catalogue = {**POLICY["catalogue"], "open_type": "closed", "refusal": refusal}
    contract = contract_with(["code", "area:number"], policy={"catalogue": catalogue})
    closed = replace(workspace, contracts={"sample": contract})
    (stated,) = list_expiring_evidence(closed, TODAY)
    assert (stated.kind, stated.person, stated.until, stated.expired) == ("refusal", None, date(2026, 11, 20), True)
    said = Assessed("辽体〔2026〕9号", "信息公开条例第十四条", TODAY, TODAY + timedelta(days=90))
    record_assessment(closed, "sample", "refusal", said, NOW)
    assert kinds(closed, TODAY) == []
    assert kinds(closed, TODAY + timedelta(days=80)) == [("refusal", False)]
