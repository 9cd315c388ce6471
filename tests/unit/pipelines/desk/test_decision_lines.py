"""The last decisions of people, newest first: who, what, about which, and why; the gate decides nothing."""

from dataclasses import replace

import pytest

from pipelines.desk.decision_lines import list_decisions
from pipelines.publication.rollback import roll_back
from pipelines.refusal import record_refusal
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import approve_candidate, refuse_candidate
from pipelines.submissions.decisions.retraction import retract_submission
from support.contracts import contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with


@pytest.fixture
def workspace(tmp_path):
    policy = {"approvals": {"roles": ["steward", "confidentiality"]}, "disputed": "whole"}
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"], policy=policy))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    return workspace


def test_each_says_who_what_about_which_and_why(workspace):
    approve_candidate(workspace, "sample", NOW)
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", "面积需核对", NOW)
    (landed,) = workspace.ledger.read_entries("landing")
    number = landed.facts["number"]
    retract_submission(workspace, number, "数字有误", NOW)
    retraction, refusal, approval = list_decisions(workspace, 10)
    assert (refusal.who, refusal.what.zh, refusal.subject, refusal.reason.zh) == (
        "reviewer",
        "不同意发布",
        "sample",
        "面积需核对",
    )
    assert (approval.who, approval.what.en, approval.reason.en) == ("tester", "approved", "")
    assert (retraction.subject, retraction.page) == ("sample/210100/2026", f"receipts/{number}.html")
    assert (retraction.reason.en, retraction.at) == ("数字有误", NOW)
    assert [one.seq for one in list_decisions(workspace, 2)] == [retraction.seq, refusal.seq]


def test_a_rollback_and_its_undoing_each_name_the_release_that_is_shown(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"]))
    numbers = []
    for content in ("code,area\nS1,10\n", "code,area\nS1,10\nS2,20\n"):
        put(workspace, "210100", "sample_2026.csv", content)
        take_all(workspace)
        numbers.append(freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW).number)
    roll_back(workspace, "sample", None, "试", NOW)
    roll_back(workspace, "sample", numbers[1], "复", NOW)
    undone, done = list_decisions(workspace, 2)
    assert [done.subject, undone.subject] == [f"sample/{number}" for number in numbers]
    assert (undone.what.zh, undone.what.en) == ("改为展示其他版本", "showed another release:")


def test_what_the_gate_refuses_is_no_decision(workspace):
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,99\n")
    take_all(workspace)
    assert record_refusal(workspace, assemble_candidate(workspace, "sample"), NOW) is not None
    assert list_decisions(workspace, 10) == []
