"""Sample data are reviewed by sample people, visibly; nobody approves by himself anywhere else."""

from dataclasses import replace

import pytest

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import refuse_candidate
from pipelines.review.sample_review import NOTE, approve_sample, may_review_samples
from pipelines.sample.people import write_sample_people
from support.contracts import POLICY, contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

CONTRACT = contract_with(["code", "area:number"], policy={"approvals": {"roles": ["steward", "confidentiality"]}})


def home(folder, *, synthetic, sample_people):
    workspace = workspace_with(folder, CONTRACT, synthetic=synthetic)
    if sample_people:
        folder.mkdir(exist_ok=True)
        text = folder / "people.yaml"
        write_sample_people(text)
        text.write_text(text.read_text(encoding="utf-8").replace("ln-bangongshi", "lnsports"), encoding="utf-8")
    else:
        write_people(folder)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    return workspace


def approve_now(workspace):
    """Lets the sample's people decide about the candidate as it is now."""
    return approve_sample(workspace, assemble_candidate(workspace, "sample"), NOW)


def test_in_a_sample_home_two_sample_people_approve_and_the_ledger_says_invented(tmp_path):
    workspace = home(tmp_path, synthetic=True, sample_people=True)
    assert may_review_samples(workspace)
    assert approve_now(workspace)
    found = workspace.ledger.read_entries("approval")
    assert {(entry.who, entry.facts["synthetic"], entry.facts["reason"]) for entry in found} == {
        ("示例管理员", True, NOTE),
        ("示例审查员", True, NOTE),
    }
    made = freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    assert all(one["synthetic"] for one in made.approvals)
    assert not approve_now(workspace)


def test_what_the_contract_needs_is_put_on_record_by_sample_people_and_said_to_be_invented(tmp_path):
    stated = {"pia": "not_done", "head_approval": "not_done"}
    policy = {"assessments": {"needed": list(stated)}, "catalogue": {**POLICY["catalogue"], **stated}}
    workspace = home(tmp_path, synthetic=True, sample_people=True)
    workspace = replace(workspace, contracts={"sample": contract_with(["code", "area:number"], policy=policy)})
    assert approve_now(workspace)
    found = workspace.ledger.read_entries("assessment")
    assert [(one.who, one.facts["kind"], one.facts["synthetic"]) for one in found] == [
        ("示例审查员", "pia", True),
        ("示例负责人", "head_approval", True),
    ]
    assert all("虚构" in one.facts["document"] and "虚构" in one.facts["result"] for one in found)
    made = freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    assert all(one["synthetic"] for one in made.assessments)


@pytest.mark.parametrize(("synthetic", "sample_people"), [(False, True), (True, False), (False, False)])
def test_elsewhere_nobody_approves_by_himself(tmp_path, synthetic, sample_people):
    workspace = home(tmp_path, synthetic=synthetic, sample_people=sample_people)
    assert not approve_now(workspace)
    assert workspace.ledger.read_entries("approval") == []


def test_a_refusal_and_the_gate_stand(tmp_path):
    workspace = home(tmp_path, synthetic=True, sample_people=True)
    refuse_candidate(replace(workspace, actor="示例审查员"), "sample", "需核对", NOW)
    assert not approve_now(workspace)
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,99\n")
    take_all(workspace)
    assert not approve_now(workspace)
