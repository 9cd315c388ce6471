"""Venues in the ledger: which number each record of a venue has, since when, and what people decided about pairs of them.

Entries: `venue_registration` (`first`: the number of the first record; `records`: their fingerprints in order), `venue_same` and
`venue_different` (`left`, `right`: numbers, the lower first; `contents`: fingerprints of both records), `venue_revocation` (`decision`:
the entry that it takes back). A number is never given to a second record. Not here: which venues follow from them (`pipelines/venues`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from warehouse.ledger.chain import LedgerEntry
from warehouse.ledger.ledger import EntryKind, Ledger, LedgerHead


class VenueDecision(NamedTuple):
    """A decision in force: its entry, whether the two records are one venue, their numbers, by whom, when, why, and the fingerprints of both."""

    seq: int
    is_same: bool
    left: int
    right: int
    person: str
    at: datetime
    reason: str
    contents: tuple[str, str]


KINDS: tuple[EntryKind, ...] = ("venue_registration", "venue_same", "venue_different", "venue_revocation")


class VenueLedger:
    """The venues of one ledger, read from the entries about venues at the first query, and again when there are new ones."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._head: LedgerHead | None = None
        self._forget_all()

    def list_numbers(self) -> Mapping[str, int]:
        """Returns the number of every registered record, by its fingerprint."""
        self._catch_up()
        return self._numbers

    def find_day(self, number: int) -> date:
        """Returns the day on which a record got its number; KeyError for a number that was never given."""
        return self.list_days()[number]

    def list_days(self) -> Mapping[int, date]:
        """Returns the day on which each record got its number, by number."""
        self._catch_up()
        return self._days

    def list_decisions(self) -> Sequence[VenueDecision]:
        """Returns the decisions in force, oldest first."""
        self._catch_up()
        return list(self._decisions.values())

    def next_number(self) -> int:
        """Returns the lowest number that was never given."""
        self._catch_up()
        return len(self._days) + 1

    def _catch_up(self) -> None:
        head = self._ledger.read_head(KINDS)
        if head == self._head:
            return
        self._forget_all()
        for entry in sorted(
            (one for kind in KINDS for one in self._ledger.read_entries(kind)), key=lambda one: one.seq
        ):
            self._note_entry(entry)
        self._head = head

    def _forget_all(self) -> None:
        self._numbers: dict[str, int] = {}
        self._days: dict[int, date] = {}
        self._decisions: dict[int, VenueDecision] = {}

    def _note_entry(self, entry: LedgerEntry) -> None:
        facts = entry.facts
        if entry.kind == "venue_registration":
            for number, fingerprint in enumerate(facts["records"], facts["first"]):
                self._numbers[fingerprint] = number
                self._days[number] = entry.at.date()
        elif entry.kind in {"venue_same", "venue_different"}:
            self._decisions[entry.seq] = VenueDecision(
                seq=entry.seq,
                is_same=entry.kind == "venue_same",
                left=facts["left"],
                right=facts["right"],
                person=entry.who,
                at=entry.at,
                reason=facts["reason"],
                contents=(facts["contents"][0], facts["contents"][1]),
            )
        elif entry.kind == "venue_revocation":
            self._decisions.pop(facts["decision"], None)
