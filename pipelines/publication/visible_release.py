"""Which release of a dataset the public should see: the newest, or by decision an earlier one until a newer than all is made.

What was rolled back from is not offered among the earlier releases either. Asks only. Not here: deciding (`rollback.py`,
`withdrawal.py`), entries and catalogues (`publish.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipelines.workspace import Workspace
from schemas.errors import ReleaseError
from schemas.text import Text
from warehouse.releases import Release, list_releases


class VisibleRelease(NamedTuple):
    """Every release of a dataset, oldest first, the one to be shown, and the numbers of those that were rolled back from."""

    made: Sequence[Release]
    shown: Release | None
    taken_back: frozenset[str]


def visible_release(workspace: Workspace, dataset: str) -> VisibleRelease:
    """What there is of a dataset and what the public should see of it; ReleaseError if what was decided for is not there."""
    made = list_releases(workspace.layout, dataset)
    if not made:
        return VisibleRelease((), None, frozenset())
    decided = [entry.facts for entry in workspace.ledger.read_entries("rollback") if entry.facts["dataset"] == dataset]
    holds = decided and decided[-1]["newest"] == made[-1].number
    shown = _find_release(made, decided[-1]["to"]) if holds else made[-1]
    return VisibleRelease(made, shown, frozenset(_rolled_back_numbers(made, decided) - {shown.number}))


def _rolled_back_numbers(made: Sequence[Release], decided: Sequence[Mapping[str, Any]]) -> set[str]:
    """Of all decisions with the same newest release only the last counts, so that a rollback can be undone."""
    out: set[str] = set()
    for last in {facts["newest"]: facts for facts in decided}.values():
        low, high = _version_key(last["to"]), _version_key(last["newest"])
        out |= {release.number for release in made if low < _version_key(release.number) <= high}
    return out


def _version_key(number: str) -> list[int]:
    return [int(part) for part in number.split(".")]


def _find_release(made: Sequence[Release], number: str) -> Release:
    for release in made:
        if release.number == number:
            return release
    dataset, there = made[0].dataset, ", ".join(release.number for release in made)
    raise ReleaseError(
        Text(
            zh=f"{dataset} 已决定展示 {number}，但该版本不在；现有：{there}。请从备份恢复",
            en=f"{dataset} was decided to show {number}, which is not there; there are {there}. Restore it from a backup",
        )
    )
