"""Commits of tables that a bucket holds: made in a copy of the log, created in the bucket, and only then placed in the folder.

So the folder never shows a version that the bucket does not have: of two hosts that commit the same version one is refused and leaves
nothing behind. Killed between bucket and folder, the commit is in force, and the next attempt finds it. Not here: what a commit changes
(`commits.py`), the bucket (`warehouse/storage/stored_tables.py`).
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from warehouse import deltalog
from warehouse.atomic_files import hold_lock


class CommitStore(Protocol):
    """Where the parts and commits of one table are besides its folder."""

    def put_parts(self, paths: Iterable[str]) -> None:
        """Puts parts of the folder, by their paths in it; they are durable on return."""

    def create_commit(self, version: int, content: bytes) -> bool:
        """Puts the commit of a version; False, and nothing, if there is another one."""

    def put_checkpoint(self, log: Path, version: int) -> None:
        """Puts the checkpoint of a version, if the log folder has one."""

    def follow_table(self) -> int:
        """Brings what the folder lacks; returns the number of commits."""


def commit_stored(folder: Path, base: int, store: CommitStore, write: Callable[[Path], None]) -> int | None:
    """Makes the commit after version `base` (-1: the first) and returns its version; None if another one of that version is there.

    `write` makes the commit in the folder that it is given, a copy of the table's log without parts.
    """
    version = base + 1
    with hold_lock(folder / deltalog.LOCK), deltalog.open_log_copy(folder) as aside:
        newest = deltalog.newest_version(folder)
        if (-1 if newest is None else newest) != base:
            return None
        write(aside)
        if not store.create_commit(version, deltalog.commit_path(aside, version).read_bytes()):
            return None
        deltalog.place_commit(aside, folder, version)
        store.put_checkpoint(folder / "_delta_log", version)
    return version
