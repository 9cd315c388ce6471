"""Index of hand-ins, from the ledger: their order at each place, what landed, what was retracted, and what waits to be mended.

Grain: a place (a slice `dataset/department/period`, or a path below the inbox). What stands or waits is answered without a look
at what stood or waited before. Not here: the questions that other modules ask (`standing.py`).
"""

from bisect import insort
from collections.abc import Sequence

from warehouse.chain import LedgerEntry
from warehouse.ledger_view import LedgerView

Order = tuple[int, int]
SENT_BACK = frozenset({"quarantine", "refused"})
"""Outcomes after which a department has to hand in again."""


class HandInIndex(LedgerView):
    """The hand-ins of one ledger. Lists are in the order of hand-in; what is not in the ledger has an empty answer."""

    def find_order(self, number: str) -> Order:
        """Return the place of a submission in the order of hand-ins; (0, 0) if it was never received."""
        self._catch_up()
        return self._orders.get(number, (0, 0))

    def list_places(self) -> list[str]:
        """Return every place for which something was received, in the order of their first hand-ins."""
        self._catch_up()
        return list(self._received)

    def list_received(self, place: str) -> Sequence[LedgerEntry]:
        """Return the entries of the submissions for a place."""
        self._catch_up()
        return self._received.get(place, ())

    def list_slices(self) -> list[str]:
        """Return every slice of which something landed, in the order of their first landings."""
        self._catch_up()
        return list(self._landed)

    def find_landed(self, slice_: str) -> LedgerEntry | None:
        """Return the last landing of a slice that is not retracted; None if there is none."""
        self._catch_up()
        landings = reversed(self._landed.get(slice_, ()))
        return next((entry for entry in landings if entry.facts["number"] not in self._retracted), None)

    def find_retraction(self, number: str) -> LedgerEntry | None:
        """Return the entry that retracted a submission; None if there is none, or it was undone."""
        self._catch_up()
        return self._retracted.get(number)

    def list_sent_back(self) -> list[LedgerEntry]:
        """Return the verdicts on what was handed in last for its place and was sent back, in the order of the verdicts."""
        self._catch_up()
        return sorted((self._verdicts[number] for number in self._sent_back.values()), key=lambda entry: entry.seq)

    def find_arrivals(self, dataset: str, department: str) -> tuple[int, int]:
        """Return the numbers of two entries: the dataset's first landing, and the department's last one in it; 0: none."""
        self._catch_up()
        return self._first_landings.get(dataset, 0), self._last_landings.get((dataset, department), 0)

    def _forget_all(self) -> None:
        self._orders: dict[str, Order] = {}
        self._places: dict[str, str] = {}
        self._received: dict[str, list[LedgerEntry]] = {}
        self._landed: dict[str, list[LedgerEntry]] = {}
        self._retracted: dict[str, LedgerEntry] = {}
        self._verdicts: dict[str, LedgerEntry] = {}
        self._sent_back: dict[str, str] = {}
        self._first_landings: dict[str, int] = {}
        self._last_landings: dict[tuple[str, str], int] = {}

    def _note_entry(self, entry: LedgerEntry) -> None:
        match entry.kind:
            case "submission":
                self._note_submission(entry)
            case "verdict":
                self._verdicts[entry.facts["number"]] = entry
                self._note_last(self._places.get(entry.facts["number"], ""))
            case "landing":
                self._note_landing(entry)
            case "retraction":
                self._retracted[entry.facts["number"]] = entry
            case "reinstatement":
                self._retracted.pop(entry.facts["number"], None)

    def _note_submission(self, entry: LedgerEntry) -> None:
        """A submission that was judged again keeps its place in the order, right after its first judgement."""
        number, place = entry.facts["number"], entry.facts["place"]
        first = self._orders.get(entry.facts.get("rejudges", ""), (entry.seq, 0))[0]
        self._orders.setdefault(number, (first, entry.seq))
        self._places[number] = place
        insort(self._received.setdefault(place, []), entry, key=self._order_of)
        self._note_last(place)

    def _note_landing(self, entry: LedgerEntry) -> None:
        dataset, department, _ = entry.facts["slice"].split("/")
        self._first_landings.setdefault(dataset, entry.seq)
        self._last_landings[dataset, department] = entry.seq
        insort(self._landed.setdefault(entry.facts["slice"], []), entry, key=self._order_of)

    def _note_last(self, place: str) -> None:
        """Note whether what was handed in last for a place waits to be mended."""
        self._sent_back.pop(place, None)
        if received := self._received.get(place):
            number = received[-1].facts["number"]
            verdict = self._verdicts.get(number)
            if verdict is not None and verdict.facts["outcome"] in SENT_BACK:
                self._sent_back[place] = number

    def _order_of(self, entry: LedgerEntry) -> Order:
        return self._orders.get(entry.facts["number"], (0, 0))
