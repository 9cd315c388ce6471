"""Crash-safe file writing: fsync, atomic replacement, file hashes, a lock between processes.

After a crash a file has its old content or its new content. Used by `warehouse` and everything above it. Not here: which
files are written, or where (`warehouse/layout.py`).
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

COPIED = 64 << 20
"""Bytes that are copied at a time: a thread that copies waits for the interpreter's lock after each of them. Memory of blocks of
up to 32 MB is kept for later by glibc, that of larger ones goes back at once: some 25 MB less at the peak of a large hand-in."""


def fsync_path(path: Path) -> None:
    """Calls fsync on a file or a folder; on return its bytes, or the folder's list of names, survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_sha256(path: Path) -> str:
    """Returns the hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_and_hash(file: Path, copy: IO[bytes], is_given_up: Callable[[], bool] = lambda: False) -> tuple[str, int]:
    """Copies the bytes of a file; returns SHA-256 and number of the copied bytes, also if the file changes meanwhile.

    InterruptedError if `is_given_up`, which is asked before each block, returns true.
    """
    digest, size = hashlib.sha256(), 0
    with file.open("rb", buffering=0) as source:
        # One buffer for all blocks: the system would fill each new one with zeros, which takes as long as copying it.
        buffer = memoryview(bytearray(max(1, min(COPIED, os.fstat(source.fileno()).st_size))))
        while read := source.readinto(buffer):
            if is_given_up():
                raise InterruptedError(file)
            digest.update(buffer[:read])
            copy.write(buffer[:read])
            size += read
    return digest.hexdigest(), size


def make_folder(path: Path) -> None:
    """Creates a folder and its missing parents; on return the names of the created ones survive a loss of power."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in reversed(missing):
        fsync_path(folder.parent)


def write_atomically(path: Path, text: str) -> None:
    """Writes a UTF-8 text file with LF line ends; readers see the old file or the new one. Creates missing parent folders."""
    with open_aside(path) as file:
        file.write(text.encode("utf-8"))


def write_table(path: Path, table: "pa.Table") -> None:
    """Writes a table as one Parquet file; readers see the old file or the new one. A large table is written in slices, whose memory is released one by one."""
    # Most users of this module, `sportlake check` among them, only hash or fsync files and write no Parquet.
    import pyarrow.parquet as pq  # noqa: PLC0415

    from schemas.execution.spilled_table import list_slices  # noqa: PLC0415

    with open_aside(path) as file, pq.ParquetWriter(file, table.schema) as writer:
        for part in list_slices(table):
            writer.write_table(part)


@contextmanager
def open_aside(path: Path) -> Iterator[IO[bytes]]:
    """Yields an empty file beside `path`, which takes its place durably at the end of the block, or is removed after an error.

    Another writer of the same path, in this process or another, waits. What a killed process left beside it is overwritten.
    """
    make_folder(path.parent)
    aside = path.with_name(f".{path.name}.part")
    with _lock_aside(aside) as file, ExitStack() as undo:
        undo.callback(aside.unlink, missing_ok=True)
        yield file
        file.flush()
        os.fsync(file.fileno())
        aside.replace(path)
        undo.pop_all()
    fsync_path(path.parent)


def remove_unfinished_file(aside: Path) -> bool:
    """Removes a file `.NAME.part` that a killed process left beside `NAME`; returns False, and leaves it, if another process is writing it or owns it."""
    with suppress(PermissionError, FileNotFoundError), aside.open("rb") as file:
        # Meanwhile its writer may have finished and renamed it, and another may have begun a file of the same name.
        if _lock_now(file.fileno(), fcntl.LOCK_EX) and os.path.samestat(os.fstat(file.fileno()), aside.stat()):
            aside.unlink()
            return True
    return False


def replace_durably(aside: Path, target: Path) -> None:
    """Calls fsync on the finished file `aside`, renames it over `target`, and calls fsync on the folder of `target`."""
    fsync_path(aside)
    aside.replace(target)
    fsync_path(target.parent)


def place_folder(aside: Path, target: Path) -> None:
    """Renames the finished folder `aside`, which holds files only, to `target`; its files and both names are durable on return.

    OSError if `target` exists and is not empty.
    """
    for path in (*aside.iterdir(), aside):
        fsync_path(path)
    aside.rename(target)
    fsync_path(target.parent)


def _lock_aside(aside: Path) -> IO[bytes]:
    """Opens and empties the file `aside`, locked; one that another process renamed while this one waited for it is left alone."""
    while True:
        file = open(os.open(aside, os.O_RDWR | os.O_CREAT, 0o666), "r+b")  # noqa: PTH123, SIM115 -- a descriptor; the caller closes it
        fcntl.flock(file, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), aside.stat()):
                file.truncate(0)
                return file
        file.close()


@contextmanager
def hold_lock(path: Path, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Holds an exclusive lock on the file `path`; waits for the current holder, after a call of `on_wait` if there is one.

    The file is created if missing and never removed. The lock is released when its process ends.
    """
    with _open_lock(path) as handle:
        if not _lock_now(handle, fcntl.LOCK_EX):
            if on_wait:
                on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def try_lock(path: Path, *, shared: bool) -> Iterator[bool]:
    """Tries to lock the file `path` and yields whether it is locked; never waits.

    Several holders may have a shared lock at once; it excludes only an exclusive one. The file is created if missing and never removed.
    """
    with _open_lock(path) as handle:
        yield _lock_now(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


@contextmanager
def _open_lock(path: Path) -> Iterator[int]:
    """Opens the file of a lock, made if missing; closing it frees the lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)


def _lock_now(handle: int, kind: int) -> bool:
    """Takes a lock of that kind without waiting; returns whether it was free."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
