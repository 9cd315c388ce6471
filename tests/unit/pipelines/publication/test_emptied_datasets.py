"""A dataset of which everything was retracted leaves the public with the retraction's reason, and comes back with its data."""

import pytest

from pipelines.intake import take_arrival
from pipelines.publication.due import releases_due
from pipelines.publication.emptied_datasets import restore_refilled, withdraw_emptied
from pipelines.publication.withdrawal import list_withdrawals, restore_dataset, withdraw_dataset
from pipelines.submissions.decisions.retraction import reinstate_submission, retract_submission
from pipelines.submissions.inbox.inbox import list_arrivals
from schemas.text import Text
from support.contracts import contract_with
from support.walked import publish_all, release_all
from support.workspaces import NOW, put, workspace_with

CONTRACT = contract_with(["id:integer", "name"])


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, CONTRACT)


def hand_in(workspace, name="甲", department="210100"):
    lines = "".join(f"{department}{at},{name}\n" for at in range(5))
    put(workspace, department, "sample_2026.csv", f"id,name\n{lines}")
    return take_arrival(workspace, list_arrivals(workspace)[0], NOW).number


def run(workspace):
    """What `sportlake run` does after the intake."""
    withdraw_emptied(workspace, NOW)
    if releases_due(workspace):
        release_all(workspace)
    return publish_all(workspace)


def is_public(workspace):
    return (workspace.layout.catalogue / "releases" / "sample").exists()


def kinds(workspace):
    return [entry.kind for entry in workspace.ledger.read_entries() if entry.kind in {"withdrawal", "restoration"}]


def test_nothing_of_it_stays_public_and_the_page_says_why(workspace):
    number = hand_in(workspace)
    run(workspace)
    assert is_public(workspace)
    retract_submission(workspace, number, "含有不应公开的内容", NOW)
    assert run(workspace).retired == 1
    assert not is_public(workspace)
    page = (workspace.layout.catalogue / "dataset/sample/index.html").read_text(encoding="utf-8")
    assert "本数据集的全部数据已撤回：含有不应公开的内容" in page
    (withdrawal,) = list_withdrawals(workspace)
    assert withdrawal.reason.en == "all data of this dataset were taken back: 含有不应公开的内容"
    assert releases_due(workspace) == []


def test_undone_it_is_public_again_by_itself(workspace):
    number = hand_in(workspace)
    run(workspace)
    retract_submission(workspace, number, "填错", NOW)
    run(workspace)
    reinstate_submission(workspace, number, "没有填错", NOW)
    run(workspace)
    assert is_public(workspace)
    assert list_withdrawals(workspace) == []
    retract_submission(workspace, number, "还是错", NOW)
    run(workspace)
    assert not is_public(workspace)
    assert kinds(workspace) == ["withdrawal", "restoration", "withdrawal"]


def test_other_data_bring_it_back_only_with_their_own_release(workspace):
    number = hand_in(workspace)
    run(workspace)
    retract_submission(workspace, number, "填错", NOW)
    run(workspace)
    hand_in(workspace, "乙", "210200")
    withdraw_emptied(workspace, NOW)
    publish_all(workspace)
    assert not is_public(workspace)
    run(workspace)
    assert is_public(workspace)
    assert "甲" not in (workspace.layout.catalogue / "releases/sample/2026.11.2/sample.csv").read_text(encoding="utf-8")


def test_it_is_said_once_and_a_run_killed_anywhere_ends_the_same(workspace):
    number = hand_in(workspace)
    run(workspace)
    retract_submission(workspace, number, "填错", NOW)
    assert len(withdraw_emptied(workspace, NOW)) == 1
    assert withdraw_emptied(workspace, NOW) == []
    run(workspace)
    reinstate_submission(workspace, number, "没有填错", NOW)
    release_all(workspace)
    restore_refilled(workspace, "sample", NOW)
    assert kinds(workspace) == ["withdrawal", "restoration"]
    run(workspace)
    assert is_public(workspace)


def test_a_withdrawal_by_decision_stays(workspace):
    number = hand_in(workspace)
    run(workspace)
    withdraw_dataset(workspace, "sample", Text(zh="核对中", en="being checked"), None, NOW)
    retract_submission(workspace, number, "填错", NOW)
    assert withdraw_emptied(workspace, NOW) == []
    reinstate_submission(workspace, number, "没有填错", NOW)
    run(workspace)
    assert [one.reason.zh for one in list_withdrawals(workspace)] == ["核对中"]


def test_while_there_is_nothing_to_show_it_cannot_be_given_back(workspace):
    number = hand_in(workspace)
    run(workspace)
    retract_submission(workspace, number, "填错", NOW)
    run(workspace)
    restore_dataset(workspace, "sample", Text(zh="恢复", en="give it back"), NOW)
    run(workspace)
    assert not is_public(workspace)
    assert kinds(workspace) == ["withdrawal", "restoration", "withdrawal"]


def test_one_that_was_never_released_or_still_has_data_is_left_alone(workspace):
    first = hand_in(workspace)
    retract_submission(workspace, first, "填错", NOW)
    assert withdraw_emptied(workspace, NOW) == []
    first = hand_in(workspace, "丙")
    hand_in(workspace, "乙", "210200")
    run(workspace)
    retract_submission(workspace, first, "填错", NOW)
    run(workspace)
    assert (is_public(workspace), list_withdrawals(workspace)) == (True, [])
