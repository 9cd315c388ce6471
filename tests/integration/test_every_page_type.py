"""Every type of page that the platform draws, from a small sample of real datasets: readable by everybody, whole at every width, on paper, in both languages.

Each page is opened once and then looked at on a phone and on a desk, light and dark, and as paper. Not here: what a page says, and what its
forms do (the tests of each page), the portal (`tests/live`), the documentation (`test_documentation.py`).
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.static_site.static import StaticCatalogue
from pipelines.audit.trace_page import write_trace_page
from pipelines.audit.trace_target import find_target
from pipelines.audit.trace_view import build_sections
from pipelines.audit.tracing import trace_origin
from pipelines.desk.desk_pages import refresh_pages
from pipelines.guide.guide_files import write_guide
from pipelines.publication.due import warehouse_inputs
from pipelines.publication.publish import publish_entries
from pipelines.publication.withdrawal import withdraw_dataset
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.sample.fill import fill_inbox
from schemas.text import Text
from support.browser import clipped, opened, opened_from_server
from support.browser_packages import PACKAGES
from support.page_looks import find_faults
from support.people import write_people
from support.site_server import serving
from support.walked import release_all, take_all
from support.workspaces import NOW, open_part
from warehouse.analyst_file.database import rebuild_database

pytestmark = pytest.mark.browser
DATASETS = ("facility", "facility_opening", "event", "budget_line", "lottery_fund")
WITHDRAWN = "lottery_fund"
SITE = {
    "front": "{}index.html",
    "list": "{}catalogue.html",
    "about": "{}about.html",
    "chart and map": "dataset/facility/{}index.html",
    "charts": "dataset/event/{}index.html",
    "withdrawn": f"dataset/{WITHDRAWN}/{{}}index.html",
    "finder": "map/{}facility.html",
}
"""Pages of the static site, which has a file for each language."""

DAMAGED = ("event_2024.csv",)
WAITS = "budget_line"
ASKED = "#is.free_policy=&sort=-site_name&codes=1&sql=select+site_name,address+from+facility+limit+5"
PANEL = re.compile(r'class="panel (fine|look|mend)"')


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A small part of the sample: taken, released but for one candidate that waits, published, one dataset withdrawn, every page written."""
    folder = tmp_path_factory.mktemp("pages")
    workspace = replace(open_part(folder), synthetic=True)
    write_people(folder)
    known = (workspace.contracts, workspace.codelists, workspace.departments)
    fill_inbox(workspace.layout.inbox, *known, share=0.005, only=DATASETS)
    for name in DAMAGED:
        (workspace.layout.inbox / "210100" / name).write_bytes(b"")
    take_all(workspace)
    released = replace(workspace, contracts={name: workspace.contracts[name] for name in DATASETS if name != WAITS})
    release_all(released)
    assert freeze_candidate(workspace, assemble_candidate(workspace, WAITS), NOW) is None
    catalogue = StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases, packages=PACKAGES)
    publish_entries(workspace, catalogue, NOW)
    withdraw_dataset(
        workspace, WITHDRAWN, Text(zh="数据有误，正在核对", en="Wrong figures, being checked"), "facility", NOW
    )
    publish_entries(workspace, catalogue, NOW)
    later = NOW + timedelta(days=40)
    rebuild_database(workspace.layout, warehouse_inputs(workspace), later)
    refresh_pages(workspace, later)
    trace = trace_origin(workspace, find_target(workspace, "facility/2026.11.1", None, None))
    sections = build_sections(workspace, trace)
    write_trace_page(workspace, sections, "facility/2026.11.1", folder / "trace.html", NOW, whole=not trace.faults)
    write_guide(workspace, [workspace.contracts["facility"]], folder / "guide")
    return workspace.layout


@pytest.mark.parametrize("half", ["", "en/"])
@pytest.mark.parametrize("kind", SITE)
def test_a_page_of_the_static_site_is_whole_in_every_look(browser, home, kind, half):
    until = "html[data-map=ready]" if kind == "finder" else ""
    with opened(browser, home.catalogue / SITE[kind].format(half), until=until) as page:
        assert find_faults(page, kind) == []
        if kind == "finder":
            page.emulate_media(media="screen")
            page.locator("#venues a").first.click()
            page.wait_for_selector("#venue:not([hidden])")
            assert find_faults(page, "place") == []


@pytest.mark.parametrize("asked", ["?q=沈阳", "?q=没有这样的"])
def test_what_a_search_found_is_whole_in_every_look(browser, home, asked):
    with opened(browser, home.catalogue / "catalogue.html", at=asked) as page:
        assert find_faults(page, asked) == []


@pytest.mark.parametrize("half", ["", "en/"])
def test_a_page_with_a_whole_table_is_whole_in_every_look(browser, home, half):
    with (
        serving(home.catalogue) as server,
        opened_from_server(browser, server.address, f"dataset/facility/{half}table.html{ASKED}") as page,
    ):
        page.locator("#whole").wait_for()
        page.locator("#sql-run").click()
        page.locator("#sql-rows td").first.wait_for()
        assert find_faults(page, "whole table") == []


def one_file_pages(home):
    """Pages that are one file with both languages, one of each type."""
    receipts = {}
    for file in sorted(home.receipts.glob("RCPT-*.html")):
        receipts.setdefault(frozenset(PANEL.findall(file.read_text(encoding="utf-8"))), file)
    assert {"mend", "fine"} <= {signal for signals in receipts for signal in signals}
    desk = [home.desk / name for name in ("index.html", "210100.html", "time_limits.html")]
    indexes = [home.receipts / name for name in ("index.html", "210100.html")]
    others = [home.catalogue / "404.html", home.home / f"candidates/{WAITS}.html", home.home / "trace.html"]
    return [*receipts.values(), *desk, *indexes, *others, *sorted((home.home / "guide").glob("*.html"))]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_that_is_one_file_is_whole_in_every_look(browser, home, lang):
    found = []
    for file in one_file_pages(home):
        with opened(browser, file) as page:
            page.check(f"#say-{lang}", force=True)
            found += find_faults(page, f"{file.parent.name}/{file.name} {lang}")
    assert found == []


def test_text_that_is_cut_off_would_be_noticed(browser, tmp_path):
    file = tmp_path / "cut.html"
    file.write_text(
        "<!DOCTYPE html><p style='height: 1em; width: 4em; overflow: hidden'>长长长长长长长长长长</p>", encoding="utf-8"
    )
    with opened(browser, file) as page:
        assert len(clipped(page, ["hidden"])) == 1
