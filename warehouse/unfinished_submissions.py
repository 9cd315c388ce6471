"""Unfinished submissions, from the ledger: received without a verdict, or with accepted rows that have not landed.

Not here: finishing them.
"""

from warehouse.chain import LedgerEntry
from warehouse.ledger_view import LedgerView


class UnfinishedSubmissions(LedgerView):
    """The unfinished submissions of one ledger."""

    def list_numbers(self) -> list[str]:
        """Return their numbers, in the order of hand-in."""
        self._catch_up()
        return list(self._open)

    def _forget_all(self) -> None:
        self._open: dict[str, None] = {}

    def _note_entry(self, entry: LedgerEntry) -> None:
        if entry.kind == "submission":
            self._open[entry.facts["number"]] = None
        elif entry.kind == "landing" or (entry.kind == "verdict" and not entry.facts["accepted"]):
            self._open.pop(entry.facts["number"], None)
