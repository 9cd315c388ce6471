"""Views of a ledger: tables derived from its entries and kept in the ledger's index; each entry is read once.

A view follows appended entries, so the cost of a query depends only on the number of entries since the last query of any process. It is
made anew together with the index. Its tables hold numbers of entries and hashes of texts, no texts. Not here: the index
(`ledger_index.py`), the views (`hand_in_index.py`, `hand_in_days.py`, `unfinished_submissions.py`).
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from warehouse.ledger.chain import LedgerEntry
from warehouse.ledger.index_tables import IndexState, hold_transaction
from warehouse.ledger.ledger_index import LedgerIndex


class LedgerView(ABC):
    """A view of one ledger. Its tables have names of their own; whoever changes these, or their content, must raise `index_tables.FORMAT`."""

    kinds: ClassVar[tuple[str, ...]]
    """Of the entries that it is made from."""
    tables: ClassVar[tuple[str, ...]]
    """Statements that make its tables."""

    def __init__(self, index: LedgerIndex) -> None:
        self._index = index
        self._seen: tuple[int, IndexState] | None = None

    @abstractmethod
    def _note_entry(self, tables: sqlite3.Connection, entry: LedgerEntry) -> None:
        """Updates the tables for the next entry of the view's kinds."""

    def _select(self, query: str, *values: object) -> list[tuple[int, ...]]:
        """Returns the rows of a query on the tables as of the last entry; empty if there is no ledger."""
        state = self._index.catch_up()
        if not state.entries:
            return []
        if self._seen != (self._index.openings, state):
            self._index.write_tables(self._catch_up)
            self._seen = (self._index.openings, self._index.catch_up())
        return self._index.select_rows(query, values, self._restore_tables)

    def _restore_tables(self, tables: sqlite3.Connection) -> None:
        """Makes the tables again if another process, or an error since the last query, has emptied the index."""
        if not tables.execute("SELECT 1 FROM view WHERE name = ?", (type(self).__name__,)).fetchall():
            with hold_transaction(tables):
                self._catch_up(tables)

    def _read_all(self, rows: Iterable[tuple[int, ...]]) -> list[LedgerEntry]:
        """Returns the entries whose numbers are in the first column of the rows."""
        return [self._index.read_entry(row[0]) for row in rows]

    def _catch_up(self, tables: sqlite3.Connection) -> None:
        name = type(self).__name__
        known = tables.execute("SELECT entries FROM view WHERE name = ?", (name,)).fetchone()
        if known is None:
            for statement in self.tables:
                tables.execute(statement)
        (entries,) = tables.execute("SELECT entries FROM about").fetchone()
        after = known[0] if known else 0
        for entry in self._index.walk_kinds(self.kinds, after):
            self._note_entry(tables, entry)
            after = entry.seq
        if known is None or after > known[0]:
            tables.execute("INSERT OR REPLACE INTO view VALUES (?, ?)", (name, entries))
