"""The state of a review: bound to one content, void at any change, ended by time, kept by the ledger alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.approvals import list_waiting, review_candidate
from pipelines.review.decisions import approve_candidate, refuse_candidate, undo_decision
from schemas.people import Person
from support.contracts import contract_with
from support.walked import take_all, workspace_with_file
from support.workspaces import NOW, copied_workspace, put, workspace_with

BOTH = {"approvals": {"roles": ["steward", "confidentiality"], "days": 30}}
CONTRACT = contract_with(["code", "area:number"], policy=BOTH)
SECOND = Person(name="second", roles=("steward", "confidentiality"))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return workspace_with_file(tmp_path_factory.mktemp("built"), CONTRACT, "code,area\nS1,10\n", SECOND)


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def as_person(workspace, name):
    return replace(workspace, actor=name)


def review_of(workspace, now=NOW):
    candidate = assemble_candidate(workspace, "sample")
    return review_candidate(workspace, workspace.contracts["sample"], candidate.content_hash, now)


def freeze(workspace, now=NOW):
    return freeze_candidate(workspace, assemble_candidate(workspace, "sample"), now)


def approve_both(workspace, now=NOW):
    approve_candidate(as_person(workspace, "tester"), "sample", now)
    return approve_candidate(as_person(workspace, "reviewer"), "sample", now)


def test_without_approvals_nothing_is_released_and_the_candidate_waits_on_record(workspace):
    assert freeze(workspace) is None
    assert freeze(workspace) is None
    (offered,) = workspace.ledger.read_entries("candidate")
    (waits,) = list_waiting(workspace, NOW)
    assert (waits.dataset, waits.since, waits.review.missing) == ("sample", offered.at, ("steward", "confidentiality"))


def test_one_approval_is_not_enough_and_two_release(workspace):
    freeze(workspace)
    approve_candidate(as_person(workspace, "tester"), "sample", NOW)
    assert freeze(workspace) is None
    assert list_waiting(workspace, NOW)[0].review.missing == ("confidentiality",)
    assert approve_candidate(as_person(workspace, "reviewer"), "sample", NOW).passed
    assert list_waiting(workspace, NOW) == []
    made = freeze(workspace)
    assert [one["role"] for one in made.approvals] == ["steward", "confidentiality"]
    (entry,) = workspace.ledger.read_entries("release")
    assert entry.facts["approvals"] == [one.seq for one in workspace.ledger.read_entries("approval")]
    assert list_waiting(workspace, NOW) == []


def test_a_change_of_the_data_voids_what_was_approved(workspace):
    approve_both(workspace)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,11\n")
    take_all(workspace)
    assert review_of(workspace).missing == ("steward", "confidentiality")
    assert freeze(workspace) is None


def test_another_version_of_the_contract_voids_it_too(workspace):
    approve_both(workspace)
    newer = contract_with(["code", "area:number"], version="1.0.1", policy=BOTH)
    assert review_of(replace(workspace, contracts={"sample": newer})).missing == ("steward", "confidentiality")


def test_the_same_content_again_is_still_approved(workspace):
    approve_both(workspace)
    for area in (11, 10):
        put(workspace, "210100", "sample_2026.csv", f"code,area\nS1,{area}\n")
        take_all(workspace)
    assert review_of(workspace).passed


def test_an_approval_ends_with_its_last_day(workspace):
    approve_both(workspace)
    assert review_of(workspace, NOW + timedelta(days=30)).passed
    assert review_of(workspace, NOW + timedelta(days=31)).missing == ("steward", "confidentiality")
    assert freeze(workspace, NOW + timedelta(days=31)) is None


def test_a_refusal_stops_what_others_approve_until_its_author_changes_his_mind(workspace):
    freeze(workspace)
    refuse_candidate(as_person(workspace, "reviewer"), "sample", "需核对", NOW)
    approve_candidate(as_person(workspace, "tester"), "sample", NOW)
    approve_candidate(as_person(workspace, "second"), "sample", NOW)
    assert not review_of(workspace).passed
    assert freeze(workspace) is None
    assert list_waiting(workspace, NOW)[0].review.refusals[0].reason == "需核对"
    undo_decision(as_person(workspace, "reviewer"), "sample", NOW)
    assert freeze(workspace) is not None


def test_a_contract_without_approvals_is_released_as_before(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"]))
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    assert freeze(workspace).approvals == ()
    assert workspace.ledger.read_entries("candidate") == []


def test_the_gate_refuses_before_anybody_is_asked(workspace):
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,99\n")
    take_all(workspace)
    assert freeze(workspace) is None
    assert list_waiting(workspace, NOW) == []
