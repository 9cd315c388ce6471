"""Unfinished submissions, from the ledger: received without a verdict, or with accepted rows that have not landed.

Not here: finishing them.
"""

import sqlite3

from warehouse.ledger.chain import LedgerEntry
from warehouse.ledger.index_tables import hash_value
from warehouse.ledger.ledger_view import LedgerView


class UnfinishedSubmissions(LedgerView):
    """The unfinished submissions of one ledger."""

    kinds = ("submission", "verdict", "landing")
    tables = ("CREATE TABLE unfinished (number INTEGER PRIMARY KEY, seq INTEGER)",)

    def list_numbers(self) -> list[str]:
        """Returns the numbers of the unfinished submissions, in the order of hand-in."""
        found = self._read_all(self._select("SELECT seq FROM unfinished ORDER BY seq"))
        return [str(entry.facts["number"]) for entry in found]

    def _note_entry(self, tables: sqlite3.Connection, entry: LedgerEntry) -> None:
        number = hash_value(entry.facts["number"])
        if entry.kind == "submission":
            tables.execute("INSERT OR IGNORE INTO unfinished VALUES (?, ?)", (number, entry.seq))
        elif entry.kind == "landing" or not entry.facts["accepted"]:
            tables.execute("DELETE FROM unfinished WHERE number = ?", (number,))
