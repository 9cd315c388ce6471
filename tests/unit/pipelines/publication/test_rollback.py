"""Showing an earlier release again: which one the public sees, until when, and what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.publication.rollback import roll_back
from pipelines.publication.visible_release import VisibleRelease, visible_release
from pipelines.publication.withdrawal import withdraw_dataset
from schemas.errors import ReleaseError, UsageError
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.workspaces import NOW, copied_workspace, workspace_with

FIRST, SECOND, THIRD, FOURTH = (f"2026.11.{n}" for n in (1, 2, 3, 4))


def house_of(home, releases):
    workspace = workspace_with(home, contract_with(["id"], name="a"), contract_with(["id"], name="b"))
    for n in range(releases):
        freeze_release(workspace, "a", *"12345"[: n + 1])
    return workspace


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return house_of(tmp_path_factory.mktemp("built"), 3)


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def seen(workspace):
    """What is shown, and what is not offered at all."""
    choice = visible_release(workspace, "a")
    return choice.shown.number, sorted(choice.taken_back)


def test_the_newest_release_is_shown_until_somebody_decides_otherwise(workspace):
    assert seen(workspace) == (THIRD, [])
    assert visible_release(workspace, "b") == VisibleRelease((), None, frozenset())


def test_without_a_number_the_release_before_is_shown(workspace):
    assert roll_back(workspace, "a", None, None, NOW) == (THIRD, SECOND)
    assert seen(workspace) == (SECOND, [THIRD])
    assert roll_back(workspace, "a", None, None, NOW) == (SECOND, FIRST)
    assert seen(workspace) == (FIRST, [SECOND, THIRD])


def test_a_rollback_is_an_entry_with_from_to_reason_and_who(workspace):
    roll_back(workspace, "a", FIRST, " 第二版有误 ", NOW)
    (entry,) = workspace.ledger.read_entries("rollback")
    assert entry.facts == {"dataset": "a", "from": THIRD, "to": FIRST, "newest": THIRD, "reason": "第二版有误"}
    assert (entry.who, entry.at) == ("tester", NOW)


def test_going_to_the_newest_undoes_it_whole(workspace):
    roll_back(workspace, "a", FIRST, None, NOW)
    roll_back(workspace, "a", THIRD, None, NOW)
    assert seen(workspace) == (THIRD, [])


def test_a_newer_release_ends_it_and_what_was_taken_back_stays_away(workspace):
    roll_back(workspace, "a", None, None, NOW)
    freeze_release(workspace, "a", *"1234")
    assert seen(workspace) == (FOURTH, [THIRD])
    assert roll_back(workspace, "a", None, None, NOW) == (FOURTH, SECOND)
    assert seen(workspace) == (SECOND, [THIRD, FOURTH])
    roll_back(workspace, "a", THIRD, None, NOW)
    assert seen(workspace) == (THIRD, [FOURTH])


def test_another_dataset_is_not_concerned(workspace):
    freeze_release(workspace, "b", "1")
    roll_back(workspace, "a", None, None, NOW)
    assert visible_release(workspace, "b").shown.number == FIRST


@pytest.mark.parametrize(
    ("dataset", "to", "said"),
    [
        ("nothing", None, "no dataset nothing"),
        ("b", None, "nothing of b has been released"),
        ("a", "2026.11.9", f"no release 2026.11.9; there are {FIRST}, {SECOND}, {THIRD}"),
        ("a", "../b", "has no release"),
        ("a", THIRD, f"shows {THIRD} already; there are {FIRST}"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_leaves_no_entry(workspace, dataset, to, said):
    with pytest.raises(UsageError, match=said):
        roll_back(workspace, dataset, to, None, NOW)
    assert workspace.ledger.read_entries() == []


def test_there_is_nothing_before_the_first(workspace):
    roll_back(workspace, "a", FIRST, None, NOW)
    with pytest.raises(UsageError, match=f"no release before {FIRST}"):
        roll_back(workspace, "a", None, None, NOW)


def test_a_withdrawn_dataset_is_restored_first(workspace):
    withdraw_dataset(workspace, "a", Text(zh="有误", en="wrong"), None, NOW)
    with pytest.raises(UsageError, match="--undo first"):
        roll_back(workspace, "a", FIRST, None, NOW)


def test_an_empty_reason_is_refused(workspace):
    with pytest.raises(UsageError, match="reason is empty"):
        roll_back(workspace, "a", None, "  ", NOW)


def test_a_release_that_was_decided_for_and_is_gone_is_no_silent_change(workspace):
    roll_back(workspace, "a", FIRST, None, NOW)
    workspace.layout.release_folder("a", FIRST).rename(workspace.layout.home / "lost")
    with pytest.raises(ReleaseError, match=f"decided to show {FIRST}"):
        visible_release(workspace, "a")


@settings(max_examples=10)
@given(steps=st.lists(st.sampled_from([FIRST, SECOND, THIRD, "new"]), max_size=5))
def test_what_is_shown_is_always_the_last_choice_or_the_newest_after_it(built, tmp_path_factory, steps):
    workspace = copied_workspace(built, tmp_path_factory.mktemp("home"))
    expected = THIRD
    for step in steps:
        if step == "new":
            expected = freeze_release(workspace, "a", "1", *"23456"[: len(visible_release(workspace, "a").made)]).number
        elif step != expected:
            roll_back(workspace, "a", step, None, NOW)
            expected = step
        shown, out = seen(workspace)
        assert shown == expected
        assert shown not in out
        newest = visible_release(workspace, "a").made[-1].number
        assert newest in {shown, *out}
