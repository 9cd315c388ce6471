"""The ledger: an append-only memory of every decision, one JSON object a line, each holding the hash of the one before.

Grain: one entry a decision. Key: `seq`, counted from 1. Here: the file, appending to it, reading it. Not here: the chain
itself (`warehouse/chain.py`), nor what the facts of a kind are (whoever decides says so).

Honest limit: the chain shows any change, removal or exchange before its last entry. That the newest entries were cut off
cannot be seen from inside; note `head()` elsewhere (a release, a letter) and give it to `verify`.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from schemas.errors import LedgerError
from schemas.text import Text
from warehouse.atomic_files import settle
from warehouse.chain import Entry, Head, faults, line_of, parsed, sealed
from warehouse.layout import Layout

__all__ = ["Entry", "Head", "Kind", "Ledger"]

Kind = Literal[
    "submission",
    "verdict",
    "landing",
    "release",
    "publication",
    "retirement",
    "withdrawal",
    "restoration",
    "rollback",
    "approval",
    "waiver",
]


class _Known(NamedTuple):
    """What was read last time: the entries, where their lines end, and what the file looked like."""

    entries: tuple[Entry, ...] = ()
    end: int = 0
    inode: int = 0
    size: int = 0
    changed: int = 0


class Ledger:
    """The ledger of one installation. Several processes may append at once; an entry is on the disk when `append` returns."""

    def __init__(self, layout: Layout) -> None:
        self._path = layout.ledger
        self._known = _Known()

    def append(self, kind: Kind, *, now: datetime, who: str, why: str, facts: Mapping[str, Any]) -> Entry:
        """Add an entry and return it. A torn last line, left by a kill while writing, is cut off first.

        LedgerError if `now` has no zone, the kind is unknown, the facts are not JSON, or the disk is full; nothing is written.
        """
        _refuse_unknown(kind, now)
        with self._held() as handle:
            known = self._read()
            last = known.entries[-1] if known.entries else None
            try:
                entry = sealed(last, kind=kind, now=now, who=who, why=why, facts=facts)
                line = line_of(entry)
            except (TypeError, ValueError) as wrong:
                raise LedgerError(
                    Text(zh=f"无法写入台账的内容：{wrong}", en=f"these facts cannot be written to the ledger: {wrong}")
                ) from wrong
            os.ftruncate(handle, known.end)
            _write_whole(handle, line, known.end)
        if last is None:
            settle(self._path.parent)
        return entry

    def entries(self, kind: Kind | None = None) -> list[Entry]:
        """All entries in order, or those of one kind; empty if there is no ledger yet.

        Parses and verifies nothing. A torn last line is passed over; LedgerError names any other line that cannot be read.
        """
        return [entry for entry in self._read().entries if kind is None or entry.kind == kind]

    def head(self) -> Head | None:
        """The newest entry's number and hash; None for an empty ledger."""
        entries = self._read().entries
        return Head(entries[-1].seq, entries[-1].hash) if entries else None

    def verify(self, expected_head: Head | None = None) -> list[Text]:
        """What is wrong with the chain, entry by entry; empty if it is whole and still holds `expected_head`."""
        raw = self._path.read_bytes() if self._path.is_file() else b""
        return list(faults(raw, expected_head))

    @contextmanager
    def _held(self) -> Iterator[int]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)

    def _read(self) -> _Known:
        """What the file says now; only what was added since the last look is parsed."""
        self._known = _read_on(self._path, self._known)
        return self._known


def _read_on(path: Path, known: _Known) -> _Known:
    if not path.is_file():
        return _Known()
    with path.open("rb") as file:
        about = os.fstat(file.fileno())
        if (about.st_ino, about.st_size, about.st_mtime_ns) == (known.inode, known.size, known.changed):
            return known
        if about.st_ino != known.inode or about.st_size <= known.size:
            known = _Known()
        file.seek(known.end)
        added = file.read(about.st_size - known.end)
    *lines, torn = added.split(b"\n")
    fresh = [_entry(line, number) for number, line in enumerate(lines, start=len(known.entries) + 1)]
    end = known.end + len(added) - len(torn)
    return _Known((*known.entries, *fresh), end, about.st_ino, about.st_size, about.st_mtime_ns)


def _entry(line: bytes, number: int) -> Entry:
    entry = parsed(line)
    if entry is None:
        raise LedgerError(
            Text(
                zh=f"台账第 {number} 行无法读取，请运行 sportlake ledger verify 并从备份恢复",
                en=f"line {number} of the ledger cannot be read; run sportlake ledger verify, then restore it from a backup",
            )
        )
    return entry


def _write_whole(handle: int, line: bytes, end: int) -> None:
    if os.write(handle, line) != len(line):
        os.ftruncate(handle, end)
        raise LedgerError(
            Text(
                zh=f"磁盘已满，{len(line)} 字节的台账记录未写入；请清理空间后重试",
                en=f"the disk is full: an entry of {len(line)} bytes was not written; free space and try again",
            )
        )
    os.fsync(handle)


def _refuse_unknown(kind: str, now: datetime) -> None:
    if kind not in get_args(Kind):
        kinds = ", ".join(get_args(Kind))
        raise LedgerError(Text(zh=f"台账没有 {kind} 类记录；可用：{kinds}", en=f"no kind of entry {kind}; use {kinds}"))
    if now.tzinfo is None:
        raise LedgerError(Text(zh=f"时间 {now} 没有时区", en=f"the time {now} has no zone"))
