"""Unfinished submissions, from the ledger: received without a verdict, or with accepted rows that have not landed.

Every entry is looked at once, so that a look at a long ledger costs as much as what was added. Not here: finishing them.
"""

from warehouse.chain import LedgerEntry
from warehouse.ledger import Ledger


class UnfinishedSubmissions:
    """The unfinished submissions of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._count = 0
        self._last: list[LedgerEntry] = []
        self._open: dict[str, None] = {}

    def list_numbers(self) -> list[str]:
        """Return their numbers, in the order of hand-in."""
        if self._last and self._ledger.read_since(self._count - 1)[:1] != self._last:
            self._count, self._last, self._open = 0, [], {}  # another ledger was put in its place
        added = self._ledger.read_since(self._count)
        for entry in added:
            self._note_entry(entry)
        self._count += len(added)
        self._last = added[-1:] or self._last
        return list(self._open)

    def _note_entry(self, entry: LedgerEntry) -> None:
        if entry.kind == "submission":
            self._open[entry.facts["number"]] = None
        elif entry.kind == "landing" or (entry.kind == "verdict" and not entry.facts["accepted"]):
            self._open.pop(entry.facts["number"], None)
