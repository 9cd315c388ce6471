"""Heads of the ledger that were noted elsewhere, and whether the ledger still holds them. A missing head shows that the end of the ledger was cut off.

A head is an entry's number and hash (`SEQ:HASH`). Every release notes the one before it, also in its public files. Not here: the
chain itself (`warehouse/ledger/chain.py`), heads that an authority stamped (`timestamps.py`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.audit.given_files import find_given_file
from pipelines.workspace import Workspace
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.ledger.chain import LedgerHead, find_heads
from warehouse.releases.releases import Release, list_releases

LARGEST_NOTE = 16 * 1024 * 1024
"""Bytes of a file in which heads are looked for; a release's descriptor has far fewer."""


class NotedHead(NamedTuple):
    """A head, and where it was noted."""

    head: LedgerHead
    where: Text


class HeadCheck(NamedTuple):
    """The noted heads that the ledger holds, and those that it does not hold."""

    confirmed: tuple[NotedHead, ...]
    missing: tuple[NotedHead, ...]

    @property
    def newest(self) -> int:
        """The number of the newest entry up to which the ledger is confirmed; 0 if no head is."""
        return max((noted.head.seq for noted in self.confirmed), default=0)


def read_given_heads(given: Sequence[str]) -> list[NotedHead]:
    """Returns the heads in command-line arguments: each is a head `SEQ:HASH`, or a file that contains heads, such as the descriptor of a release.

    Raises UsageError for anything else.
    """
    return [noted for one in given for noted in _read_given(one)]


def list_release_heads(workspace: Workspace) -> list[NotedHead]:
    """Returns the heads that the releases of this installation note, in the order of the contracts."""
    return [noted for name in workspace.contracts for noted in _list_heads(workspace, name)]


def check_heads(workspace: Workspace, noted: Sequence[NotedHead]) -> HeadCheck:
    """Returns which of the noted heads the ledger holds."""
    lost = set(workspace.ledger.find_missing_heads([one.head for one in noted]))
    return HeadCheck(
        tuple(one for one in noted if one.head not in lost), tuple(one for one in noted if one.head in lost)
    )


def _list_heads(workspace: Workspace, dataset: str) -> Iterator[NotedHead]:
    for release in list_releases(workspace.layout, dataset):
        where = Text(zh=f"版本 {dataset} {release.number} ", en=f"in release {dataset} {release.number}")
        yield from (NotedHead(head, where) for head in find_heads(release.ledger_head or ""))


def _read_heads(path: Path) -> list[LedgerHead]:
    """Returns the heads in a file; empty if the file is not text or is too large."""
    try:
        return find_heads(path.read_text(encoding="utf-8")) if path.stat().st_size <= LARGEST_NOTE else []
    except UnicodeDecodeError:
        return []


def list_unrecorded_releases(workspace: Workspace) -> list[Release]:
    """Returns the releases without an entry in the ledger: a run was killed right after making one, or the end of the ledger was cut off."""
    recorded = {(one.facts["dataset"], one.facts["number"]) for one in workspace.ledger.read_entries("release")}
    made = [release for name in workspace.contracts for release in list_releases(workspace.layout, name)]
    return [release for release in made if (release.dataset, release.number) not in recorded]


def _read_given(given: str) -> list[NotedHead]:
    path = find_given_file(given)
    where = Text(zh=f"文件 {path.name}", en=f"in the file {path.name}") if path else Text(zh="命令中", en="as given")
    found = _read_heads(path) if path else find_heads(given)
    if not found or (path is None and len(found) != 1):
        raise UsageError(
            Text(
                zh=f"“{given}”中没有台账末条；请写“序号:哈希”（sportlake ledger head 的输出），或给出记有它的文件",
                en=f"{given} has no head of a ledger; write SEQ:HASH as sportlake ledger head prints it, or name a file that holds one",
            )
        )
    return [NotedHead(head, where) for head in found]
