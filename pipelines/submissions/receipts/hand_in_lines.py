"""Hand-ins as lines of a list: what was handed in, its state now, and until when it must be mended.

Grain: one hand-in. Everything comes from the ledger; only the receipts that ask for something are opened. Not here: the pages and the
tables that show the lines (`receipt_index.py`, `pipelines/desk`, the command line).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.submissions.inbox.inbox import split_filename
from pipelines.submissions.inbox.submission import is_refused_for_period
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.workspace import Workspace
from schemas.text import Text
from warehouse.lake.standing import find_last_hand_in, find_standing, is_retracted
from warehouse.ledger.hand_in_index import SENT_BACK
from warehouse.ledger.ledger import LedgerEntry

_SLASHES = 2
"""In the place of a submission that has a slice."""
_SIGNALS = {"stands": "fine", "partly": "look", "quarantine": "mend", "refused": "mend"}


@dataclass(frozen=True)
class HandInLine:
    """One hand-in of a department (a code, or `elsewhere`); `deadline` is set only if it has something to do.

    `state` is the last part of the key of a sentence, `receipts.state.…`. `title` is None, and `dataset` and `period` are "", if
    the file names no slice.
    """

    number: str
    day: date
    department: str
    dataset: str
    title: Text | None
    period: str
    filename: str
    state: str
    deadline: date | None

    @property
    def signal(self) -> str:
        """The page signal of the state, `fine`, `look` or `mend`; "" for what is over or not judged yet."""
        return _SIGNALS.get(self.state, "")


def list_hand_in_lines(workspace: Workspace, entries: Sequence[LedgerEntry]) -> list[HandInLine]:
    """Returns a line for each of those entries of submissions, which are given newest first.

    A file that was refused for its place or period is settled by a newer one of its department.
    """
    lines, later = [], set[tuple[str, str]]()
    for entry in entries:
        department = entry.facts["department"]
        compared = {entry.facts["sha256"], _find_dataset(workspace, entry.facts["place"])} - {""}
        same = {(department, one) for one in compared}
        lines.append(_describe_hand_in(workspace, entry, handed_in_anew=bool(same & later)))
        later |= same
    return lines


def _describe_hand_in(workspace: Workspace, entry: LedgerEntry, *, handed_in_anew: bool) -> HandInLine:
    number, place = entry.facts["number"], entry.facts["place"]
    state = find_state(workspace, number, place)
    if state == "refused" and handed_in_anew and _is_refused_for_place(workspace, number, place):
        state = "settled"
    deadline = read_receipt(workspace, number).deadline if state in {"partly", *SENT_BACK} else None
    contract = workspace.contracts.get(place.partition("/")[0]) if is_slice(workspace, place) else None
    return HandInLine(
        number=number,
        day=entry.at.date(),
        department=entry.facts["department"],
        dataset=contract.name if contract else "",
        title=contract.title if contract else None,
        period=place.rpartition("/")[2] if contract else "",
        filename=entry.facts["filename"],
        state=state,
        deadline=deadline.day if deadline else None,
    )


def find_state(workspace: Workspace, number: str, place: str) -> str:
    """Returns the key of the state's sentence."""
    verdicts = workspace.ledger.find_entries("verdict", "number", number)
    if not verdicts:
        return "working"
    if is_retracted(workspace.ledger, number):
        return "retracted"
    outcome = verdicts[-1].facts["outcome"]
    if outcome in SENT_BACK:
        last = find_last_hand_in(workspace.ledger, place)
        return str(outcome) if last and last.facts["number"] == number else "settled"
    standing = find_standing(workspace.ledger, place)
    if standing is None or standing.number != number:
        return "replaced" if standing else "working"
    return "stands" if outcome == "accept" else "partly"


def is_slice(workspace: Workspace, place: str) -> bool:
    """Whether a submission's place is a slice, and not a path below the inbox."""
    return place.count("/") == _SLASHES and place.partition("/")[0] in workspace.contracts


def _find_dataset(workspace: Workspace, place: str) -> str:
    """Returns the dataset that a slice or the name of a file says; "" if none."""
    if is_slice(workspace, place):
        return place.partition("/")[0]
    name, _ = split_filename(workspace, Path(place).stem)
    return name if name in workspace.contracts else ""


def _is_refused_for_place(workspace: Workspace, number: str, place: str) -> bool:
    """Whether a refused file would have been read under another name, in another folder or for another period."""
    return not is_slice(workspace, place) or is_refused_for_period(workspace.ledger, number)
