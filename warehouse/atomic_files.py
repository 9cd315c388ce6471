"""Writing files so that a crash leaves the old content or the new: fsync, atomic replacement, file hashes, a lock between processes.

For `warehouse` and everything above it. Not here: which files are written, or where (`warehouse/layout.py`).
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def fsync_path(path: Path) -> None:
    """Return only when the file's bytes, or the folder's list of names, would survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Write a UTF-8 text file with LF line ends; readers see the old file or the new one. Creates missing folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(text.encode("utf-8"))
    replace_durably(aside, path)


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as one Parquet file; readers see the old file or the new one."""
    aside = path.with_suffix(".part")
    pq.write_table(table, aside)
    replace_durably(aside, path)


def replace_durably(aside: Path, target: Path) -> None:
    """Flush the finished file `aside` to the disk, then rename it over `target`."""
    fsync_path(aside)
    aside.replace(target)


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path` (made if missing, never removed); waits for whoever holds it. Freed when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
