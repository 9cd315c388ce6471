"""Crash-safe file writing: fsync, atomic replacement, file hashes, a lock between processes.

After a crash a file has its old content or its new content. Used by `warehouse` and everything above it. Not here: which
files are written, or where (`warehouse/layout.py`).
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def fsync_path(path: Path) -> None:
    """Call fsync on a file or a folder; on return its bytes, or the folder's list of names, survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_sha256(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Write a UTF-8 text file with LF line ends; readers see the old file or the new one. Creates missing parent folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(text.encode("utf-8"))
    replace_durably(aside, path)


def write_table(path: Path, table: "pa.Table") -> None:
    """Write a table as one Parquet file; readers see the old file or the new one."""
    import pyarrow.parquet as pq  # noqa: PLC0415 -- most who hash or fsync a file, `sportlake check` among them, write no Parquet

    aside = path.with_suffix(".part")
    pq.write_table(table, aside)
    replace_durably(aside, path)


def replace_durably(aside: Path, target: Path) -> None:
    """Call fsync on the finished file `aside`, then rename it over `target`."""
    fsync_path(aside)
    aside.replace(target)


@contextmanager
def hold_lock(path: Path, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold an exclusive lock on the file `path`; waits for the current holder, after a call of `on_wait` if there is one.

    The file is created if missing and never removed. The lock is released when its process ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait:
                on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
