"""The pages of receipts: `receipts/index.html`, and for each department what it must do, and its hand-ins, newest first, with state.

A page lists the newest `MOST` hand-ins, so that writing it costs the same after years. Not here: the receipts themselves, the lines
(`hand_in_lines.py`), which work items are open (`pipelines/work_items`), the layout (`pages/receipts.html.j2`).
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from jinja2 import Environment

from catalog.pages import make_environment, render_bilingual_page
from pipelines.submissions.inbox.submission import ELSEWHERE
from pipelines.submissions.receipts.hand_in_lines import list_hand_in_lines
from pipelines.submissions.receipts.receipt_page import FOLDER, read_sentences
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.text import Text
from warehouse.atomic_files import write_atomically
from warehouse.ledger.hand_in_days import HandInCount, HandInDays
from warehouse.ledger.ledger import EntryKind, LedgerEntry

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
_ELSEWHERE_NAME = Text(zh="未放入单位收件夹的文件", en="Files outside any department's folder")


class DepartmentPage(NamedTuple):
    """A line of the list of pages: the file, whose page it is, how much was handed in and when last, and the open work items."""

    file: str
    name: Text
    handed_in: HandInCount
    open: int


def update_receipt_index(workspace: Workspace, items: Sequence[WorkItem], now: datetime) -> None:
    """Brings all pages up to date; does nothing if ledger and work items are the same as at the last update on the same day."""
    head = workspace.ledger.read_head(TOLD)
    digest = hashlib.sha256(repr((now.date(), items)).encode()).hexdigest()[:16]
    mark, known = workspace.layout.receipts_mark, f"{head.seq} {head.hash} {digest}\n" if head else ""
    there = (workspace.layout.receipts / "index.html").is_file()
    if there and mark.is_file() and mark.read_text(encoding="utf-8") == known:
        return
    write_receipt_index(workspace, items, now)
    if head and workspace.layout.receipts.is_dir():
        write_atomically(mark, known)


def write_receipt_index(
    workspace: Workspace, items: Sequence[WorkItem], now: datetime, departments: Collection[str] | None = None
) -> None:
    """Brings the pages of those departments (all by default) and the list of pages up to date; what is right is not written."""
    known = [*workspace.departments, ELSEWHERE]
    for code in known if departments is None else departments:
        if newest := workspace.ledger.find_newest("submission", "department", code, MOST):
            _write_department_page(workspace, code, newest, [item for item in items if item.department == code], now)
    pages = _list_pages(workspace, items)
    if pages:
        text = render_bilingual_page(
            _load_templates(),
            "receipts_index.html.j2",
            title=read_sentences()["receipts.index"],
            synthetic=workspace.synthetic,
            pages=pages,
            today=workspace.ledger.open_view(HandInDays).count_received_on(now.date()),
            day=now.date(),
        )
        _write_changed(workspace, "index.html", text)


def department_name(workspace: Workspace, code: str) -> Text:
    """Returns the name of a department, or what files outside any folder are called."""
    department = workspace.departments.get(code)
    return department.name if department else _ELSEWHERE_NAME


def _list_pages(workspace: Workspace, items: Sequence[WorkItem]) -> list[DepartmentPage]:
    days, open_items = workspace.ledger.open_view(HandInDays), [item.department for item in items]
    return [
        DepartmentPage(f"{code}.html", department_name(workspace, code), handed_in, open_items.count(code))
        for code in [*workspace.departments, ELSEWHERE]
        if (handed_in := days.count_hand_ins(code)) and (workspace.layout.receipts / f"{code}.html").is_file()
    ]


def _write_department_page(
    workspace: Workspace, code: str, newest: Sequence[LedgerEntry], items: Sequence[WorkItem], now: datetime
) -> None:
    named = department_name(workspace, code)
    text = render_bilingual_page(
        _load_templates(),
        "receipts.html.j2",
        title=Text(zh=f"{named.zh}：报送和回执", en=f"{named.en}: hand-ins and receipts"),
        synthetic=workspace.synthetic,
        department=named,
        items=items,
        today=now.date(),
        lines=list_hand_in_lines(workspace, newest),
        most=MOST,
    )
    _write_changed(workspace, f"{code}.html", text)


def _write_changed(workspace: Workspace, name: str, text: str) -> None:
    path = workspace.layout.receipts / name
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text)


@cache
def _load_templates() -> Environment:
    return make_environment(FOLDER, texts=read_sentences())
