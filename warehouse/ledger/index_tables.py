"""Tables of the ledger's index, in SQLite: opening them, adding lines of the ledger, and checking that they belong to the ledger file.

They hold no texts of facts, only hashes, so that an erasure has nothing to remove. Not here: when they are updated and queried
(`ledger_index.py`), tables of views (`ledger_view.py`).
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from schemas.errors import LedgerError
from schemas.text import Text
from warehouse.ledger.chain import LedgerEntry, parse_entry

FORMAT = 1
"""Changes whenever the tables, or what is written into them, change."""
INDEXED = frozenset({"number", "place", "slice", "sha256", "dataset", "department", "rejudges", "original"})
"""Facts by whose value entries are found without looking at all of them."""
SMALLEST = -(2**63)
"""Of the hashes, which SQLite keeps as integers."""
_TABLES = (
    "CREATE TABLE about (format INTEGER, inode INTEGER, bytes INTEGER, entries INTEGER, head TEXT)",
    "CREATE TABLE entry (seq INTEGER PRIMARY KEY, begin INTEGER, length INTEGER)",
    "CREATE TABLE fact (name INTEGER, value INTEGER, seq INTEGER, PRIMARY KEY (name, value, seq)) WITHOUT ROWID",
    "CREATE TABLE view (name TEXT PRIMARY KEY, entries INTEGER)",
)
_WAIT_SECONDS = 600
"""For another process that fills the index: a million entries take it less than a minute."""
_SETTINGS = ("synchronous=OFF", "journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "cache_size=-65536")
_BATCH_BYTES = 1 << 24
"""Of lines that are parsed before they are written."""
_DAMAGES = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_MISMATCH", "SQLITE_CONSTRAINT")


class IndexState(NamedTuple):
    """What the tables cover: the file's inode, its bytes up to the last complete line, the number of entries, and the hash of the last one."""

    inode: int = 0
    bytes: int = 0
    entries: int = 0
    head: str = ""


@lru_cache(maxsize=4096)
def hash_name(kind: str, fact: str) -> int:
    """Returns the hash of a kind and a fact; of the kind alone with an empty fact."""
    return hash_value(f"{kind}\n{fact}")


