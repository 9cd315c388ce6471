"""Which submission stands for a slice: of all that landed and were not retracted, the one handed in last.

Read from the ledger alone. Grain: a slice (`dataset/department/period`). Not here: the rows (`warehouse/lake.py`), and the
decisions themselves (`pipelines/submissions`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warehouse.chain import LedgerEntry
from warehouse.ledger import Ledger


@dataclass(frozen=True)
class StandingSubmission:
    """The submission that stands for `slice`: since when, in which version of the lake it first stood, and its rows."""

    slice: str
    number: str
    at: datetime
    version: int
    rows: int


def find_standing(ledger: Ledger, slice_: str) -> StandingSubmission | None:
    """Return what stands for a slice; None if nothing landed, or all that landed was retracted."""
    standing = [entry for entry in list_landings(ledger, slice_) if not is_retracted(ledger, entry.facts["number"])]
    if not standing:
        return None
    last = standing[-1]
    return StandingSubmission(slice_, last.facts["number"], last.at, last.facts["version"], last.facts["rows"])


def list_standing(ledger: Ledger) -> dict[str, StandingSubmission]:
    """Return what stands, by slice, in the order in which the slices were first landed."""
    slices = dict.fromkeys(entry.facts["slice"] for entry in ledger.read_entries("landing"))
    found = ((slice_, find_standing(ledger, slice_)) for slice_ in slices)
    return {slice_: standing for slice_, standing in found if standing is not None}


def list_landings(ledger: Ledger, slice_: str) -> Sequence[LedgerEntry]:
    """Return the landings of a slice in the order in which their files were handed in, retracted ones among them."""
    landings = ledger.find_entries("landing", "slice", slice_)
    return sorted(landings, key=lambda entry: hand_in_order(ledger, entry.facts["number"]))


def hand_in_order(ledger: Ledger, number: str) -> tuple[int, int]:
    """Return the place of a submission in the order of hand-ins; (0, 0) if it was never received.

    A submission that was judged again keeps its place, right after its first judgement.
    """
    received = ledger.find_entries("submission", "number", number)
    if not received:
        return 0, 0
    first = received[0]
    while before := first.facts.get("rejudges"):
        first = ledger.find_entries("submission", "number", before)[0]
    return first.seq, received[0].seq


def list_hand_ins(ledger: Ledger, place: str) -> Sequence[LedgerEntry]:
    """Return the entries of all submissions for a place (a slice, or a path below the inbox) in the order of hand-in."""
    received = ledger.find_entries("submission", "place", place)
    return sorted(received, key=lambda entry: hand_in_order(ledger, entry.facts["number"]))


def find_last_hand_in(ledger: Ledger, place: str) -> LedgerEntry | None:
    """Return the last one of `list_hand_ins`, None if there is none; earlier hand-ins are not looked at."""
    most = 1
    while True:
        newest = ledger.find_newest("submission", "place", place, most)
        if len(newest) < most or "rejudges" not in newest[-1].facts:
            return max(newest, key=lambda entry: hand_in_order(ledger, entry.facts["number"]), default=None)
        most *= 2


def find_retraction(ledger: Ledger, number: str) -> LedgerEntry | None:
    """Return the entry that retracted a submission; None if there is none, or it was undone."""
    decisions = [
        *ledger.find_entries("retraction", "number", number),
        *ledger.find_entries("reinstatement", "number", number),
    ]
    last = max(decisions, key=lambda entry: entry.seq, default=None)
    return last if last is not None and last.kind == "retraction" else None


def is_retracted(ledger: Ledger, number: str) -> bool:
    """Whether a submission was taken back and not reinstated since."""
    return find_retraction(ledger, number) is not None
