"""What the analysts' file was built from: read from a note beside it, or from the file itself if the note is not about this file.

Opening the file takes longer the more views and macros it has, and every run without new data needs this state. Not here: whether it must
be built (`database.py`).
"""

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.atomic_files import write_atomically

CHANGES_ON = "due_changes_on"
"""Name in `meta.build`: the first day on which a state of `meta.due` is another one; empty if none will be."""


class BuildState(NamedTuple):
    """Fingerprint of the inputs of a file, the day on which its states change (ISO, or empty), and rows per dataset."""

    fingerprint: str
    changes_on: str
    rows: dict[str, int]

    def is_right(self, stamp: str, today: date) -> bool:
        """Whether the file was built from those inputs and its states hold on the day."""
        return self.fingerprint == stamp and (not self.changes_on or today.isoformat() < self.changes_on)


def note_state(warehouse: Path, state: BuildState) -> None:
    """Notes the state of the file that was just placed. A note about another file is ignored by readers."""
    note = {**state._asdict(), "file": identify_file(warehouse)}
    write_atomically(_note_path(warehouse), json.dumps(note))


def read_state(warehouse: Path) -> BuildState | None:
    """Returns what the file was built from; None if it is missing or was not written by this package."""
    if not warehouse.is_file():
        return None
    # If the note is missing or damaged, the file itself is read.
    return _read_note(warehouse) or _ask_file(warehouse)


def is_as_placed(warehouse: Path) -> bool:
    """Returns whether the note beside the file is about this file, so that nobody has written into it since it was placed."""
    return _read_note(warehouse) is not None


def _read_note(warehouse: Path) -> BuildState | None:
    try:
        note = json.loads(_note_path(warehouse).read_text(encoding="utf-8"))
        return BuildState(**note) if note.pop("file") == identify_file(warehouse) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _note_path(warehouse: Path) -> Path:
    return warehouse.with_name(f".{warehouse.name}.state")


def identify_file(warehouse: Path) -> list[int]:
    """Returns the identity of a built file without opening it: length, time of writing, inode. OSError if it is missing."""
    found = warehouse.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ino]


def _ask_file(warehouse: Path) -> BuildState | None:
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            facts = dict(connection.execute("SELECT name, value FROM meta.build").fetchall())
            rows = dict(connection.execute("SELECT name, rows FROM meta.dataset").fetchall())
    except duckdb.Error:
        return None
    if not {"fingerprint", CHANGES_ON} <= set(facts):
        return None
    return BuildState(facts["fingerprint"], facts[CHANGES_ON], rows)
