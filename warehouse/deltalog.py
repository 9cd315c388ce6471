"""The log of a Delta table as files: what deltalake leaves undone about kills, lost power and what they leave behind.

Here: a torn last commit, fsync of a commit, which commit added a part, and the sweep. Not here: commits (`warehouse/lake.py`).
Source: measured with deltalake 1.6.6: it never fsyncs; it opens a table whose newest commit is an empty file with the old
content, and does not open one whose newest commit is cut off. A commit is acknowledged after `settle_commit`, so a torn one
never was.
"""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse.atomic_files import fsync_path, hold_lock

LOCK = "_lock"  # in the table's folder; held for what is no plain commit
UNFINISHED_PREFIX = "_part-"  # folders in which parts are written
SWEEP_AFTER = timedelta(hours=24)  # no writer holds an unnamed part for so long
_COMMIT = re.compile(r"^(\d{20})\.json$")


def commit_path(table: Path, version: int) -> Path:
    """The file of one commit."""
    return table / "_delta_log" / f"{version:020}.json"


def newest_version(table: Path) -> int | None:
    """The newest version whose commit is whole; None if the folder holds no table."""
    found = _list_versions(table)
    if found and _is_torn(commit_path(table, found[-1])):
        found.pop()
    return found[-1] if found else None


def rename_torn_commit(table: Path) -> None:
    """Move a torn newest commit aside (`….json.torn`), so that the version can be taken again. Harmless if there is none."""
    found = _list_versions(table)
    if not found or not _is_torn(commit_path(table, found[-1])):
        return
    # Under a lock and looked at again: another writer may have done this, and committed the version, in between.
    with hold_lock(table / LOCK):
        path = commit_path(table, found[-1])
        if path.exists() and _is_torn(path):
            path.rename(path.with_suffix(".json.torn"))
            fsync_path(path.parent)


def fsync_commit(table: Path, version: int) -> None:
    """Return only when a commit, and a checkpoint made of it, would survive a loss of power."""
    log = table / "_delta_log"
    fsync_path(commit_path(table, version))
    checkpoint = log / f"{version:020}.checkpoint.parquet"
    if checkpoint.exists():
        fsync_path(checkpoint)
        fsync_path(log / "_last_checkpoint")
    fsync_path(log)


def read_commits(table: Path, since: int = 0) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Each whole commit from version `since` on, oldest first, with its actions."""
    last = newest_version(table)
    for version in _list_versions(table):
        if last is not None and since <= version <= last:
            lines = commit_path(table, version).read_text(encoding="utf-8").splitlines()
            yield version, [json.loads(line) for line in lines]


def find_adding_version(table: Path, path: str) -> int | None:
    """The version whose commit added the part; its name says before which version there is no need to look."""
    since = int(path.rsplit("-", 1)[1].removesuffix(".parquet"))
    for version, actions in read_commits(table, since):
        if any("add" in action and action["add"]["path"] == path for action in actions):
            return version
    return None


def sweep_files(table: Path, now: datetime) -> list[Path]:
    """Remove what kills left behind for more than `SWEEP_AFTER`: parts that no commit ever named, and unfinished files.

    Commits and every part that any commit ever named stay, so every version can still be read.
    """
    named = {action["add"]["path"] for _, actions in read_commits(table) for action in actions if "add" in action}
    parts = [p for p in table.glob("department=*/period=*/*.parquet") if str(p.relative_to(table)) not in named]
    log = table / "_delta_log"
    left = [*parts, *table.glob(f"{UNFINISHED_PREFIX}*"), *log.glob("*#*"), *log.glob("*.torn")]
    gone = [p for p in left if now.timestamp() - p.stat().st_mtime > SWEEP_AFTER.total_seconds()]
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return sorted(gone)


def _list_versions(table: Path) -> list[int]:
    log = table / "_delta_log"
    if not log.is_dir():
        return []
    return sorted(int(found[1]) for found in map(_COMMIT.match, (p.name for p in log.iterdir())) if found)


def _is_torn(commit: Path) -> bool:
    """Whether the file is not whole lines of JSON; a commit comes into being whole unless the power went."""
    try:
        lines = commit.read_bytes().splitlines()
        return not [json.loads(line) for line in lines]
    except ValueError:
        return True
