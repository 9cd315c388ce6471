"""Dagster's three SQLite databases: made once, all at once; set aside where they are damaged.

They only record runs: ledger, lake and receipts hold every decision. So damaged databases are renamed, kept and reported, and new ones
take their place. Here: the files and what counts as damage. Not here: the instance over them (`instance.py`), what a run does.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path

from schemas.text import Text

HISTORY, SCHEDULES = "history", "schedules"
# Numbers of schema versions that a database may have. Dagster does not commit the one of its event log.
DATABASES = {f"{HISTORY}/runs.db": {1}, f"{HISTORY}/event_log.db": {0, 1}, f"{SCHEDULES}/schedules.db": {1}}
# A healthy database is locked for milliseconds. One that another process holds longer than this cannot be used.
PATIENCE_SECONDS = 10.0
_UNFINISHED = ".new-"
# A full disk, a missing right or a read error is no damage of the database: new ones would fail in the same way.
_DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
_LOCK_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def ensure_databases(folder: Path, make: Callable[[Path], None]) -> Path | None:
    """Makes missing databases below `folder` and replaces damaged ones; the caller holds the lock of `folder`.

    `make` creates all of them below the folder that it is given. A killed process leaves either all of them or none.
    Returns the folder into which damaged ones were moved, None if there were none.
    """
    damage = find_damage(folder)
    for unfinished in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(unfinished)
    if damage is None and all((folder / name).exists() for name in (HISTORY, SCHEDULES)):
        return None
    with tempfile.TemporaryDirectory(dir=folder, prefix=_UNFINISHED) as made:
        make(Path(made))
        aside = set_aside(folder) if damage else None
        for name in (HISTORY, SCHEDULES):
            if not (folder / name).exists():
                (Path(made) / name).rename(folder / name)
    return aside


def find_damage(folder: Path) -> str | None:
    """Returns what is wrong with the databases below `folder`, in SQLite's words; None if nothing is.

    A folder of databases that does not exist is not damaged. Detected: a file that is missing, truncated or no database,
    a creation that was not finished, a second schema version, a lock held for `PATIENCE_SECONDS`.
    """
    for name, versions in DATABASES.items():
        file = folder / name
        if file.parent.exists() and (wrong := _find_fault(file, versions)):
            return f"{name}: {wrong}"
    return None


def is_damage(error: BaseException | None) -> bool:
    """Whether an error of SQLite means that the database is no longer sound, and not that the disk is full or unreadable."""
    return isinstance(error, sqlite3.DatabaseError) and _primary_code(error) in _DAMAGE_CODES


def is_lock(error: BaseException | None) -> bool:
    """Whether an error of SQLite means that another process held the database for longer than the caller waits."""
    return isinstance(error, sqlite3.DatabaseError) and _primary_code(error) in _LOCK_CODES


def set_aside(folder: Path) -> Path:
    """Moves all databases below `folder` into its next free `damaged-<n>/` and returns that.

    The schedules go first: a sensor that remembered what it had requested, beside a history without those runs, would
    never request them again.
    """
    number = 1 + len(list(folder.glob("damaged-*")))
    while (aside := folder / f"damaged-{number}").exists():
        number += 1
    aside.mkdir()
    for name in (SCHEDULES, HISTORY):
        if (folder / name).exists():
            (folder / name).rename(aside / name)
    return aside


def remove_history(folder: Path) -> None:
    """Deletes all databases below `folder`, also those set aside, and stored outputs; new ones are made at the next run.

    For erasures: a database keeps the pages of deleted rows. No run may be at work.
    """
    for path in [folder / HISTORY, folder / SCHEDULES, folder / "storage", *folder.glob("damaged-*")]:
        shutil.rmtree(path, ignore_errors=True)


def describe_new_databases(aside: Path) -> Text:
    """Returns the sentence about databases that were moved to `aside`."""
    return Text(
        zh=f"Dagster 的运行历史已损坏，已移至 {aside} 保存并重新开始；报送数据、台账和回执不受影响",
        en=f"Dagster's history of runs was damaged: it was moved to {aside} and a new one begun; data, ledger and receipts are not affected",
    )


def _find_fault(file: Path, versions: Collection[int]) -> str | None:
    if not file.is_file():
        return "missing"
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=PATIENCE_SECONDS)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            (heads,) = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
            connection.rollback()
    except sqlite3.DatabaseError as error:
        if not (is_damage(error) or is_lock(error)):
            raise
        return str(error)
    return None if heads in versions else f"{heads} schema versions"


def _primary_code(error: sqlite3.DatabaseError) -> int:
    """Returns SQLite's primary result code; Python sets none on the few errors that it raises itself."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
