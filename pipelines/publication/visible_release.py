"""The release of a dataset that the public sees: the newest, or by decision an earlier one until a newer one is made.

Earlier releases are offered beside it, except those that were rolled back from, in which a scan found what may not be public, or that
were withdrawn for personal data. Read only. Not here: deciding (`rollback.py`, `withdrawal.py`), entries and catalogues (`publish.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from catalog.entry import PublicDecision
from pipelines.workspace import Workspace
from schemas.errors import ReleaseError
from schemas.release_numbers import release_order
from schemas.text import Text
from warehouse.ledger.ledger import EntryKind, LedgerEntry
from warehouse.releases.releases import Release, list_releases

_PUBLIC: tuple[EntryKind, EntryKind] = ("publication", "retirement")


class VisibleRelease(NamedTuple):
    """All releases of a dataset, oldest first, the visible one, and the numbers of the others that are not offered any more.

    `personal`: releases withdrawn for personal data from which nothing has been erased since; none of them may be shown again.
    """

    made: Sequence[Release]
    shown: Release | None
    taken_back: frozenset[str]
    personal: frozenset[str] = frozenset()


def visible_release(workspace: Workspace, dataset: str) -> VisibleRelease:
    """Returns the releases of a dataset and the visible one, None if there is no release.

    Raises ReleaseError if a decision names a release that does not exist.
    """
    made = list_releases(workspace.layout, dataset)
    if not made:
        return VisibleRelease((), None, frozenset())
    decided = [entry.facts for entry in workspace.ledger.find_entries("rollback", "dataset", dataset)]
    holds = decided and decided[-1]["newest"] == made[-1].number
    shown = _find_release(made, decided[-1]["to"]) if holds else made[-1]
    personal = _personal_numbers(workspace, dataset)
    withheld = _rolled_back_numbers(made, decided) | _leaky_numbers(workspace, dataset) | personal
    return VisibleRelease(made, shown, frozenset(withheld - {shown.number}), frozenset(personal))


def find_public_decision(workspace: Workspace, dataset: str, choice: VisibleRelease) -> PublicDecision | None:
    """Returns the last rollback or restoration of a dataset that was decided since its newest release was made; None if there is none.

    A decision that changed nothing for the public is left out (None): the release shown before is still offered among the earlier ones,
    or is shown again, as after a withdrawal that was undone before anything was published. Of several decisions between two publications
    the last one is returned, with the release that was public before the first of them.
    """
    newest, ledger = choice.made[-1], workspace.ledger
    rollbacks = [
        one for one in ledger.find_entries("rollback", "dataset", dataset) if one.facts["newest"] == newest.number
    ]
    restorations = [one for one in ledger.find_newest("restoration", "dataset", dataset, 1) if one.at >= newest.created]
    last = max([*rollbacks[-1:], *restorations], key=lambda one: one.seq, default=None)
    before = _find_public_entry(workspace, dataset, last.seq) if last else None
    if last is None or before is None:
        return None
    if before.kind == "retirement":
        return PublicDecision(at=last.at)
    replaced = before.facts["release"]
    was_rolled_back = replaced in choice.taken_back or any(one.seq < before.seq for one in rollbacks)
    is_shown = choice.shown is not None and choice.shown.number == replaced
    return PublicDecision(at=last.at, replaced=replaced) if was_rolled_back and not is_shown else None


def _find_public_entry(workspace: Workspace, dataset: str, before: int) -> LedgerEntry | None:
    """Returns the last publication or retirement of a dataset before that entry of the ledger; None if it was never published."""
    found = [one for kind in _PUBLIC for one in workspace.ledger.find_entries(kind, "dataset", dataset)]
    return max((one for one in found if one.seq < before), key=lambda one: one.seq, default=None)


def find_unfit_releases(workspace: Workspace, dataset: str) -> frozenset[str]:
    """Returns the numbers of the releases that may not be shown: withdrawn for personal data and not erased, or with a hit of a scan. Reads no release."""
    return frozenset(_personal_numbers(workspace, dataset) | _leaky_numbers(workspace, dataset))


def _personal_numbers(workspace: Workspace, dataset: str) -> set[str]:
    """Returns every release made before a withdrawal for personal data, unless something was erased from it after that."""
    ledger = workspace.ledger
    withdrawals = [
        entry for entry in ledger.find_entries("withdrawal", "dataset", dataset) if entry.facts.get("personal")
    ]
    last = withdrawals[-1].seq if withdrawals else 0
    erased = {one.facts["release"] for one in ledger.find_entries("redaction", "dataset", dataset) if one.seq > last}
    before = {one.facts["number"] for one in ledger.find_entries("release", "dataset", dataset) if one.seq < last}
    return before - erased


def _leaky_numbers(workspace: Workspace, dataset: str) -> set[str]:
    """Returns the releases in which a scan of what is public found what may not be (`rescan.py`)."""
    incidents = workspace.ledger.find_entries("incident", "dataset", dataset)
    return {file["release"] for entry in incidents for file in entry.facts["files"]}


def _rolled_back_numbers(made: Sequence[Release], decided: Sequence[Mapping[str, Any]]) -> set[str]:
    """Returns the releases that were rolled back from. Of the decisions made under the same newest release only the last counts, so a rollback can be undone."""
    out: set[str] = set()
    for last in {facts["newest"]: facts for facts in decided}.values():
        low, high = release_order(last["to"]), release_order(last["newest"])
        out |= {release.number for release in made if low < release_order(release.number) <= high}
    return out


def _find_release(made: Sequence[Release], number: str) -> Release:
    for release in made:
        if release.number == number:
            return release
    dataset, available = made[0].dataset, ", ".join(release.number for release in made)
    raise ReleaseError(
        Text(
            zh=f"{dataset} 已决定展示 {number}，但该版本不在；现有：{available}。请从备份恢复",
            en=f"{dataset} was decided to show {number}, which is not there; there are {available}. Restore it from a backup",
        )
    )
