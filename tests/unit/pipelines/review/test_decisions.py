"""Who may decide about a candidate: named people with the right role, two for two roles, never the platform itself."""

from dataclasses import replace

import pytest

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import approve_assembled, approve_candidate, refuse_candidate, undo_decision
from schemas.errors import UsageError
from schemas.people import Person
from support.contracts import contract_with
from support.people import PEOPLE, write_people
from support.walked import take_all
from support.workspaces import NOW, copied_workspace, put, workspace_with

CONTRACT = contract_with(["code", "area:number"], policy={"approvals": {"roles": ["steward", "confidentiality"]}})
MORE = (
    Person(name="both", roles=("steward", "confidentiality")),
    Person(name="sample-steward", roles=("steward",), synthetic=True),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    workspace = workspace_with(home, CONTRACT)
    write_people(home, *PEOPLE, *MORE)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def approve(workspace, name, **more):
    return approve_candidate(replace(workspace, actor=name), "sample", NOW, **more)


def test_the_ledger_says_who_in_which_role_about_which_content_and_until_when(workspace):
    approve(workspace, "tester", note="逐项核对")
    (entry,) = workspace.ledger.read_entries("approval")
    facts = dict(entry.facts)
    candidate = assemble_candidate(workspace, "sample")
    assert (entry.who, facts["role"], facts["until"], facts["reason"]) == (
        "tester",
        "steward",
        "2026-12-25",
        "逐项核对",
    )
    assert (facts["content_hash"], facts["contract_version"], facts["rows"]) == (candidate.content_hash, "1.0.0", 1)


def test_the_same_person_cannot_approve_in_both_roles(workspace):
    approve(workspace, "both")
    with pytest.raises(UsageError, match="another person"):
        approve(workspace, "both")
    assert approve(workspace, "reviewer").passed


@pytest.mark.parametrize(("name", "told"), [("clerk", "--as"), ("automat", "--as"), ("root", "people.yaml")])
def test_who_has_no_such_role_cannot_decide(workspace, name, told):
    with pytest.raises(UsageError, match=told):
        approve(workspace, name)
    with pytest.raises(UsageError, match=told):
        refuse_candidate(replace(workspace, actor=name), "sample", "不行", NOW)
    assert workspace.ledger.read_entries("approval") == []


def test_an_invented_person_decides_about_invented_data_only(workspace):
    with pytest.raises(UsageError, match="sample data only"):
        approve(workspace, "sample-steward")
    approve(replace(workspace, synthetic=True), "sample-steward")
    assert workspace.ledger.read_entries("approval")[0].facts["synthetic"]


def test_a_second_approval_in_one_role_is_refused(workspace):
    approve(workspace, "tester")
    (workspace.layout.people).write_text(
        workspace.layout.people.read_text(encoding="utf-8") + "  - {name: other, roles: [steward]}\n", encoding="utf-8"
    )
    with pytest.raises(UsageError, match="in that role already"):
        approve(workspace, "other")


def test_a_refusal_takes_a_reason(workspace):
    with pytest.raises(UsageError, match="reason is empty"):
        refuse_candidate(replace(workspace, actor="reviewer"), "sample", " ", NOW)


def test_an_approval_can_be_taken_back_before_the_release_and_given_again(workspace):
    approve(workspace, "tester")
    undo_decision(replace(workspace, actor="tester"), "sample", NOW)
    with pytest.raises(UsageError, match="has decided nothing"):
        undo_decision(replace(workspace, actor="tester"), "sample", NOW)
    assert approve(workspace, "tester").missing == ("confidentiality",)


def test_what_is_released_is_not_decided_about_any_more(workspace):
    approve(workspace, "tester")
    approve(workspace, "reviewer")
    assert freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW) is not None
    for decide in (lambda: approve(workspace, "tester"), lambda: undo_decision(workspace, "sample", NOW)):
        with pytest.raises(UsageError, match="rollback"):
            decide()


def test_what_the_gate_stops_cannot_be_approved_but_refused(workspace):
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,99\n")
    take_all(workspace)
    with pytest.raises(UsageError, match="stopped at the gate"):
        approve(workspace, "tester")
    assert refuse_candidate(replace(workspace, actor="tester"), "sample", "重复", NOW).refusals


def test_a_contract_that_asks_for_nobody_says_so(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"]))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    with pytest.raises(UsageError, match="asks for no approval"):
        approve(workspace, "tester")


def test_who_is_told_that_the_gate_stops_it_reads_an_error_and_no_warning(tmp_path):
    policy = {"approvals": {"roles": ["steward"]}, "disputed": "hold_out", "quarantine": {"share": 0.1}}
    workspace = workspace_with(tmp_path, contract_with(["code", "note"], policy=policy))
    write_people(tmp_path, *PEOPLE)
    put(workspace, "210100", "sample_2026.csv", "code,note\nS1,持证 E12345678 参赛\nS2,无\n")
    put(workspace, "210200", "sample_2026.csv", "code,note\nS2,无\nS3,无\n")
    take_all(workspace)
    candidate = assemble_candidate(workspace, "sample")
    assert [one.severity for one in candidate.objections] == ["error", "warning", "warning"]
    warned_first = replace(candidate, objections=candidate.objections[::-1])
    with pytest.raises(UsageError, match="held back"):
        approve_assembled(workspace, warned_first, NOW)
