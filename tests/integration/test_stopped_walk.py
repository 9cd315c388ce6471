"""The walk stopped before each of its lasting steps in turn: the walk after it ends in the same state.

A lasting step is a rename or replacement of a file, an entry of the ledger, a change of the lake. `test_killed_runs.py` kills
whole processes at moments of the clock; here no step is left out, but what a kill leaves lying about is tidied up.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.workspace import Workspace
from support.contracts import contract_with
from support.walked import files_of, walk
from support.workspaces import put, workspace_with
from warehouse.lake.lake import Lake
from warehouse.ledger.ledger import Ledger

CONTRACT = contract_with(["id:integer", "name"], name="venue", title="场地")
PLACES = (
    (os, "rename"),
    (os, "replace"),
    (Ledger, "append_entry"),
    (Ledger, "append_once"),
    (Lake, "replace_slices"),
)


class Stopped(BaseException):
    """Nothing of ours catches this: the walk ends where it is raised."""


def fresh(home: Path) -> Workspace:
    """An installation with one file to be taken but for a row, one to be taken after it, one for the box, one to be refused."""
    workspace = workspace_with(home, CONTRACT)
    rows = "".join(f"{at},馆{at}\n" for at in range(1, 21))
    put(workspace, "210100", "venue_2025.csv", f"id,name\n{rows}x,坏行\n")
    put(workspace, "210100", "venue_2026.csv", f"id,name\n{rows}21,新馆\n")
    put(workspace, "210200", "venue_2026.csv", "id,name\nx,坏行\n")
    put(workspace, "210200", "stadium_2026.csv", "id\n1\n")
    return workspace


def counted(monkeypatch: pytest.MonkeyPatch, stop_at: int | None = None) -> list[str]:
    """The lasting steps as they are taken from now on; the one with that number is not taken, the walk stops there."""
    taken: list[str] = []

    def watched(name: str, step: Callable[..., object]) -> Callable[..., object]:
        def wrapper(*args: object, **named: object) -> object:
            taken.append(name)
            if len(taken) == stop_at:
                raise Stopped
            return step(*args, **named)

        return wrapper

    for owner, name in PLACES:
        monkeypatch.setattr(owner, name, watched(name, getattr(owner, name)))
    return taken


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Workspace, int]:
    """The installation after a walk that nobody stopped, and how many lasting steps it took."""
    workspace = fresh(tmp_path_factory.mktemp("whole"))
    with pytest.MonkeyPatch.context() as patch:
        taken = counted(patch)
        walk(workspace)
    return workspace, len(taken)


def lasting(workspace: Workspace) -> dict[str, str]:
    """SHA-256 of everything that the walk leaves, but for the lake's own bookkeeping, which is compared by its rows."""
    return {name: sha256 for name, (sha256, _) in files_of(workspace.layout.home, without={"lake"}).items()}


def test_a_walk_stopped_before_any_of_its_steps_ends_in_the_same_house(whole, tmp_path, monkeypatch):
    right, steps = whole
    assert steps > 20
    for at in range(1, steps + 1):
        workspace = fresh(tmp_path / str(at))
        with monkeypatch.context() as patch:
            counted(patch, at)
            with pytest.raises(Stopped):
                walk(workspace)
        walk(workspace)
        assert lasting(workspace) == lasting(right), f"stopped before step {at}"
        assert workspace.lake.count_slice_rows(CONTRACT) == right.lake.count_slice_rows(CONTRACT), (
            f"stopped before step {at}"
        )
        assert workspace.lake.read_current(CONTRACT).equals(right.lake.read_current(CONTRACT)), (
            f"stopped before step {at}"
        )
        assert workspace.ledger.verify_chain() == []
