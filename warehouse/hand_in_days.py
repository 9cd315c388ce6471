"""Hand-ins by day and by department, from the ledger: what came on a day, how many a department has handed in, and when last.

Another judgement of a file is no hand-in. Not here: what stands or waits (`hand_in_index.py`).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from warehouse.chain import LedgerEntry
from warehouse.ledger_view import LedgerView


class HandInCount(NamedTuple):
    """The number of hand-ins of a department, and the day of the last one."""

    number: int
    last: date


class HandInDays(LedgerView):
    """The days of one ledger's hand-ins. A day is that of the entry's own time zone."""

    def list_received_on(self, day: date) -> Sequence[LedgerEntry]:
        """Return the entries of what was handed in on that day, in the order of hand-in; empty for a day without any."""
        self._catch_up()
        return self._days.get(day, ())

    def count_hand_ins(self, department: str) -> HandInCount | None:
        """Return how much a department has handed in and when last; None if nothing."""
        self._catch_up()
        return self._counts.get(department)

    def _forget_all(self) -> None:
        self._days: dict[date, list[LedgerEntry]] = {}
        self._counts: dict[str, HandInCount] = {}

    def _note_entry(self, entry: LedgerEntry) -> None:
        if entry.kind != "submission" or entry.facts.get("rejudges"):
            return
        day, department = entry.at.date(), entry.facts["department"]
        self._days.setdefault(day, []).append(entry)
        before = self._counts.get(department)
        self._counts[department] = HandInCount(before.number + 1 if before else 1, day)
