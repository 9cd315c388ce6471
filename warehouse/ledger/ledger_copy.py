"""The ledger file of one host as a copy of the shared ledger: bringing it up to date, and comparing the two.

Lines are appended in order, only after the last line that both have; LedgerError if a line does not follow the chain. Not here: the table
(`shared_ledger.py`), appending entries (`ledger.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from schemas.errors import LedgerError
from schemas.text import Text
from warehouse.ledger.chain import INITIAL_HASH, LedgerEntry, parse_entry
from warehouse.ledger.index_tables import IndexState
from warehouse.ledger.ledger_file import append_bytes, cut_torn_line, open_locked, overwrite_lines
from warehouse.ledger.shared_ledger import MOST_AT_ONCE, SharedLedger, SharedLine


class LedgerCopy:
    """One ledger file that follows a shared ledger.

    `ends_masking`: the kind of entry that says that earlier lines have been masked. `before`: called before lines are appended.
    """

    def __init__(
        self, file: Path, shared: SharedLedger, ends_masking: str, before: Callable[[], None] = lambda: None
    ) -> None:
        self._file, self._shared, self._ends_masking, self._before = file, shared, ends_masking, before

    def bring_lines(self, state: IndexState, handle: int | None) -> bool:
        """Appends the lines that the file lacks, at most `MOST_AT_ONCE`; returns whether the file must be read again, because it has changed.

        `handle`: the file, if the caller has opened and locked it; None: it is locked here. LedgerError if the file belongs to another
        ledger.
        """
        if not self._shared.has_news():
            return False
        known, *lacking = self._read_following(state)
        if not lacking:
            return False
        self._shared.expect_news()
        self._before()
        entries = _check_chain(known, lacking, self._shared.place)
        with open_locked(self._file) if handle is None else _lend(handle) as held:
            if not cut_torn_line(held, state.bytes):
                return True  # another process of this host has brought them
            if any(entry.kind == self._ends_masking for entry in entries):
                overwrite_lines(self._file, dict(self._shared.read_masked()))
            append_bytes(held, b"".join(one.line for one in lacking), state.bytes, self._file.parent)
        return True

    def find_differences(self) -> Iterator[Text]:
        """Yields the lines in which the copy differs from the shared ledger; a copy that is only shorter does not differ."""
        lines, shared = _walk_lines(self._file), 0
        for one, mine in zip(self._shared.walk_lines(), lines, strict=False):
            shared = one.seq
            if mine != one.line:
                yield Text(
                    zh=f"本机台账第 {one.seq} 行与共享台账 {self._shared.place} 不同",
                    en=f"line {one.seq} of this host's ledger differs from the shared ledger {self._shared.place}",
                )
        if more := sum(1 for _ in lines):
            yield Text(
                zh=f"本机台账有 {shared + more} 行，共享台账 {self._shared.place} 只有 {shared} 行",
                en=f"this host's ledger has {shared + more} lines, the shared ledger {self._shared.place} only {shared}",
            )

    def _read_following(self, state: IndexState) -> list[SharedLine]:
        """Returns, from the shared ledger, the last line that the file has too, and the lines after it."""
        if not state.entries:
            return [SharedLine(0, b""), *self._shared.read_news(1)]
        found = self._shared.read_news(state.entries)
        same = parse_entry(found[0].line) if found else None
        if same is None or (same.seq, same.hash) != (state.entries, state.head):
            raise _foreign_error(state.entries, self._shared.place)
        return found


def share_lines(file: Path, shared: SharedLedger) -> int:
    """Copies the lines of a ledger file into a shared ledger that is empty or has the first of them; returns how many were added.

    A shared ledger that has all of them, or more, is left as it is. Other processes cannot append meanwhile. LedgerError if a line
    differs.
    """
    with open_locked(file), shared.hold_turn():
        lines, known, added = _walk_lines(file), 0, 0
        # zip takes the shared line first: where the shared ledger ends, it has not yet taken a line of ours.
        for one, mine in zip(shared.walk_lines(), lines, strict=False):
            if mine != one.line:
                raise _foreign_error(sum(1 for _ in _walk_lines(file)), shared.place)
            known = one.seq
        while batch := list(islice(lines, MOST_AT_ONCE)):
            shared.insert_lines([SharedLine(known + added + at, line) for at, line in enumerate(batch, start=1)])
            added += len(batch)
    return added


def _walk_lines(file: Path) -> Iterator[bytes]:
    """Yields the complete lines of a ledger file; a killed writer may have left an incomplete one at the end."""
    if file.is_file():
        with file.open("rb") as content:
            yield from (line for line in content if line.endswith(b"\n"))


@contextmanager
def _lend(handle: int) -> Iterator[int]:
    yield handle


def _check_chain(known: SharedLine, lacking: Sequence[SharedLine], place: str) -> list[LedgerEntry]:
    """Parses the lines; LedgerError if one does not follow the line before it in the chain."""
    last, entries = parse_entry(known.line) if known.seq else None, list[LedgerEntry]()
    for one in lacking:
        entry = parse_entry(one.line)
        follows = entry is not None and (entry.seq, entry.previous) == (one.seq, last.hash if last else INITIAL_HASH)
        if entry is None or not follows or one.seq != known.seq + len(entries) + 1:
            raise LedgerError(
                Text(
                    zh=f"共享台账 {place} 的第 {one.seq} 行不是前一行的后续；请运行 sportlake ledger verify 并从备份恢复数据库",
                    en=f"line {one.seq} of the shared ledger {place} does not follow the one before; run sportlake ledger verify, then restore the database from a backup",
                )
            )
        entries.append(entry)
        last = entry
    return entries


def _foreign_error(entries: int, place: str) -> LedgerError:
    return LedgerError(
        Text(
            zh=f"本机台账的 {entries} 条记录不在共享台账 {place} 中：两者不是同一台账。新的共享台账请先用 sportlake ledger share 存入；"
            "否则请检查 SPORTLAKE_LEDGER_URL 和 SPORTLAKE_HOME",
            en=f"the {entries} entries of this host's ledger are not in the shared ledger {place}: they are two ledgers. Put them into a new one "
            "by sportlake ledger share; otherwise check SPORTLAKE_LEDGER_URL and SPORTLAKE_HOME",
        )
    )
