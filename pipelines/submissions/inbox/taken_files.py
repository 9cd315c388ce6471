"""Received files: what was received leaves the inbox for a folder beside it, where the department sees it with its number.

`已收` holds what was taken and what is not judged yet, `退回` what was sent back (quarantined or refused). So a look at the inbox
costs as much as what waits there, and a file that lies in the inbox is always a hand-in that was not received yet. Not here:
copying the bytes (`submission.py`), what was decided.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from warehouse.atomic_files import make_folder, replace_durably

TAKEN_FOLDER, SENT_BACK_FOLDER = "已收", "退回"
FOLDERS = frozenset({TAKEN_FOLDER, SENT_BACK_FOLDER})
"""Names of folders in which the inbox looks for no file."""
NUMBERED = re.compile(r"^RCPT(?:-[2-9A-Z]{4}){4}_")
"""The number before the name of a received file."""
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes of the largest file of which the bytes are stored."""
LONGEST_NAME = 255
"""Bytes of a file name. Source: NAME_MAX of Linux file systems."""


class FileState(NamedTuple):
    """The file as it was when it was read: another one, or a changed one, differs in one of the three."""

    inode: int
    size: int
    changed: int


def read_state(file: Path) -> FileState:
    """Returns the state of a file; raises FileNotFoundError if it is gone."""
    return file_state(file.stat())


def file_state(about: os.stat_result) -> FileState:
    """Returns the state that a look at a file found."""
    return FileState(about.st_ino, about.st_size, about.st_mtime_ns)


def taken_path(file: Path, number: str) -> Path:
    """Returns where a file goes once it was taken: `已收/<number>_<name>`, the name shortened if it is too long."""
    name = f"{number}_{file.name}"
    while len(os.fsencode(name)) > LONGEST_NAME:
        stem = name[: -len(file.suffix)] if file.suffix else name
        name = stem[:-1] + file.suffix
    return file.parent / TAKEN_FOLDER / name


def move_taken(file: Path, number: str, state: FileState) -> Path | None:
    """Moves a received file out of the inbox; returns its new place, None if it is gone or no longer the file that was read.

    A file that was put in its place meanwhile stays where it is, and is the next hand-in. Repeating it after a kill is harmless.
    """
    target = taken_path(file, number)
    target.parent.mkdir(exist_ok=True)
    try:
        if read_state(file) != state:
            return None
        file.rename(target)
        if read_state(target) != state:
            target.rename(file)
            return None
    except FileNotFoundError:
        return None
    return target


def file_by_outcome(file: Path, number: str, *, sent_back: bool) -> None:
    """Moves a received file to the folder of its outcome; `file` is where it lay in the inbox.

    Repeating it, and a file that the department took away, change nothing.
    """
    taken = taken_path(file, number)
    returned = taken.parent.with_name(SENT_BACK_FOLDER) / taken.name
    source, target = (taken, returned) if sent_back else (returned, taken)
    if source.is_file():
        make_folder(target.parent)
        with suppress(FileNotFoundError):
            replace_durably(source, target)
