"""The pages of receipts: `receipts/index.html`, and for each department its hand-ins, newest first, with state and what to do.

A page lists the newest `MOST` hand-ins, so that writing it costs the same after years. Everything comes from the ledger; only the
receipts that ask for something are opened. Not here: the receipts themselves, the layout (`pages/receipts.html.j2`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Environment

from catalog.pages import make_environment, render_bilingual_page
from pipelines.submissions.receipt_files import read_receipt
from pipelines.submissions.receipt_page import FOLDER, read_sentences
from pipelines.submissions.submission import ELSEWHERE, is_refused_for_period
from pipelines.workspace import Workspace
from schemas.text import Text
from warehouse.atomic_files import write_atomically
from warehouse.hand_in_index import SENT_BACK
from warehouse.ledger import EntryKind, LedgerEntry
from warehouse.standing import find_last_hand_in, find_standing, is_retracted

MOST = 200
TOLD: tuple[EntryKind, ...] = (
    "submission",
    "verdict",
    "landing",
    "acceptance",
    "retraction",
    "reinstatement",
    "restatement",
)
"""Kinds of entries that the pages tell of."""
_SLASHES = 2
"""In the place of a submission that has a slice."""
_ELSEWHERE_NAME = Text(zh="未放入单位收件夹的文件", en="Files outside any department's folder")
_SIGNALS = {"stands": "fine", "partly": "look", "quarantine": "mend", "refused": "mend"}


@dataclass(frozen=True)
class IndexLine:
    """One hand-in on the page of its department; `deadline` is set only if the department has something to do."""

    number: str
    day: date
    title: Text | None
    period: str
    filename: str
    state: str
    deadline: date | None

    @property
    def signal(self) -> str:
        """The page signal of the state, `fine`, `look` or `mend`; "" for what is over or not judged yet."""
        return _SIGNALS.get(self.state, "")


def update_receipt_index(workspace: Workspace) -> None:
    """Brings all pages up to date, unless no entry that they tell of is newer than when this was last done."""
    head = workspace.ledger.read_head(TOLD)
    mark, known = workspace.layout.receipts_mark, f"{head.seq} {head.hash}\n" if head else ""
    there = (workspace.layout.receipts / "index.html").is_file()
    if there and mark.is_file() and mark.read_text(encoding="utf-8") == known:
        return
    write_receipt_index(workspace)
    if head and workspace.layout.receipts.is_dir():
        write_atomically(mark, known)


def write_receipt_index(workspace: Workspace, departments: Collection[str] | None = None) -> None:
    """Brings the pages of those departments (all by default) and the list of pages up to date; what is right is not written."""
    known = [*workspace.departments, ELSEWHERE]
    for code in known if departments is None else departments:
        entries = workspace.ledger.find_newest("submission", "department", code, MOST)
        if entries:
            _write_department_page(workspace, code, _describe_hand_ins(workspace, entries))
    there = [code for code in known if (workspace.layout.receipts / f"{code}.html").is_file()]
    if there:
        text = render_bilingual_page(
            _load_templates(),
            "receipts_index.html.j2",
            title=read_sentences()["receipts.index"],
            synthetic=workspace.synthetic,
            pages=[(f"{code}.html", _department_name(workspace, code)) for code in there],
        )
        _write_changed(workspace, "index.html", text)


def _write_department_page(workspace: Workspace, code: str, lines: Sequence[IndexLine]) -> None:
    named = _department_name(workspace, code)
    text = render_bilingual_page(
        _load_templates(),
        "receipts.html.j2",
        title=Text(zh=f"{named.zh}：报送和回执", en=f"{named.en}: hand-ins and receipts"),
        synthetic=workspace.synthetic,
        department=named,
        lines=lines,
        most=MOST,
    )
    _write_changed(workspace, f"{code}.html", text)


def _department_name(workspace: Workspace, code: str) -> Text:
    department = workspace.departments.get(code)
    return department.name if department else _ELSEWHERE_NAME


def _describe_hand_ins(workspace: Workspace, entries: Sequence[LedgerEntry]) -> list[IndexLine]:
    """Returns a line for each hand-in, newest first; one that was refused for its place or period is settled by a newer one."""
    lines, later = [], set[str]()
    for entry in entries:
        place, sha256 = entry.facts["place"], entry.facts["sha256"]
        named = _find_dataset(workspace, place)
        lines.append(_describe_hand_in(workspace, entry, handed_in_anew=bool({named, sha256} & later)))
        later |= {named, sha256} - {""}
    return lines


def _describe_hand_in(workspace: Workspace, entry: LedgerEntry, *, handed_in_anew: bool) -> IndexLine:
    number, place = entry.facts["number"], entry.facts["place"]
    state = _find_state(workspace, number, place)
    if state == "refused" and handed_in_anew and _is_refused_for_place(workspace, number, place):
        state = "settled"
    deadline = read_receipt(workspace, number).deadline if state in {"partly", *SENT_BACK} else None
    contract = workspace.contracts.get(place.partition("/")[0]) if _is_slice(workspace, place) else None
    return IndexLine(
        number=number,
        day=entry.at.date(),
        title=contract.title if contract else None,
        period=place.rpartition("/")[2] if contract else "",
        filename=entry.facts["filename"],
        state=state,
        deadline=deadline.day if deadline else None,
    )


def _find_state(workspace: Workspace, number: str, place: str) -> str:
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


def _is_slice(workspace: Workspace, place: str) -> bool:
    """Whether a submission's place is a slice, and not a path below the inbox."""
    return place.count("/") == _SLASHES and place.partition("/")[0] in workspace.contracts


def _find_dataset(workspace: Workspace, place: str) -> str:
    """Returns the dataset that a slice or the name of a file says; "" if none."""
    if _is_slice(workspace, place):
        return place.partition("/")[0]
    filename = place.rpartition("/")[2]
    return max((name for name in workspace.contracts if filename.startswith(f"{name}_")), key=len, default="")


def _is_refused_for_place(workspace: Workspace, number: str, place: str) -> bool:
    """Whether a refused file would have been read under another name, in another folder or for another period."""
    return not _is_slice(workspace, place) or is_refused_for_period(workspace.ledger, number)


def _write_changed(workspace: Workspace, name: str, text: str) -> None:
    path = workspace.layout.receipts / name
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text)


@cache
def _load_templates() -> Environment:
    return make_environment(FOLDER, texts=read_sentences())
