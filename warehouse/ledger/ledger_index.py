"""Index of the ledger: finds entries by number, kind, or the value of a fact without reading the others.

An SQLite file beside the ledger, and only a cache: it may be deleted at any time, and is filled again at the next query. It is used only
if it was made from this file (by inode) and the last line that it covers is still at its place with its hash; lines appended since are
added in one transaction. An index that is missing, damaged, foreign, of another format, or older than an erasure is filled anew. If no
file can be written, it is kept in memory. Not here: the tables (`index_tables.py`), the questions that other modules ask (`ledger.py`,
views).
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, TypeVar

from warehouse.ledger.chain import LedgerEntry
from warehouse.ledger.index_tables import (
    SMALLEST,
    IndexState,
    follow_ledger,
    hash_name,
    hash_value,
    hold_transaction,
    open_tables,
    parse_line,
    remove_damaged,
)

Answer = TypeVar("Answer")

ENDS_MASKING = "erasure_end"
"""After an entry of this kind earlier lines may have other texts than when they were read."""
_KEPT_ENTRIES = 4096
_MOST_AT_ONCE = 50_000
_PLACES = "SELECT fact.seq, begin, length FROM fact JOIN entry ON entry.seq = fact.seq"
_NEWEST = "SELECT max(seq) FROM fact WHERE name = ? AND value = ? AND seq < ?"


class LedgerSource(Protocol):
    """A source of lines that a ledger file lacks, such as a shared ledger."""

    def bring_lines(self, state: IndexState, handle: int | None) -> bool:
        """Appends to the file the lines that follow `state`; returns whether the file must be read again."""


class LedgerIndex:
    """The index of one ledger for one process; all processes share its file. A process that was forked opens it anew."""

    def __init__(self, ledger: Path, file: Path, source: LedgerSource | None = None) -> None:
        self._ledger, self._file, self._source = ledger, file, source
        self._lock = threading.RLock()
        self._kept: dict[int, LedgerEntry] = {}
        self._tables: sqlite3.Connection | None = None
        self._process, self._handle = 0, -1
        self._seen: tuple[int, int, int] | None = None
        self._state, self._masked = IndexState(), 0
        self._opened = ExitStack()
        self.openings = 0
        weakref.finalize(self, self._opened.close)

    def catch_up(self, handle: int | None = None) -> IndexState:
        """Adds the lines that were appended since, and returns what the index covers; LedgerError if a line cannot be read.

        If the ledger follows a source, lines that the file lacks are fetched first. `handle`: the file, if the caller has locked it.
        """
        with self._lock:
            state = self._look()
            while self._source is not None and self._source.bring_lines(state, handle):
                state = self._look()
            return state

    def select_rows(
        self, query: str, values: Sequence[object] = (), make_ready: Callable[[sqlite3.Connection], None] | None = None
    ) -> list[tuple[int, ...]]:
        """Returns the rows of a query on the tables; empty if there is no ledger.

        `make_ready`: called with the tables before the query, and again if they had to be made anew.
        """

        def select(tables: sqlite3.Connection) -> list[tuple[int, ...]]:
            if make_ready is not None:
                make_ready(tables)
            return tables.execute(query, values).fetchall()

        with self._lock:
            return self._ask(select) if self._seen else []

    def write_tables(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Runs `work` on the tables in one transaction and returns its result; views write their tables by it."""

        def write_whole(tables: sqlite3.Connection) -> Answer:
            with hold_transaction(tables):
                return work(tables)

        with self._lock:
            return self._ask(write_whole)

    def find_entries(
        self, kind: str, fact: str = "", value: str = "", most: int = -1, *, newest: bool = False
    ) -> list[LedgerEntry]:
        """Returns the entries of a kind, oldest first unless `newest`; with `fact`, only those with that value of this indexed fact."""
        query = f"{_PLACES} WHERE name = ? AND value = ? ORDER BY fact.seq {'DESC' if newest else 'ASC'} LIMIT ?"
        places = self.select_rows(query, (hash_name(kind, fact), hash_value(value), most))
        found = (self._read_at(*place) for place in places)
        return [entry for entry in found if not fact or entry.facts.get(fact) == value]

    def walk_kinds(self, kinds: Sequence[str], after: int) -> Iterator[LedgerEntry]:
        """Yields the entries of those kinds with numbers above `after`, in order."""
        names = [hash_name(kind, "") for kind in kinds]
        query = (
            f"{_PLACES} WHERE name IN ({', '.join('?' * len(names))}) AND value = ? AND fact.seq > ?"
            " ORDER BY fact.seq LIMIT ?"
        )
        while places := self.select_rows(query, (*names, hash_value(""), after, _MOST_AT_ONCE)):
            yield from (self._read_at(*place) for place in places)
            after = places[-1][0]

    def list_hashes(self, kind: str, fact: str) -> list[int]:
        """Returns the hashes of all values of an indexed fact in entries of a kind; takes one query for each value."""
        query, found = "SELECT min(value) FROM fact WHERE name = ? AND value > ?", [SMALLEST]
        while (row := self.select_rows(query, (hash_name(kind, fact), found[-1]))) and row[0][0] is not None:
            found.append(row[0][0])
        return found[1:]

    def walk_newest(self, kind: str, fact: str, hashed: int) -> Iterator[LedgerEntry]:
        """Yields the entries of a kind in which the value of a fact has that hash, newest first."""
        before = self._state.entries + 1
        while (row := self.select_rows(_NEWEST, (hash_name(kind, fact), hashed, before))) and row[0][0] is not None:
            before = row[0][0]
            yield self.read_entry(before)

    def read_entry(self, seq: int) -> LedgerEntry:
        """Returns the entry of a number that the index knows."""
        with self._lock:
            if (kept := self._kept.get(seq)) is not None:
                return kept
            (place,) = self.select_rows("SELECT seq, begin, length FROM entry WHERE seq = ?", (seq,))
            return self._read_at(*place)

    def _look(self) -> IndexState:
        try:
            about = self._ledger.stat()
        except FileNotFoundError:
            self._forget()
            return self._state
        seen = (about.st_ino, about.st_size, about.st_mtime_ns)
        if self._seen is not None and self._seen[0] != seen[0]:
            self._forget()
        if seen != self._seen or self._process != os.getpid():
            self._ask(self._follow)
            self._seen = seen
        return self._state

    def _read_at(self, seq: int, begin: int, length: int) -> LedgerEntry:
        with self._lock:
            if (kept := self._kept.get(seq)) is not None:
                return kept
            if len(self._kept) >= _KEPT_ENTRIES:
                self._kept.clear()
            self._kept[seq] = parse_line(os.pread(self._handle, length, begin), seq)
            return self._kept[seq]

    def _ask(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Runs `work` on the tables and returns its result; on new tables if the file is damaged, in memory if no file can be written."""
        for place in (self._file, self._file):
            try:
                return work(self._connect(place))
            except sqlite3.Error as wrong:
                self._forget()
                remove_damaged(self._file, wrong)
        return work(self._connect(None))

    def _connect(self, place: Path | None) -> sqlite3.Connection:
        if self._tables is None or self._process != os.getpid():
            self._forget()
            self.openings += 1
            self._process = os.getpid()
            self._handle = os.open(self._ledger, os.O_RDONLY)
            self._opened.callback(os.close, self._handle)
            self._tables = open_tables(place)
            self._opened.callback(self._tables.close)
            self._follow(self._tables)
        return self._tables

    def _follow(self, tables: sqlite3.Connection) -> None:
        state = follow_ledger(tables, self._handle, ENDS_MASKING)
        newest = tables.execute(_NEWEST, (hash_name(ENDS_MASKING, ""), hash_value(""), state.entries + 1)).fetchone()
        masked = newest[0] or 0
        if masked != self._masked or state.entries < self._state.entries:
            self._kept.clear()
        self._state, self._masked = state, masked

    def _forget(self) -> None:
        """Forgets everything that was read."""
        self._opened.close()
        self._kept.clear()
        self._tables, self._process, self._handle = None, 0, -1
        self._seen, self._state, self._masked = None, IndexState(), 0
