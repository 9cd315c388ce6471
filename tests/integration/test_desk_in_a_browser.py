"""Receipts and the desk as clerks and stewards meet them: in Chromium, on a phone and on a desk. Not here: the static site."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from pipelines.desk.desk_pages import refresh_pages
from pipelines.intake import take_arrival
from pipelines.publication.due import warehouse_inputs
from pipelines.publication.rescan import rescan_datasets
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import approve_candidate, refuse_candidate
from pipelines.submissions.inbox.inbox import list_arrivals
from support.browser import opened, violations
from support.contracts import contract_with
from support.frozen import freeze_release
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with
from warehouse.analyst_file.database import rebuild_database

pytestmark = pytest.mark.browser
LONG = "https://example.org/" + "a" * 300
WORDY = "约{at}00平方米（含看台，实测数据待住房和城乡建设部门复核后补报，本栏暂按图纸面积填写）"


@pytest.fixture(scope="module")
def receipts(tmp_path_factory):
    """The pages of a department that handed in a file with long values and many errors, one that is right, and one refused."""
    fields = [
        "id",
        {"name": "area", "title": "场地面积（不含附属用房和室外运动场地）", "type": "number"},
        {"name": "url", "title": "报名网址", "type": "string", "format": "uri"},
    ]
    workspace = workspace_with(tmp_path_factory.mktemp("receipts"), contract_with(fields, title="体育场地"))
    wrong = "".join(f"S{at},{WORDY.format(at=at)},not a url {LONG}\n" for at in range(14))
    right = "".join(f"S{at},1,{LONG}\n" for at in range(8))
    for name, rows in (("2026", wrong), ("2026", right), ("2036_全省体育场地统计调查补充报送第二批次改正稿", right)):
        put(workspace, "210100", f"sample_{name}.csv", f"id,area,url\n{rows}")
        (arrival,) = list_arrivals(workspace)
        take_arrival(workspace, arrival, NOW)
    refresh_pages(workspace, NOW)
    return workspace.layout.receipts


def pages_of(receipts):
    return sorted(path for path in receipts.glob("*.html"))


SPILLED = """[...document.querySelectorAll("main *")].filter(one => one.checkVisibility())
  .filter(one => getComputedStyle(one).clipPath === "none" && !one.closest("caption, thead"))
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
    || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
  .map(one => one.outerHTML.slice(0, 120))"""


def assert_whole(browser, files, width, lang):
    """Each page in that language, all folds open, is accessible, and nothing of it lies outside the window."""
    for file in files:
        with opened(browser, file, width=width) as page:
            page.get_by_text(lang, exact=True).first.click()
            expect(page.get_by_role("radio", name=lang)).to_be_checked()
            for fold in page.locator("summary:visible").all():
                fold.click()
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            assert page.evaluate(SPILLED) == [], file.name
            assert violations(page) == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["中文", "English"])
def test_on_a_phone_nothing_of_a_receipt_or_its_index_lies_outside_the_window(browser, receipts, width, lang):
    assert len(pages_of(receipts)) == 5
    assert_whole(browser, pages_of(receipts), width, lang)


def test_on_a_phone_each_cell_of_a_finding_names_its_column_and_on_a_desk_the_header_does(browser, receipts):
    file = next(path for path in pages_of(receipts) if "不是数字" in path.read_text(encoding="utf-8"))
    for width, label in ((360, "block"), (1280, "table-cell")):
        with opened(browser, file, width=width) as page:
            problem = page.locator("td.first:visible").first
            assert problem.evaluate("one => getComputedStyle(one).display") == label
            named = problem.evaluate("one => getComputedStyle(one, '::before').content")
            assert ("问题" in named) == (width == 360)
            assert "不是数字" in problem.inner_text()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk with everything: work that is late, a disputed key, a candidate that one approves and another refuses, an incident, a time limit missed, long values."""
    fields = ["id", {"name": "area", "title": "场地面积（不含附属用房和室外运动场地）", "type": "number"}]
    policy = {
        "submitters": ["city_bureau"],
        "disputed": "hold_out",
        "quarantine": {"share": 0.5},
        "approvals": {"roles": ["steward", "confidentiality"]},
    }
    leaky = contract_with(["id", "note"], name="leaky", title="旧数据")
    budget = contract_with(["id", "approved_date:date", "published_date:date"], name="budget_line", title="部门预算")
    home = tmp_path_factory.mktemp("desk")
    workspace = workspace_with(
        home, contract_with(fields, title="体育场地", policy=policy), leaky, budget, synthetic=True
    )
    write_people(home)
    freeze_release(workspace, "leaky", "1", "手机13800138000")
    rescan_datasets(workspace, NOW)
    put(workspace, "210100", "sample_2025.csv", "id,area\nS1,1\nS2,2\nS3,3\n")
    put(workspace, "210200", "sample_2025.csv", "id,area\nS1,9\nS4,2\nS5,3\n")
    put(workspace, "210100", "全省体育场地统计调查补充报送第二批次改正稿" * 2 + ".csv", "id,area\nS1,1\n")
    put(workspace, "210200", "sample_2026.csv", "id,area\nS1,约100平方米（含看台）\n")
    put(
        workspace,
        "210100",
        "budget_line_2025.csv",
        f"id,approved_date,published_date\n{'B' * 90},2025-03-01,\nB2,2025-03-01,2025-06-01\n",
    )
    take_all(workspace)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    approve_candidate(workspace, "sample", NOW, "已核对")
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", WORDY.format(at=1), NOW)
    later = NOW + timedelta(days=40)
    rebuild_database(workspace.layout, warehouse_inputs(workspace), later)
    refresh_pages(workspace, later)
    return workspace.layout.desk


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["中文", "English"])
def test_the_desk_is_accessible_and_fits_its_window(browser, desk, width, lang):
    pages = sorted([*desk.glob("*.html"), *(desk.parent / "receipts").glob("[!R]*.html")])
    assert len(pages) == 8
    assert_whole(browser, pages, width, lang)


def test_what_is_overdue_by_law_is_on_the_page_of_time_limits_and_in_the_work_of_who_owes(browser, desk):
    with opened(browser, desk / "210100.html") as page:
        main = page.locator("main")
        expect(main).to_contain_text("“部门预算”有 1 项逾期未办", use_inner_text=True)
        page.locator("a:visible", has_text="时限执行情况").first.click()
        expect(page.locator("h1:visible")).to_have_text("时限执行情况")
        for words in ("财政部门批复后20日内向社会公开", "逾期办理 1 项", re.compile("没有到期事项|已报送")):
            expect(main).to_contain_text(words, use_inner_text=True)


def test_from_the_desk_every_page_that_it_names_can_be_opened(browser, desk):
    with opened(browser, desk / "index.html") as page:
        expect(page.locator(".panel h2:visible").first).to_contain_text("✖")
        page.locator("a:visible", has_text="体育场地").first.click()
        expect(page.locator("h1:visible")).to_have_text("体育场地：待发布内容")
        page.go_back()
        page.locator("summary:visible", has_text="谁有事项待办").click()
        page.locator("a:visible", has_text="大连市体育局").first.click()
        expect(page.locator("main")).to_contain_text("编码 S1 也在沈阳市体育局2025的数据中", use_inner_text=True)
