"""Evidence that somebody must put on record or review: lacking, ending soon, ended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.assessment_decisions import Assessed, record_assessment
from pipelines.work_items.evidence_items import find_expiring_items, find_lacking_items
from support.contracts import POLICY, contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

TODAY = NOW.date()
NEEDED = {
    "assessments": {"needed": ["head_approval"]},
    "catalogue": {**POLICY["catalogue"], "head_approval": "not_done"},
}


@pytest.fixture
def workspace(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"], policy=NEEDED))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    return workspace


def record(workspace, until):
    assessed = Assessed("辽体〔2026〕1号", "同意", TODAY, until)
    record_assessment(replace(workspace, actor="tester"), "sample", "head_approval", assessed, NOW)


def test_an_assessment_that_a_candidate_lacks_is_for_who_records_it_until_it_is_there(workspace):
    (item,) = find_lacking_items(workspace, NOW)
    assert (item.kind, item.role, item.subject, item.due) == ("evidence", "head", "head_approval", None)
    assert item.command.startswith("sportlake assess sample head_approval")
    record(workspace, TODAY + timedelta(days=300))
    assert list(find_lacking_items(workspace, NOW)) == []


def test_a_record_is_an_item_before_it_ends_and_late_after_it(workspace):
    record(workspace, TODAY + timedelta(days=5))
    (soon,) = find_expiring_items(workspace, NOW)
    (over,) = find_expiring_items(workspace, NOW + timedelta(days=8))
    assert ("即将到期" in soon.text.zh, "已到期" in over.text.zh) == (True, True)
    assert (soon.days_late(TODAY), over.days_late(TODAY + timedelta(days=8))) == (0, 3)
    assert soon.key == over.key
