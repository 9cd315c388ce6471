"""The log files of a Delta table: crash recovery and clean-up that deltalake does not do.

Holds handling of a torn last commit, fsync of a commit, the search for the commit that added a part, and the removal of
leftovers. Not here: making commits (`warehouse/lake/commits.py`).
Source: measured with deltalake 1.6.6: it never calls fsync; it opens a table whose newest commit is an empty file with the
old content, and fails to open one whose newest commit is truncated. A commit is acknowledged only after `fsync_commit`, so a
torn commit was never acknowledged.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from warehouse.atomic_files import fsync_path, hold_lock, make_folder, replace_durably

LOCK = "_lock"  # in the table's folder; held during every change except a plain commit
UNFINISHED_PREFIX = "_part-"  # temporary folders in which parts are written
SWEEP_AFTER = timedelta(hours=24)  # no writer takes this long between writing a part and committing it
_LOG, _LAST_CHECKPOINT = "_delta_log", "_last_checkpoint"
_COMMIT = re.compile(r"^(\d{20})\.json$")


def commit_path(table: Path, version: int) -> Path:
    """Returns the path of one commit file."""
    return table / "_delta_log" / f"{version:020}.json"


def newest_version(table: Path) -> int | None:
    """Returns the newest version with a complete commit file; None if the folder holds no table."""
    found = _list_versions(table)
    if found and _is_torn(commit_path(table, found[-1])):
        found.pop()
    return found[-1] if found else None


def log_changed(table: Path) -> int:
    """Returns when a file was last added to the log, exchanged or removed, in nanoseconds; 0 if there is no log."""
    log = table / "_delta_log"
    return log.stat().st_mtime_ns if log.is_dir() else 0


def rename_torn_commit(table: Path) -> None:
    """Renames a torn newest commit to `….json.torn`, so that its version can be used again; does nothing otherwise."""
    found = _list_versions(table)
    if not found or not _is_torn(commit_path(table, found[-1])):
        return
    # Checked again under the lock: another writer may have renamed it and committed the version in the meantime.
    with hold_lock(table / LOCK):
        path = commit_path(table, found[-1])
        if path.exists() and _is_torn(path):
            path.rename(path.with_suffix(".json.torn"))
            fsync_path(path.parent)


@contextmanager
def open_log_copy(table: Path) -> Iterator[Path]:
    """Yields a folder below the table with a copy of the log from its last checkpoint on, without parts: a commit can be prepared there unseen.

    The caller holds the table's lock and moves out what is to be kept; the folder is removed at the end of the block.
    """
    with TemporaryDirectory(dir=table, prefix=UNFINISHED_PREFIX) as aside:
        if (table / _LOG).is_dir():
            log = Path(aside) / _LOG
            log.mkdir()
            since = _read_checkpoint(table)
            for path in _list_log(table, since):
                shutil.copyfile(path, log / path.name)
        yield Path(aside)


def place_commit(aside: Path, table: Path, version: int) -> None:
    """Moves the commit of a version from a copy of the log into the table's log, with its checkpoint if any, durably."""
    make_folder(table / _LOG)
    checkpoint = f"{version:020}.checkpoint.parquet"
    for name in (checkpoint, _LAST_CHECKPOINT) if (aside / _LOG / checkpoint).exists() else ():
        replace_durably(aside / _LOG / name, table / _LOG / name)
    replace_durably(commit_path(aside, version), commit_path(table, version))


def _read_checkpoint(table: Path) -> int:
    """Returns the version of the last checkpoint; 0 if there is none."""
    try:
        version: int = json.loads((table / _LOG / _LAST_CHECKPOINT).read_bytes())["version"]
    except (FileNotFoundError, ValueError):
        return 0
    return version


def _list_log(table: Path, since: int) -> list[Path]:
    """Returns the files from which the newest state is read: the last checkpoint, the file that names it, and the commits from its version on."""
    found = [commit_path(table, version) for version in _list_versions(table) if version >= since]
    about = [table / _LOG / _LAST_CHECKPOINT, table / _LOG / f"{since:020}.checkpoint.parquet"]
    return [*found, *(path for path in about if path.exists())]


def fsync_commit(table: Path, version: int) -> None:
    """Calls fsync on a commit, its checkpoint if any, and the log folder; on return they survive a loss of power."""
    log = table / "_delta_log"
    fsync_path(commit_path(table, version))
    checkpoint = log / f"{version:020}.checkpoint.parquet"
    if checkpoint.exists():
        fsync_path(checkpoint)
        fsync_path(log / "_last_checkpoint")
    fsync_path(log)


def read_commits(table: Path, since: int = 0) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yields (version, actions) of each complete commit from version `since` on, oldest first."""
    last = newest_version(table)
    for version in _list_versions(table):
        if last is not None and since <= version <= last:
            lines = commit_path(table, version).read_text(encoding="utf-8").splitlines()
            yield version, [json.loads(line) for line in lines]


def find_adding_version(table: Path, path: str) -> int | None:
    """Returns the version whose commit added the part, else None; the search starts at the version in the file name."""
    since = int(path.rsplit("-", 1)[1].removesuffix(".parquet"))
    for version, actions in read_commits(table, since):
        if any("add" in action and action["add"]["path"] == path for action in actions):
            return version
    return None


def sweep_files(table: Path, now: datetime) -> list[Path]:
    """Deletes leftovers of killed writers older than `SWEEP_AFTER`; returns the deleted paths, sorted.

    Leftovers are parts that no commit names, and unfinished files. Commits and every part that any commit names stay, so
    every version can still be read.
    """
    left = find_leftovers(table)
    outdated = [p for p in left if now.timestamp() - p.stat().st_mtime > SWEEP_AFTER.total_seconds()]
    remove_paths(outdated)
    return sorted(outdated)


def find_leftovers(table: Path) -> list[Path]:
    """Returns the parts that no commit names, and unfinished files and folders, of whatever age."""
    named = {action["add"]["path"] for _, actions in read_commits(table) for action in actions if "add" in action}
    parts = [p for p in table.glob("department=*/period=*/*.parquet") if str(p.relative_to(table)) not in named]
    log = table / "_delta_log"
    return [*parts, *table.glob(f"{UNFINISHED_PREFIX}*"), *log.glob("*#*"), *log.glob("*.torn")]


def remove_checkpoints(table: Path) -> None:
    """Deletes the checkpoints of a table, which repeat what the commits say; later commits make new ones."""
    log = table / _LOG
    remove_paths([log / _LAST_CHECKPOINT, *log.glob("*.checkpoint*.parquet")])


def remove_paths(paths: Iterable[Path]) -> None:
    """Deletes files, and folders with all that is in them."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _list_versions(table: Path) -> list[int]:
    try:
        names = os.listdir(table / _LOG)  # noqa: PTH208 -- a log grows with every landing, and a path for each name takes five times as long
    except FileNotFoundError:
        return []
    return sorted(int(found[1]) for found in map(_COMMIT.match, names) if found)


def _is_torn(commit: Path) -> bool:
    """Whether the file is empty or not complete lines of JSON, which happens only after a loss of power."""
    try:
        lines = commit.read_bytes().splitlines()
        return not [json.loads(line) for line in lines]
    except ValueError:
        return True
