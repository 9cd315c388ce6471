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
from pipelines.submissions.submission import ELSEWHERE
from pipelines.workspace import Workspace
from schemas.text import Text
from warehouse.atomic_files import write_atomically
from warehouse.ledger import LedgerEntry
from warehouse.standing import find_standing, is_retracted, list_hand_ins

MOST = 200
MARK = ".indexed"
"""File with the newest entry of the ledger that the pages show; without it they are written again."""
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
        """The page signal of the state: `fine`, `look` or `mend`."""
        return _SIGNALS.get(self.state, "fine")


def update_receipt_index(workspace: Workspace) -> None:
    """Brings all pages up to date, unless the ledger is as it was when this was last done."""
    head = workspace.ledger.read_head()
    mark, known = workspace.layout.receipts / MARK, f"{head.seq} {head.hash}\n" if head else ""
    if mark.is_file() and mark.read_text(encoding="utf-8") == known:
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
            _write_department_page(workspace, code, [_describe_hand_in(workspace, entry) for entry in entries])
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
        named=named,
        lines=lines,
        most=MOST,
    )
    _write_changed(workspace, f"{code}.html", text)


def _department_name(workspace: Workspace, code: str) -> Text:
    department = workspace.departments.get(code)
    return department.name if department else _ELSEWHERE_NAME


def _describe_hand_in(workspace: Workspace, entry: LedgerEntry) -> IndexLine:
    number, place = entry.facts["number"], entry.facts["place"]
    state = _find_state(workspace, number, place)
    deadline = read_receipt(workspace, number).deadline if state in {"partly", "quarantine", "refused"} else None
    contract = workspace.contracts.get(place.partition("/")[0]) if place.count("/") == _SLASHES else None
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
    outcome, last = verdicts[-1].facts["outcome"], list_hand_ins(workspace.ledger, place)[-1]
    if outcome in {"quarantine", "refused"}:
        return str(outcome) if last.facts["number"] == number else "settled"
    standing = find_standing(workspace.ledger, place)
    if standing is None or standing.number != number:
        return "replaced" if standing else "working"
    return "stands" if outcome == "accept" else "partly"


def _write_changed(workspace: Workspace, name: str, text: str) -> None:
    path = workspace.layout.receipts / name
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text)


@cache
def _load_templates() -> Environment:
    return make_environment(FOLDER, texts=read_sentences())
