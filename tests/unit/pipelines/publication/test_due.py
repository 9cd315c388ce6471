"""What the next run must do: nothing for a dataset whose rows are those of its newest release, however they came there."""

from dataclasses import replace

import pytest

from pipelines.publication.due import releases_due
from pipelines.review.approvals import list_disputes, list_waiting
from pipelines.submissions.decisions.retraction import reinstate_submission, retract_submission
from support.contracts import contract_with
from support.walked import release_all, take_all
from support.workspaces import NOW, put, workspace_with

GOOD = "code,area\nS1,10\nS2,20\n"


@pytest.fixture
def workspace(tmp_path):
    policy = {"disputed": "hold_out", "quarantine": {"share": 0.5}, "approvals": {"roles": ["steward"]}}
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"], policy=policy))
    hand_in(workspace, GOOD)
    return workspace


def hand_in(workspace, content, period="2026", department="210100"):
    put(workspace, department, f"sample_{period}.csv", content)
    (receipt,) = take_all(workspace).values()
    return receipt.number


def retract_and_undo(workspace, number):
    retract_submission(workspace, number, "误报", NOW)
    reinstate_submission(workspace, number, "没有误报", NOW)


def test_a_first_release_is_due_until_it_is_made(workspace):
    assert releases_due(workspace) == ["sample"]
    assert list(release_all(workspace)) == ["sample"]
    assert releases_due(workspace) == []


def test_rows_taken_back_and_put_in_force_again_are_looked_at_once(workspace):
    release_all(workspace)
    (landed,) = workspace.ledger.read_entries("landing")
    retract_and_undo(workspace, landed.facts["number"])
    assert releases_due(workspace) == ["sample"]
    assert release_all(workspace) == {}
    assert releases_due(workspace) == []
    assert list_waiting(workspace, NOW) == []
    assert workspace.ledger.read_entries("candidate")[-1].facts["equals"] == "2026.11.1"


def test_an_older_period_of_an_inventory_changes_nothing_that_is_released(workspace):
    release_all(workspace)
    for area in (1, 2):
        hand_in(workspace, f"code,area\nS1,{area}\n", "2025")
        assert releases_due(workspace) == ["sample"]
        assert release_all(workspace) == {}
        assert releases_due(workspace) == []


def test_disputed_keys_stay_on_record(workspace):
    number = hand_in(workspace, "code,area\nS2,99\nS3,1\n", department="210200")
    release_all(workspace)
    before = list_disputes(workspace, "sample")
    retract_and_undo(workspace, number)
    assert release_all(workspace) == {}
    assert list_disputes(workspace, "sample") == before
    assert [one["key"] for one in before] == ["S2"]


def test_another_content_or_contract_is_due_after_that(workspace):
    release_all(workspace)
    hand_in(workspace, "code,area\nS1,1\n", "2025")
    release_all(workspace)
    newer = contract_with(["code", "area:number"], version="1.0.1")
    assert releases_due(replace(workspace, contracts={"sample": newer})) == ["sample"]
    hand_in(workspace, "code,area\nS1,11\nS2,20\n")
    assert releases_due(workspace) == ["sample"]
    assert list(release_all(workspace)) == ["sample"]
