"""Hand-ins by day and by department, from the ledger: those of a day, and the number and last day of a department's hand-ins.

Judging a file again is no hand-in. Not here: what stands or waits (`hand_in_index.py`).
"""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from warehouse.ledger.chain import LedgerEntry
from warehouse.ledger.index_tables import hash_value
from warehouse.ledger.ledger_view import LedgerView


class HandInCount(NamedTuple):
    """The number of hand-ins of a department, and the day of the last one."""

    number: int
    last: date


class HandInDays(LedgerView):
    """The days of one ledger's hand-ins. A day is that of the entry's own time zone."""

    kinds = ("submission",)
    tables = (
        "CREATE TABLE day (day INTEGER, seq INTEGER, PRIMARY KEY (day, seq)) WITHOUT ROWID",
        "CREATE TABLE day_count (day INTEGER PRIMARY KEY, hand_ins INTEGER)",
        "CREATE TABLE department (department INTEGER PRIMARY KEY, hand_ins INTEGER, last INTEGER)",
    )

    def list_newest_on(self, day: date, most: int) -> Sequence[LedgerEntry]:
        """Returns at most `most` entries of the hand-ins of that day, newest first, without reading the others."""
        query = "SELECT seq FROM day WHERE day = ? ORDER BY seq DESC LIMIT ?"
        return self._read_all(self._select(query, day.toordinal(), most))

    def count_received_on(self, day: date) -> int:
        """Returns the number of hand-ins on that day."""
        found = self._select("SELECT hand_ins FROM day_count WHERE day = ?", day.toordinal())
        return found[0][0] if found else 0

    def count_hand_ins(self, department: str) -> HandInCount | None:
        """Returns the number and the last day of a department's hand-ins; None if it has none."""
        found = self._select("SELECT hand_ins, last FROM department WHERE department = ?", hash_value(department))
        return HandInCount(found[0][0], date.fromordinal(found[0][1])) if found else None

    def _note_entry(self, tables: sqlite3.Connection, entry: LedgerEntry) -> None:
        if entry.facts.get("rejudges"):
            return
        day, department = entry.at.date().toordinal(), hash_value(entry.facts["department"])
        tables.execute("INSERT INTO day VALUES (?, ?)", (day, entry.seq))
        tables.execute("INSERT INTO day_count VALUES (?, 1) ON CONFLICT DO UPDATE SET hand_ins = hand_ins + 1", (day,))
        tables.execute(
            "INSERT INTO department VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET hand_ins = hand_ins + 1, last = excluded.last",
            (department, day),
        )
