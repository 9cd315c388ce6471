"""The pages of the desk: well-formed, linked to what is there, kept current with every decision, and not written for nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import cache

import html5lib
import pytest
from jinja2 import Environment

from catalog import pages
from pipelines.desk import desk_pages
from pipelines.desk.desk_pages import compile_pages, refresh_pages
from pipelines.publication.due import warehouse_inputs
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import approve_candidate
from pipelines.submissions.receipts import receipt_index, receipt_page
from schemas.slices import SliceKey
from schemas.time_limits.workdays import Deadline
from support.contracts import contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, copied_workspace, put, workspace_with
from warehouse.analyst_file.database import rebuild_database
from warehouse.deadlines import OwedSlice, OwedSlices


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    policy = {"submitters": ["city_bureau"], "approvals": {"roles": ["steward", "confidentiality"]}}
    workspace = workspace_with(home, contract_with(["code", "area:number"], policy=policy))
    write_people(home)
    put(workspace, "210100", "sample_2025.csv", "code,area\nS1,10\n")
    put(workspace, "210200", "sample_2025.csv", "code,area\nS2,<script>alert(1)</script>\n")
    take_all(workspace)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def pages_of(workspace):
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(workspace.layout.desk.glob("*.html"))}


def read_words(page):
    return "".join(html5lib.HTMLParser(strict=True).parse(page).itertext())


def test_after_the_templates_are_compiled_the_pages_of_a_hand_in_compile_none(workspace, monkeypatch):
    monkeypatch.setattr(pages, "_COMPILED", pages._CompiledTemplates())
    for drawing in (desk_pages, receipt_index, receipt_page):
        monkeypatch.setattr(drawing, "_load_templates", cache(drawing._load_templates.__wrapped__))
    compile_pages()
    monkeypatch.setattr(Environment, "_compile", None)
    put(workspace, "210200", "sample_2025.csv", "code,area\nS2,10\n")
    take_all(workspace)
    refresh_pages(workspace, NOW, {"210200"})
    assert pages_of(workspace)


def test_the_steward_and_each_department_with_work_have_a_page_and_every_link_leads_somewhere(workspace):
    assert refresh_pages(workspace, NOW) == workspace.layout.desk / "index.html"
    pages = pages_of(workspace)
    assert set(pages) == {"index.html", "210200.html"}
    for text in pages.values():
        html5lib.HTMLParser(strict=True).parse(text)
        assert "<script" not in text
        for href in re.findall(r'href="([^"#]+)"', text):
            assert (workspace.layout.desk / href).resolve().is_file(), href
    assert "sportlake approve sample --as reviewer" in read_words(pages["index.html"])
    assert "退回修改" in pages["210200.html"]


def test_a_decision_is_on_the_page_and_what_is_right_is_not_written_again(workspace):
    refresh_pages(workspace, NOW)
    before = {path: path.stat().st_mtime_ns for path in workspace.layout.home.glob("*/*.html")}
    refresh_pages(workspace, NOW)
    assert {path: path.stat().st_mtime_ns for path in workspace.layout.home.glob("*/*.html")} == before
    approve_candidate(workspace, "sample", NOW, "已核对")
    refresh_pages(workspace, NOW)
    assert "已核对" in pages_of(workspace)["index.html"]
    assert "tester（数据管理员）同意" in pages_of(workspace)["index.html"]


def test_a_department_that_has_done_its_work_keeps_a_page_that_says_so(workspace):
    refresh_pages(workspace, NOW)
    put(workspace, "210200", "sample_2025.csv", "code,area\nS2,10\n")
    take_all(workspace)
    refresh_pages(workspace, NOW, {"210200"})
    assert "没有待办事项" in pages_of(workspace)["210200.html"]
    assert "没有待办事项" in (workspace.layout.receipts / "210200.html").read_text(encoding="utf-8")


def test_of_many_candidates_ten_are_shown_and_the_others_folded(tmp_path):
    policy = {"approvals": {"roles": ["steward"]}}
    contracts = [contract_with(["code"], policy=policy, name=f"sample_{at}") for at in "abcdefghijkl"]
    workspace = workspace_with(tmp_path, *contracts)
    write_people(tmp_path)
    for contract in contracts:
        put(workspace, "210100", f"{contract.name}_2026.csv", f"code\n{contract.name}\n")
    take_all(workspace)
    for contract in contracts:
        freeze_candidate(workspace, assemble_candidate(workspace, contract.name), NOW)
    page = html5lib.parse(refresh_pages(workspace, NOW).read_text(encoding="utf-8"), namespaceHTMLElements=False)
    cells = page.findall('.//td[@data-label="Dataset"]')
    folded = page.findall('.//details//td[@data-label="Dataset"]')
    assert (len(cells), len(folded)) == (12, 2)
    assert [cell.find("a").get("href") for cell in folded] == [f"../candidates/sample_{at}.html" for at in "kl"]


def test_the_page_of_a_department_counts_its_time_limits_as_the_newest_build_says(workspace):
    put(workspace, "210100", "sample_2024.csv", "code,area\nS9,no number\n")
    take_all(workspace)
    refresh_pages(workspace, NOW)
    assert "法定时限" not in pages_of(workspace)["210100.html"]
    stock = replace(warehouse_inputs(workspace), find_owed=lambda _: owed_by("210100"))
    rebuild_database(workspace.layout, stock, NOW)
    refresh_pages(workspace, NOW)
    page = re.sub(r"<[^>]+>", "", pages_of(workspace)["210100.html"])
    assert "按期或已报送 1 项，未到期 0 项，逾期 2 项" in page
    assert "1 in time or handed in, 0 due, 2 overdue" in page


def test_the_page_of_time_limits_is_there_once_the_file_is_built_and_every_page_links_to_it(workspace):
    refresh_pages(workspace, NOW)
    assert "time_limits.html" not in pages_of(workspace)
    stock = replace(warehouse_inputs(workspace), find_owed=lambda _: owed_by("210200"))
    rebuild_database(workspace.layout, stock, NOW)
    refresh_pages(workspace, NOW)
    pages = pages_of(workspace)
    assert 'href="time_limits.html"' in pages["index.html"]
    assert 'href="time_limits.html"' in pages["210200.html"]
    words = read_words(pages["time_limits.html"])
    assert "2 项逾期未办" in words
    assert "2 overdue and not done" in words
    for href in re.findall(r'href="([^"#]+)"', pages["time_limits.html"]):
        assert (workspace.layout.desk / href).resolve().is_file(), href


def owed_by(code):
    key = SliceKey(dataset="sample", department=code, period="2024")
    past = Deadline(NOW.date() - timedelta(days=1), provisional=False)
    return OwedSlices([OwedSlice(key, past.day, past, stands) for stands in (True, False, False)])
