"""Pages built from hostile names, headers, cells, reasons and remarks, opened in Chromium: all of it stays text, nothing of it runs."""

from dataclasses import replace
from typing import NamedTuple

import pytest

from pipelines.audit.trace_page import write_trace_page
from pipelines.audit.trace_target import find_target
from pipelines.audit.trace_view import build_sections
from pipelines.audit.tracing import trace_origin
from pipelines.desk.desk_pages import refresh_pages
from pipelines.guide.guide_files import write_guide
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import approve_candidate, refuse_candidate
from support.browser import opened
from support.contracts import contract_with
from support.html_checker import HAS_JAVA, check_pages
from support.people import write_people
from support.walked import publish_all, take_all
from support.workspaces import NOW, put, workspace_with

pytestmark = pytest.mark.browser
RUN = "window.hostile = 1"
HOSTILE = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror='{RUN}'>",
    f"'><svg onload='{RUN}'>",
    "{{7*7}}",
    "javascript:alert(1)",
    "gpj\u202efdp",
    "\u0430dmin",
]
INJECTED = """[...document.querySelectorAll("main script, main img, main svg[onload], [onerror], [onload], [href^='javascript:' i]")]
  .map(one => one.outerHTML.slice(0, 120))"""


class Seen(NamedTuple):
    """An open page: whether a value was run, the elements that it brought, the questions that were asked, and all text."""

    name: str
    run: bool
    injected: list[str]
    asked: list[str]
    text: str


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Receipts, their index, desk, candidate, trace, guide and the static catalogue.

    Two files with a hostile value in every place that a department or a person fills.
    """
    home = tmp_path_factory.mktemp("hostile")
    fields = ["id", "note", {"name": "area", "title": "面积", "type": "number"}]
    policy = {"quarantine": {"share": 0.9}, "approvals": {"roles": ["steward", "confidentiality"]}}
    workspace = workspace_with(home, contract_with(fields, title=f"体育场地{HOSTILE[1]}", policy=policy))
    write_people(home)
    rows = "".join(f'{value},{value},"{value}"\n' for value in HOSTILE)
    good = "".join(f"S{at},{value},1\n" for at, value in enumerate(HOSTILE))
    put(
        workspace,
        "210100",
        "sample_2026_<img src=x onerror=window.hostile=1>\u202e.csv",
        f"id,note,area,{HOSTILE[0]}\n{rows}",
    )
    put(workspace, "210200", "sample_2025.csv", f"id,note,area,{HOSTILE[1]}\n{good}")
    take_all(workspace)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    approve_candidate(workspace, "sample", NOW, HOSTILE[0])
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", " ".join(HOSTILE[:5]), NOW)
    refresh_pages(workspace, NOW)
    candidates = {path: path.read_bytes() for path in workspace.layout.home.glob("candidates/*.html")}
    approve_candidate(replace(workspace, actor="reviewer"), "sample", NOW, HOSTILE[2])
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    publish_all(workspace)
    refresh_pages(workspace, NOW)
    for path, content in candidates.items():
        path.with_stem("waiting").write_bytes(content)
    trace = trace_origin(workspace, find_target(workspace, "S1", "sample", None))
    sections = build_sections(workspace, trace)
    write_trace_page(workspace, sections, HOSTILE[1], home / "trace.html", NOW, whole=not trace.faults)
    write_guide(workspace, list(workspace.contracts.values()), home / "guide")
    return sorted(home.rglob("*.html"))


@pytest.fixture(scope="module")
def seen(browser, pages):
    """What came of each page when it was opened once, with all its folds."""
    return [look_at(browser, file) for file in pages]


def look_at(browser, file):
    asked = []
    with opened(browser, file) as page:
        page.on("dialog", lambda dialog: asked.append(dialog.message) or dialog.dismiss())
        for fold in page.locator("summary:visible").all():
            fold.click()
        run, injected = page.evaluate("window.hostile") is not None, page.evaluate(INJECTED)
        return Seen(file.name, run, injected, asked, page.evaluate("document.body.textContent"))


def test_no_page_runs_or_holds_an_element_that_a_value_brought(pages, seen):
    kinds = {"receipts", "desk", "210100.html", "candidates", "guide", "catalogue", "trace.html"}
    assert kinds <= {part for page in pages for part in page.parts}
    assert [page.name for page in seen if page.run] == []
    assert [(page.name, page.injected) for page in seen if page.injected] == []
    assert [(page.name, page.asked) for page in seen if page.asked] == []


def test_hostile_values_are_shown_as_text_and_the_direction_of_a_file_name_as_its_number(seen):
    shown = "".join(page.text for page in seen)
    for value in HOSTILE[:5]:
        assert value in shown
    assert "onerror=window.hostile=1>[U+202E].csv" in shown
    assert "gpjfdp" in shown  # a finding quotes a cell without them
    assert "\u202e" not in shown


@pytest.mark.skipif(not HAS_JAVA, reason="the checker of the W3C needs a Java")
def test_the_checker_of_the_w3c_finds_nothing_on_any_page_type(pages):
    assert check_pages(pages) == set()
