"""Views of a ledger: facts derived from its entries, each of which is looked at once.

A view is rebuilt from the file at the first question of a process and then follows what is appended, so that a question costs as
much as what was added since the last one. Nothing of a view is stored. Not here: the views (`hand_in_index.py`,
`unfinished_submissions.py`).
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from schemas.collector import pause_collector
from warehouse.chain import LedgerEntry

if TYPE_CHECKING:
    from warehouse.ledger import Ledger


class LedgerView(ABC):
    """A view of one ledger. A subclass asks `_catch_up` before it answers."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger
        self._count = 0
        self._last: LedgerEntry | None = None
        self._forget_all()

    @abstractmethod
    def _forget_all(self) -> None:
        """Start as for an empty ledger."""

    @abstractmethod
    def _note_entry(self, entry: LedgerEntry) -> None:
        """Take the next entry into account."""

    def _catch_up(self) -> None:
        if self._last is not None and self._read_last() is not self._last:
            self._count, self._last = 0, None  # another ledger was put in its place, or this one was read anew
            self._forget_all()
        added = self._ledger.read_since(self._count)
        with pause_collector():
            for entry in added:
                self._note_entry(entry)
        self._count += len(added)
        self._last = added[-1] if added else self._last

    def _read_last(self) -> LedgerEntry | None:
        return next(iter(self._ledger.read_since(self._count - 1)), None)
