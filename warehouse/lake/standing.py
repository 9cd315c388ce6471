"""Which submission stands for a slice: of all that landed and were not retracted, the one handed in last.

Read from the ledger alone. Grain: a slice (`dataset/department/period`). Not here: the rows (`warehouse/lake/lake.py`), the index that
answers (`warehouse/ledger/hand_in_index.py`), and the decisions themselves (`pipelines/submissions`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warehouse.ledger.chain import LedgerEntry
from warehouse.ledger.hand_in_index import HandInIndex
from warehouse.ledger.ledger import Ledger


@dataclass(frozen=True)
class StandingSubmission:
    """The submission that stands for `slice`: since when, in which version of the lake it first stood, and its rows."""

    slice: str
    number: str
    at: datetime
    version: int
    rows: int


def open_hand_in_index(ledger: Ledger) -> HandInIndex:
    """Returns the index of the ledger's hand-ins, one object per ledger, which follows appended entries."""
    return ledger.open_view(HandInIndex)


def find_standing(ledger: Ledger, slice_: str) -> StandingSubmission | None:
    """Returns what stands for a slice; None if nothing landed, or all that landed was retracted."""
    last = open_hand_in_index(ledger).find_landed(slice_)
    if last is None:
        return None
    return StandingSubmission(slice_, last.facts["number"], last.at, last.facts["version"], last.facts["rows"])


def list_standing(ledger: Ledger) -> dict[str, StandingSubmission]:
    """Returns what stands, by slice, in the order in which the slices were first landed."""
    found = ((slice_, find_standing(ledger, slice_)) for slice_ in open_hand_in_index(ledger).list_slices())
    return {slice_: standing for slice_, standing in found if standing is not None}


def hand_in_order(ledger: Ledger, number: str) -> tuple[int, int]:
    """Returns the position of a submission in the order of hand-ins (ledger entries of hand-in and judgement); (0, 0) if it was never received.

    A submission that was judged again keeps its place, right after its first judgement.
    """
    return open_hand_in_index(ledger).find_order(number)


def list_hand_ins(ledger: Ledger, place: str) -> Sequence[LedgerEntry]:
    """Returns the entries of all submissions for a place (a slice, or a path below the inbox) in the order of hand-in."""
    return open_hand_in_index(ledger).list_received(place)


def list_sent_back(ledger: Ledger) -> list[LedgerEntry]:
    """Returns the verdicts on what was handed in last for its place and was sent back, in the order of the verdicts."""
    return open_hand_in_index(ledger).list_sent_back()


def list_unjudged(ledger: Ledger, place: str) -> Sequence[LedgerEntry]:
    """Returns those of `list_hand_ins` that have no verdict yet, without reading the others."""
    return open_hand_in_index(ledger).list_unjudged(place)


def find_last_hand_in(ledger: Ledger, place: str) -> LedgerEntry | None:
    """Returns the last one of `list_hand_ins`, without reading earlier ones; None if there is none."""
    return open_hand_in_index(ledger).find_last_received(place)


def find_retraction(ledger: Ledger, number: str) -> LedgerEntry | None:
    """Returns the entry that retracted a submission; None if there is none, or it was undone."""
    return open_hand_in_index(ledger).find_retraction(number)


def is_retracted(ledger: Ledger, number: str) -> bool:
    """Whether a submission was taken back and not reinstated since."""
    return find_retraction(ledger, number) is not None
