"""Commits of tables that are kept in a bucket: made in a copy of the log, created in the bucket, and only then placed in the folder.

So the folder never has a version that the bucket lacks. If two hosts commit the same version, one is refused and leaves nothing behind.
If a process is killed between bucket and folder, the commit is in force, and the next attempt finds it. Not here: what a commit changes
(`commits.py`), the bucket (`warehouse/storage/stored_tables.py`).
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from warehouse import deltalog
from warehouse.atomic_files import hold_lock


class CommitStore(Protocol):
    """The copy of one table outside its folder: what `commits.py` needs of a bucket."""

    def put_parts(self, paths: Iterable[str]) -> None:
        """Uploads parts, given by their paths in the folder; they are durable on return."""

    def create_commit(self, version: int, content: bytes) -> bool:
        """Creates the commit of a version; returns False, and changes nothing, if there is another commit of that version."""

    def put_checkpoint(self, log: Path, version: int) -> None:
        """Uploads the checkpoint of a version, if the log folder has one."""

    def follow_table(self) -> int:
        """Downloads commits and parts that the folder lacks; returns the number of commits."""


def commit_stored(folder: Path, base: int, store: CommitStore, write: Callable[[Path], None]) -> int | None:
    """Makes the commit after version `base` (-1: the first) and returns its version; None if that version was committed by somebody else.

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
