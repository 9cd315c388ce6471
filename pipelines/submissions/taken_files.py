"""Taken files: what was received leaves the inbox for the folder `已收` beside it, where the department sees it with its number.

So a look at the inbox costs as much as what waits there, and a file that lies in the inbox is always a hand-in that was not taken
yet. Not here: copying the bytes (`submission.py`).
"""

import os
from pathlib import Path
from typing import NamedTuple

TAKEN = "已收"
LONGEST_NAME = 255
"""Bytes of a file name. Source: NAME_MAX of Linux file systems."""


class FileState(NamedTuple):
    """The file as it was when it was read: another one, or a changed one, differs in one of the three."""

    inode: int
    size: int
    changed: int


def read_state(file: Path) -> FileState:
    """Returns the state of a file; raises FileNotFoundError if it is gone."""
    about = file.stat()
    return FileState(about.st_ino, about.st_size, about.st_mtime_ns)


def taken_path(file: Path, number: str) -> Path:
    """Returns where a file goes once it was taken: `已收/<number>_<name>`, the name shortened if it is too long."""
    name = f"{number}_{file.name}"
    while len(os.fsencode(name)) > LONGEST_NAME:
        stem = name[: -len(file.suffix)] if file.suffix else name
        name = stem[:-1] + file.suffix
    return file.parent / TAKEN / name


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
