"""Lines of the ledger that a bucket has and the file of this home lacks. Not here: appending an entry (`warehouse/ledger.py`)."""

import fcntl
import os
from collections.abc import Sequence

from schemas.errors import StorageError
from schemas.text import Text
from warehouse.atomic_files import fsync_path, make_folder
from warehouse.chain import INITIAL_HASH, LedgerEntry, LedgerHead, parse_entry
from warehouse.layout import Layout
from warehouse.ledger import Ledger


def append_lines(layout: Layout, ledger: Ledger, lines: Sequence[str]) -> int:
    """Append those lines that the ledger's file lacks and return how many; StorageError, and none, if one does not follow the chain."""
    make_folder(layout.ledger.parent)
    handle = os.open(layout.ledger, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        known = ledger.index.catch_up()
        head = LedgerHead(known.entries, known.head if known.entries else INITIAL_HASH)
        fresh = [line for line, entry in _parse(ledger, lines, head) if entry.seq > known.entries]
        if fresh:
            os.ftruncate(handle, known.bytes)
            os.write(handle, "".join(f"{line}\n" for line in fresh).encode("utf-8", "surrogateescape"))
            os.fsync(handle)
            fsync_path(layout.ledger.parent)
    finally:
        os.close(handle)
    return len(fresh)


def _parse(ledger: Ledger, lines: Sequence[str], head: LedgerHead) -> list[tuple[str, LedgerEntry]]:
    found, last = [], head
    for line in lines:
        entry = parse_entry(line.encode("utf-8", "surrogateescape"))
        if entry is None:
            raise _diverged_error(last.seq + 1)
        if entry.seq <= head.seq:
            mine = ledger.read_entry(entry.seq)
            if mine is None or mine.hash != entry.hash:
                raise _diverged_error(entry.seq)
        elif (entry.seq - 1, entry.previous) != last:
            raise _diverged_error(entry.seq)
        else:
            last = LedgerHead(entry.seq, entry.hash)
        found.append((line, entry))
    return found


def _diverged_error(seq: int) -> StorageError:
    return StorageError(
        Text(
            zh=f"本机台账与对象存储从第 {seq} 条起不同：两者不是同一平台，或在两处分别运行过；请核对 SPORTLAKE_STORAGE 和 SPORTLAKE_HOME，多台主机同时运行须使用共享台账",
            en=f"this home's ledger and the object storage differ from entry {seq} on: they are two installations, or each went on alone; check SPORTLAKE_STORAGE and SPORTLAKE_HOME, and share one ledger where several hosts run",
        )
    )
