"""Lines of the ledger that a bucket has and the file of this home lacks. Not here: appending an entry (`warehouse/ledger/ledger.py`)."""

from collections.abc import Sequence
from pathlib import Path

from schemas.errors import StorageError
from schemas.text import Text
from warehouse.layout import Layout
from warehouse.ledger.chain import INITIAL_HASH, LedgerHead, parse_entry
from warehouse.ledger.index_tables import IndexState
from warehouse.ledger.ledger import Ledger
from warehouse.ledger.ledger_file import append_bytes, cut_torn_line, open_locked, overwrite_lines


def require_following(ledger: Ledger, lines: Sequence[str]) -> None:
    """Raises StorageError if one of those lines is neither in the ledger nor follows its chain; checked before any file is downloaded.

    A shared ledger has every line before a record does, so it is enough to check the hash of the last line; an empty shared ledger is
    accepted, because its lines are still to be copied.
    """
    if ledger.shared is None:
        _choose_fresh(ledger, lines, _find_head(ledger.index.catch_up()))
    elif lines and ledger.shared.read_from(1, 1):
        last = parse_entry(encode_line(lines[-1]))
        found = ledger.shared.read_from(last.seq, 1) if last else []
        same = parse_entry(found[0].line) if found else None
        if last is None or same is None or (same.seq, same.hash) != (last.seq, last.hash):
            raise _diverged_error(last.seq if last else 1)


def append_lines(layout: Layout, ledger: Ledger, lines: Sequence[str]) -> int:
    """Appends those lines that the ledger's file lacks and returns how many; StorageError, and none, if one does not follow the chain."""
    with open_locked(layout.ledger) as handle:
        known = ledger.index.catch_up(handle)
        fresh = _choose_fresh(ledger, lines, _find_head(known))
        if fresh:
            cut_torn_line(handle, known.bytes)
            append_bytes(handle, b"".join(fresh), known.bytes, layout.ledger.parent)
    return len(fresh)


def read_lines(file: Path) -> list[str]:
    """Returns the whole lines of a ledger's file."""
    lines = file.read_bytes().split(b"\n")[:-1] if file.is_file() else []
    return [line.decode("utf-8", "surrogateescape") for line in lines]


def mask_known_lines(layout: Layout, lines: Sequence[str]) -> None:
    """Overwrites the lines of the ledger's file that an erasure masked in the bucket; lengths stay."""
    with open_locked(layout.ledger):
        overwrite_lines(layout.ledger, {seq: encode_line(line) for seq, line in enumerate(lines, start=1)})


def encode_line(line: str) -> bytes:
    """Returns the bytes of a line of a record, as they are in the ledger's file."""
    return line.encode("utf-8", "surrogateescape") + b"\n"


def _find_head(known: IndexState) -> LedgerHead:
    return LedgerHead(known.entries, known.head if known.entries else INITIAL_HASH)


def _choose_fresh(ledger: Ledger, lines: Sequence[str], head: LedgerHead) -> list[bytes]:
    """Returns the lines after the head; StorageError if one of the earlier lines differs from the ledger's."""
    fresh, last = [], head
    for line in lines:
        entry = parse_entry(encode_line(line))
        if entry is None:
            raise _diverged_error(last.seq + 1)
        if entry.seq <= head.seq:
            if ledger.index.read_entry(entry.seq).hash != entry.hash:
                raise _diverged_error(entry.seq)
        elif (entry.seq - 1, entry.previous) != last:
            raise _diverged_error(entry.seq)
        else:
            last = LedgerHead(entry.seq, entry.hash)
            fresh.append(encode_line(line))
    return fresh


def _diverged_error(seq: int) -> StorageError:
    return StorageError(
        Text(
            zh=f"本机台账与对象存储从第 {seq} 条起不同：两者不是同一平台，或在两处分别运行过；请核对 SPORTLAKE_STORAGE 和 SPORTLAKE_HOME，多台主机同时运行须用 SPORTLAKE_LEDGER_URL 共享台账",
            en=f"this home's ledger and the object storage differ from entry {seq} on: they are two installations, or each went on alone; check SPORTLAKE_STORAGE and SPORTLAKE_HOME, and share one ledger by SPORTLAKE_LEDGER_URL where several hosts run",
        )
    )