def hash_value(value: str) -> int:
    """Returns 64 bits of a text as a signed integer."""
    return int.from_bytes(blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


def open_tables(file: Path | None) -> sqlite3.Connection:
    """Opens the tables in a file, or in memory; a file that is missing is made, and one of another format is emptied."""
    tables = sqlite3.connect(
        file or ":memory:", timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        for setting in _SETTINGS:
            tables.execute(f"PRAGMA {setting}")
        if _read_format(tables) != FORMAT:
            with hold_transaction(tables):
                if _read_format(tables) != FORMAT:
                    empty_tables(tables)
    except sqlite3.Error:
        tables.close()
        raise
    return tables


def remove_damaged(file: Path, wrong: sqlite3.Error) -> None:
    """Removes the file of the tables if the error says that it is damaged or no index of ours; it holds nothing that cannot be made again."""
    if getattr(wrong, "sqlite_errorname", "").startswith(_DAMAGES):
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                file.with_name(file.name + suffix).unlink(missing_ok=True)


@contextmanager
def hold_transaction(tables: sqlite3.Connection) -> Iterator[None]:
    """Runs the block as one transaction; waits for the transaction of another process."""
    tables.execute("BEGIN IMMEDIATE")
    try:
        yield
        tables.execute("COMMIT")
    finally:
        if tables.in_transaction:
            tables.rollback()


def read_state(tables: sqlite3.Connection) -> IndexState:
    """Returns what the tables cover."""
    return IndexState(*tables.execute("SELECT inode, bytes, entries, head FROM about").fetchone())


def follow_ledger(tables: sqlite3.Connection, handle: int, ends_masking: str) -> IndexState:
    """Adds the new lines of the open ledger to the tables, without reading any others, and returns what the tables then cover.

    The whole ledger is read again if the tables are not those of this file, or if there is a new entry of the kind `ends_masking`:
    earlier lines may then have been masked. LedgerError names a line that cannot be read.
    """
    about = os.fstat(handle)
    state = read_state(tables)
    if state.bytes == about.st_size and _is_state_of(tables, state, handle, about):
        return state
    with hold_transaction(tables):
        state = read_state(tables)
        if not _is_state_of(tables, state, handle, about):
            state = empty_tables(tables, about.st_ino)
        followed, ends = _add_lines(tables, handle, state, about.st_size, ends_masking)
        if ends and state.entries:
            followed, _ = _add_lines(tables, handle, empty_tables(tables, about.st_ino), about.st_size, ends_masking)
        tables.execute("UPDATE about SET bytes = ?, entries = ?, head = ?", followed[1:])
    if ends:
        tables.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return followed


def empty_tables(tables: sqlite3.Connection, inode: int = 0) -> IndexState:
    """Drops all tables, those of views too, and makes them anew for the file with that inode."""
    for (name,) in tables.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        tables.execute(f'DROP TABLE "{name}"')
    for statement in _TABLES:
        tables.execute(statement)
    tables.execute("INSERT INTO about VALUES (?, ?, 0, 0, '')", (FORMAT, inode))
    return IndexState(inode)


def parse_line(line: bytes, number: int) -> LedgerEntry:
    """Parses a line of the ledger; LedgerError with its number if it is no entry."""
    entry = parse_entry(line)
    if entry is None:
        raise LedgerError(
            Text(
                zh=f"台账第 {number} 行无法读取，请运行 sportlake ledger verify 并从备份恢复",
                en=f"line {number} of the ledger cannot be read; run sportlake ledger verify, then restore it from a backup",
            )
        )
    return entry


def _read_format(tables: sqlite3.Connection) -> int:
    try:
        found = tables.execute("SELECT format FROM about").fetchone()
    except sqlite3.OperationalError as wrong:
        if wrong.sqlite_errorname != "SQLITE_ERROR":  # SQLITE_ERROR: the table does not exist
            raise
        return 0
    return int(found[0]) if found else 0


def _is_state_of(tables: sqlite3.Connection, state: IndexState, handle: int, about: os.stat_result) -> bool:
    """Whether the tables were filled from this file, and the last line that they cover is still at its place in it."""
    if state.inode != about.st_ino or state.bytes > about.st_size:
        return False
    if state.entries == 0:
        return state.bytes == 0
    place = tables.execute("SELECT begin, length FROM entry WHERE seq = ?", (state.entries,)).fetchone()
    if place is None or sum(place) + 1 != state.bytes:
        return False
    last = parse_entry(os.pread(handle, place[1], place[0]))
    return last is not None and last.hash == state.head


def _add_lines(
    tables: sqlite3.Connection, handle: int, state: IndexState, size: int, ends_masking: str
) -> tuple[IndexState, bool]:
    """Adds the complete lines up to that size; returns the new state, and whether an entry of the kind `ends_masking` was among them."""
    ends, torn = False, b""
    begin = state.bytes
    while begin < size and (read := os.pread(handle, min(_BATCH_BYTES, size - begin), begin)):
        begin += len(read)
        # The text after the last line feed is a torn line, or continues in the next batch.
        *lines, torn = (torn + read).split(b"\n")
        if lines:
            state, found = _add_batch(tables, lines, state, ends_masking)
            ends = ends or found
    return state, ends


def _add_batch(
    tables: sqlite3.Connection, lines: list[bytes], state: IndexState, ends_masking: str
) -> tuple[IndexState, bool]:
    places, facts = list[tuple[int, int, int]](), list[tuple[int, int, int]]()
    begin, ends, entry = state.bytes, False, None
    for seq, line in enumerate(lines, start=state.entries + 1):
        entry = parse_line(line, seq)
        places.append((seq, begin, len(line)))
        begin += len(line) + 1
        ends = ends or entry.kind == ends_masking
        facts.append((hash_name(entry.kind, ""), hash_value(""), seq))
        facts += [
            (hash_name(entry.kind, name), hash_value(value), seq)
            for name, value in entry.facts.items()
            if name in INDEXED and isinstance(value, str)
        ]
    tables.executemany("INSERT INTO entry VALUES (?, ?, ?)", places)
    tables.executemany("INSERT INTO fact VALUES (?, ?, ?)", sorted(facts))
    return IndexState(state.inode, begin, state.entries + len(lines), entry.hash if entry else state.head), ends
