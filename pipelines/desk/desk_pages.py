"""The pages of the desk: `index.html`, one for each department, and `openness`, `time_limits` and `venues`, each an `.html` in `desk/`.

Written together with the pages that list receipts, whenever something was handed in or decided; a page that is right already is not
written. Not here: what they say (`desk_view.py`), their sentences and layout (`pipelines/pages`).
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment

from catalog.pages import make_environment, read_texts, render_bilingual_page
from pipelines.desk.desk_view import DeskView, build_desk
from pipelines.desk.openness_page import build_openness
from pipelines.desk.time_limits_page import build_time_limits
from pipelines.desk.venues_page import VENUES_PAGE, build_venues_view
from pipelines.review.approvals import list_waiting
from pipelines.review.candidate_pages import write_waiting_pages
from pipelines.submissions.receipts.receipt_index import department_name, update_receipt_index, write_receipt_index
from pipelines.submissions.receipts.receipt_page import FOLDER, read_sentences
from pipelines.work_items.work_list import list_work_items
from pipelines.workspace import Workspace
from schemas.text import Text
from warehouse.analyst_file.due_reading import DueSummary, keep_due_summary
from warehouse.atomic_files import write_atomically

_AFTER_HAND_IN = (
    "receipt.html.j2",
    "receipts.html.j2",
    "receipts_index.html.j2",
    "desk.html.j2",
    "desk_department.html.j2",
    "work_items.html.j2",
    "macros.html.j2",
    "both.html.j2",
    "base.html.j2",
)


def refresh_pages(workspace: Workspace, now: datetime, departments: Collection[str] | None = None) -> Path:
    """Brings the desk, the pages of candidates that wait, and those that list receipts up to date; returns the desk's first page.

    `departments`: after an intake, which changes no candidate: only their lists of receipts, and the desk.
    """
    limits = keep_due_summary(workspace.layout, now.date())  # before the work list, which then opens no file
    items = list_work_items(workspace, now)
    if departments is None:
        update_receipt_index(workspace, items, now)
        write_waiting_pages(workspace, list_waiting(workspace, now), now)
        _write_openness(workspace, now)
        _write_venues(workspace)
    else:
        write_receipt_index(workspace, items, now, departments)
    if departments is None or not _time_limits_file(workspace).is_file():
        _write_time_limits(workspace, limits, now)
    return _write_desk(workspace, build_desk(workspace, items, now), limits)


def compile_pages() -> None:
    """Compiles the templates of all pages that a hand-in writes: for the time before they are needed, as while a large file is read."""
    templates = _load_templates()
    for name in _AFTER_HAND_IN:
        templates.get_template(name)


def _write_desk(workspace: Workspace, view: DeskView, limits: DueSummary | None) -> Path:
    title, folder = read_desk_texts()["desk.title"], workspace.layout.desk
    first = folder / "index.html"
    shared = _shared_facts(workspace, view) | {"limits": limits}
    _write_page(workspace, first, "desk.html.j2", title, **shared)
    for code in workspace.departments:
        name = department_name(workspace, code)
        file = folder / f"{code}.html"
        items = [item for item in view.items if item.department == code]
        if items or file.is_file():
            heading = Text(zh=f"{name.zh}：{title.zh}", en=f"{name.en}: {title.en}")
            own = {
                "name": name,
                "code": code,
                "items": items,
                "own_limits": limits.departments.get(code) if limits else None,
            }
            _write_page(workspace, file, "desk_department.html.j2", heading, **shared, **own)
    return first


def _write_openness(workspace: Workspace, now: datetime) -> None:
    openness = build_openness(workspace)
    if openness is not None:
        title, file = read_desk_texts()["openness.title"], _openness_file(workspace)
        _write_page(workspace, file, "openness.html.j2", title, view=openness, today=now.date())


def _write_time_limits(workspace: Workspace, limits: DueSummary | None, now: datetime) -> None:
    if limits is not None:
        title, file = read_desk_texts()["limits.title"], _time_limits_file(workspace)
        view = build_time_limits(workspace, limits, now.date())
        _write_page(workspace, file, "time_limits.html.j2", title, view=view)


def _time_limits_file(workspace: Workspace) -> Path:
    return workspace.layout.desk / "time_limits.html"


def _openness_file(workspace: Workspace) -> Path:
    return workspace.layout.desk / "openness.html"


def _write_venues(workspace: Workspace) -> None:
    """Writes the page of proposals, once records of venues were compared for the first time."""
    view = build_venues_view(workspace)
    if view is not None:
        title, file = read_desk_texts()["venues.title"], workspace.layout.desk / VENUES_PAGE
        _write_page(workspace, file, "venues.html.j2", title, view=view)


def _shared_facts(workspace: Workspace, view: DeskView) -> dict[str, object]:
    """Returns what all pages are drawn from; made once, because a province has more than a hundred departments."""
    return {
        "view": view,
        "today": view.today,
        "has_openness": _openness_file(workspace).is_file(),
        "has_venues": (workspace.layout.desk / VENUES_PAGE).is_file(),
        "has_time_limits": _time_limits_file(workspace).is_file(),
        "departments": {code: department_name(workspace, code) for code in (*workspace.departments, "elsewhere")},
        "has_receipts": {
            code for code in workspace.departments if (workspace.layout.receipts / f"{code}.html").is_file()
        },
    }


def _write_page(workspace: Workspace, file: Path, template: str, title: Text, **facts: object) -> None:
    text = render_bilingual_page(
        _load_templates(),
        template,
        title=title,
        synthetic=workspace.synthetic,
        **facts,
    )
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        write_atomically(file, text)


@cache
def read_desk_texts() -> dict[str, Text]:
    """Returns every sentence of the desk by its key."""
    return read_texts(FOLDER / "desk.yaml")


@cache
def _load_templates() -> Environment:
    return make_environment(FOLDER, texts={**read_sentences(), **read_desk_texts()})
