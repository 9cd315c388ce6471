"""The bytes of a ledger file: its lock, durable appending, cutting off an incomplete line, overwriting lines in place.

Not here: what a line is (`chain.py`), which lines are appended (`ledger.py`, `ledger_copy.py`).
"""

import errno
import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import LedgerError
from schemas.text import Text
from warehouse.atomic_files import fsync_path, make_folder


@contextmanager
def open_locked(file: Path) -> Iterator[int]:
    """Opens a ledger file, created if missing, and holds the lock that every process of the host holds while it writes to it."""
    make_folder(file.parent)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def append_bytes(handle: int, lines: bytes, end: int, folder: Path) -> None:
    """Appends whole lines to the open file, which ends at `end`; they are durable on return.

    LedgerError if the disk refuses them; the file is then as it was before.
    """
    try:
        whole = os.write(handle, lines) == len(lines)
        if whole:
            os.fsync(handle)
    except OSError as wrong:
        os.ftruncate(handle, end)
        raise _unwritten_error(lines, str(wrong.strerror)) from wrong
    if not whole:
        os.ftruncate(handle, end)
        raise _unwritten_error(lines, os.strerror(errno.ENOSPC))
    if end == 0:
        fsync_path(folder)


def cut_torn_line(handle: int, end: int) -> bool:
    """Cuts off the incomplete line after `end`, left by a killed writer; returns False, and cuts nothing, if complete lines follow `end`."""
    size = os.fstat(handle).st_size
    if size < end or b"\n" in os.pread(handle, size - end, end):
        return False
    os.ftruncate(handle, end)
    return True


def overwrite_lines(file: Path, wanted: Mapping[int, bytes]) -> None:
    """Overwrites lines in place. `wanted`: by line number, from 1, the new bytes with the line feed; a line of another length is left as it is.

    The caller holds the lock of the file. Nothing moves in the file, so others may read meanwhile. Durable on return, and harmless to
    repeat.
    """
    offset = 0
    with file.open("r+b") as lines:  # opened again: a handle opened for appending always writes at the end
        for seq, line in enumerate(lines, start=1):
            if len(wanted.get(seq, b"")) == len(line) and line.endswith(b"\n"):
                os.pwrite(lines.fileno(), wanted[seq], offset)
            offset += len(line)
        os.fsync(lines.fileno())


def uncopied_error(seq: int, place: str, wrong: LedgerError) -> LedgerError:
    """Returns the error that an entry is recorded at a place that hosts share, but not in the file of this host."""
    return LedgerError(
        Text(
            zh=f"第 {seq} 条已记入 {place}，但没有写入本机的副本（{wrong.text.zh}）；无须重做这一步，之后的命令会把这一条取回",
            en=f"entry {seq} is recorded in {place}, but not in this host's copy ({wrong.text.en}); the step need not be done again, a later command brings the entry",
        )
    )


def _unwritten_error(lines: bytes, problem: str) -> LedgerError:
    return LedgerError(
        Text(
            zh=f"{len(lines)} 字节的台账记录未写入（{problem}）；请清理磁盘空间或检查磁盘后重试",
            en=f"an entry of {len(lines)} bytes was not written to the ledger ({problem}); free space or check the disk, then try again",
        )
    )
