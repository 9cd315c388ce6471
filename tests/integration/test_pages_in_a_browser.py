"""The pages as people meet them: in Chromium, on a phone and on a desk, light and dark, with and without a script."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalog.entry import build_entry
from catalog.pages import make_environment, render_bilingual_page
from catalog.plan import make_plan
from catalog.static import StaticCatalogue
from pipelines.desk.desk_pages import refresh_pages
from pipelines.intake import take_arrival
from pipelines.publication.due import warehouse_inputs
from pipelines.publication.rescan import rescan_datasets
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import approve_candidate, refuse_candidate
from pipelines.submissions.inbox import list_arrivals
from schemas.text import Text
from support.browser import chromium, opened, violations
from support.contracts import contract_with
from support.frozen import freeze_release
from support.people import write_people
from support.releases import DEPARTMENTS, PLACES, facility_contract, limits_with, write_release
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with
from warehouse.database import rebuild_database

pytestmark = pytest.mark.browser
DATASET, CHARTS, RETIRED = (f"dataset/{name}/{{}}index.html" for name in ("facility", "event", "old"))
PAGES = [
    page.format(half)
    for page in ("{}index.html", "{}catalogue.html", DATASET, CHARTS, RETIRED, "{}about.html")
    for half in ("", "en/")
]
PAGES.append("404.html")
QUALITY = {
    "rows_submitted": 5,
    "rows_held_back": 2,
    "findings": {"type-error": 2, "no-identity-card": 1},
    "completeness": 0.8667,
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


WORDS = {"label_words": ["沈阳市", "体育馆", "Gymnasium"], "label_groups": ["沈阳市"]}
"""Names of codes that the rows of the first dataset have."""

EVENT_CHARTS = [
    {"id": "by-kind", "kind": "bars", "by": "kind", "title": {"zh": "各项目", "en": "By sport"}},
    {"id": "by-month", "kind": "columns", "by": "day", "period": "month", "title": {"zh": "各月", "en": "By month"}},
    {"id": "lines", "kind": "lines", "by": "day", "period": "month", "split": "kind", "title": {"zh": "各月各项目", "en": "By month and sport"}},
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Three datasets, one of them retired; one made up, with an earlier release, findings and hostile values."""
    home = tmp_path_factory.mktemp("home")
    facility = facility_contract()
    event = contract_with(
        ["event_id", {"name": "kind", "sportlake": {"codelist": "sport"}}, {"name": "day", "type": "date"}],
        name="event",
        title="体育赛事",
        policy={"family": "event", "owner": "dalian", "cadence": "monthly", "charts": EVENT_CHARTS},
    )
    sports = [("run", "跑步", "Running"), ("ski", "<b>滑雪</b>" + "很" * 40, "Skiing & more")]
    days = [(f"E{at}", ("run", "ski", None)[at % 3], date(2026, 1 + at % 4, 1)) for at in range(20)]
    events = [dict(zip(("event_id", "kind", "day"), one, strict=True)) for one in days]
    old = contract_with(["id"], name="old", title="旧数据")
    rows = [*PLACES, {**PLACES[0], "name": "<script>alert(1)</script><img src='https://evil.example/x.png'>"}]
    write_release(home / "releases", facility, PLACES, number="2026.9.1", created="2026-09-01T10:00:00+08:00")
    folders = [
        write_release(
            home / "releases",
            facility,
            rows,
            previous="2026.9.1",
            quality=QUALITY,
            synthetic=True,
            time_limits=limits_with(met=3, missing=2, due=9, provisional=4),
            **WORDS,
        ),
        write_release(home / "releases", event, events, codelists={"sport": sports}),
        write_release(home / "releases", old, []),
    ]
    entries = [build_entry(c, f, DEPARTMENTS) for c, f in zip((facility, event, old), folders, strict=True)]
    catalogue = StaticCatalogue(home / "catalogue", home / "releases")
    catalogue.apply(make_plan(entries, catalogue.read_published()), entries)
    catalogue.apply(make_plan(entries[:2], catalogue.read_published()), entries[:2])
    return catalogue.folder


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "dark"), [(360, False), (1024, False), (1024, True)])
def test_a_page_is_accessible_fits_its_window_and_asks_for_nothing(browser, site, name, width, dark):
    with opened(browser, site / name, width=width, dark=dark) as page:
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert (
            page.evaluate("getComputedStyle(document.querySelector('header.site')).backgroundColor")
            != "rgba(0, 0, 0, 0)"
        )


def test_axe_would_notice(browser, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text("<!DOCTYPE html><html><body><img src='data:,'><input></body></html>", encoding="utf-8")
    with opened(browser, bad) as page:
        assert any("image-alt" in line for line in violations(page))


def visible(page):
    return [card.get_attribute("id") for card in page.locator(".card").all() if card.is_visible()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["dataset-facility", "dataset-event"]),
        ("场地面积", ["dataset-facility"]),
        ("SPORTS  area", ["dataset-facility"]),
        ("ｅｖｅｎｔ", ["dataset-event"]),  # a full-width keyboard
        ("nothing like it", []),
        ("沈阳", ["dataset-facility"]),
        ("沈阳 体育馆", ["dataset-facility"]),
        ("gymnasium", ["dataset-facility"]),
        ("shenyang", ["dataset-facility"]),
        ("sytyg", ["dataset-facility"]),  # initials of 沈阳 and 体育馆
        ("沈阳场地面积", ["dataset-facility"]),  # typed without a blank
        ("tygx", []),
        ("2026", ["dataset-facility", "dataset-event"]),
        ("1999", []),
    ],
)
def test_searching_leaves_what_matches(browser, site, words, found):
    with opened(browser, site / "catalogue.html") as page:
        page.get_by_label("名称、内容或字段").fill(words)
        assert visible(page) == found
        assert page.locator("#count").inner_text() == f"找到 {len(found)} 个，共 2 个数据集"
        assert page.locator("#none").is_visible() is (found == [])


def test_a_filter_and_its_clearing_work_by_keyboard(browser, site):
    with opened(browser, site / "en/catalogue.html") as page:
        page.get_by_label("Format").select_option("geojson")
        assert visible(page) == ["dataset-facility"]
        page.get_by_label("Subject", exact=True).select_option("event")
        assert visible(page) == []
        page.get_by_role("button", name="Clear").press("Enter")
        page.wait_for_function("document.getElementById('none').hidden")
        assert visible(page) == ["dataset-facility", "dataset-event"]


def test_without_a_script_everything_is_listed_and_no_dead_form_is_shown(browser, site):
    with opened(browser, site / "catalogue.html", script=False) as page:
        assert visible(page) == ["dataset-facility", "dataset-event"]
        assert not page.locator("#search").is_visible()
        assert page.locator("#count").inner_text() == "共 2 个数据集"


def test_what_is_typed_on_the_front_page_is_looked_for_in_the_list(browser, site):
    with opened(browser, site / "index.html") as page:
        page.get_by_label("名称、内容或字段").fill("场地面积")
        page.keyboard.press("Enter")
        page.wait_for_url("**/catalogue.html?q=*")
        assert visible(page) == ["dataset-facility"]
        assert page.get_by_label("名称、内容或字段").input_value() == "场地面积"


def test_a_subject_on_the_front_page_leads_to_its_datasets(browser, site):
    with opened(browser, site / "en/index.html") as page:
        page.get_by_role("link", name="Events", exact=True).click()
        assert visible(page) == ["dataset-event"]


def test_an_address_with_a_word_of_nobody_shows_everything(browser, site):
    with opened(browser, site / "catalogue.html") as page:
        page.goto(page.url + "?family=nonsense&action=x&__proto__=y")
        assert visible(page) == ["dataset-facility", "dataset-event"]


def test_every_picture_of_the_front_pages_is_drawn(browser, site):
    for name, count in (("index.html", 2), ("en/index.html", 2), ("catalogue.html", 1)):
        with opened(browser, site / name) as page:
            page.locator("img").last.scroll_into_view_if_needed()
            sizes = page.locator("img").evaluate_all(
                "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth)))"
            )
            assert len(sizes) == count, name
            assert all(sizes), name


def test_the_first_tab_stop_leads_past_the_header(browser, site):
    with opened(browser, site / "dataset/facility/index.html") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "跳到正文"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_the_other_language_and_back_is_the_same_page(browser, site):
    with opened(browser, site / "dataset/facility/index.html") as page:
        page.get_by_role("link", name="English").click()
        assert page.locator("h1").inner_text() == "Sports facilities"
        assert page.locator("html").get_attribute("lang") == "en"
        page.get_by_role("link", name="中文").click()
        assert page.locator("h1").inner_text() == "体育场地"


def test_the_big_button_gives_the_released_bytes(browser, site):
    with opened(browser, site / "dataset/facility/index.html") as page:
        href = page.locator(".button.big").get_attribute("href")
        assert page.locator(".button.big").inner_text().startswith("下载 CSV")
        csv = (site / "dataset/facility" / href).resolve()
        assert csv.read_bytes().startswith(b"\xef\xbb\xbffacility_id,name")


def test_a_page_that_is_one_file_is_accessible_and_switches_without_a_script(browser, tmp_path):
    body = '{% from "macros.html.j2" import signal with context %}<h1 id="{{ lang }}-top">{{ said | said }}</h1><p>{{ signal("mend", "x") }} {{ signal("look") }} {{ signal("fine") }}</p>'
    (tmp_path / "body.html.j2").write_text(body, encoding="utf-8")
    title = Text(zh="回执", en="Receipt")
    file = tmp_path / "receipt.html"
    file.write_text(
        render_bilingual_page(make_environment(tmp_path), "body.html.j2", title=title, synthetic=True, said=title),
        encoding="utf-8",
    )
    for dark in (False, True):
        with opened(browser, file, width=360, dark=dark) as page:
            assert violations(page) == []
    with opened(browser, file, script=False) as page:
        assert page.locator("h1:visible").all_inner_texts() == ["回执"]
        page.get_by_text("English", exact=True).click()
        assert page.locator("h1:visible").all_inner_texts() == ["Receipt"]
        page.keyboard.press("ArrowLeft")
        assert page.locator("h1:visible").all_inner_texts() == ["回执"]


def test_on_paper_signals_keep_mark_and_word(browser, site):
    with opened(browser, site / "dataset/facility/index.html") as page:
        page.emulate_media(media="print")
        signal = page.locator(".signal").first
        assert "▲" in signal.inner_text()
        assert "请留意" in signal.inner_text()
        assert page.evaluate("getComputedStyle(document.querySelector('.signal')).color") == "rgb(0, 0, 0)"
        assert not page.locator(".switch").is_visible()


@pytest.mark.parametrize("section", ["understand", "trust", "core"])
def test_a_section_is_folded_until_a_link_leads_to_it(browser, site, section):
    with opened(browser, site / "dataset/facility/index.html") as page:
        assert not page.locator(f"#{section}").is_visible()
        page.goto(f"{page.url}#{section}")
        assert page.locator(f"#{section}").is_visible()


def test_on_paper_every_section_is_open_and_no_table_is_cut(browser, site):
    for name in ("dataset/facility/index.html", "dataset/event/en/index.html"):
        with opened(browser, site / name, width=720) as page:
            page.emulate_media(media="print")
            assert page.locator("#core table").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= 720
            for box in page.locator("table:visible").evaluate_all(
                "all => all.map(one => one.getBoundingClientRect().right)"
            ):
                assert box <= 720


def test_charts_keep_their_marks_apart_from_the_paper(browser, site):
    with opened(browser, site / "dataset/event/index.html") as page:
        page.emulate_media(media="print")
        fills = page.locator(".chart svg rect").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
        assert set(fills) == {"rgb(153, 153, 153)"}


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


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["中文", "English"])
def test_on_a_phone_nothing_of_a_receipt_or_its_index_lies_outside_the_window(browser, receipts, width, lang):
    assert len(pages_of(receipts)) == 5
    for file in pages_of(receipts):
        with opened(browser, file, width=width) as page:
            page.get_by_text(lang, exact=True).first.click()
            for fold in page.locator("summary:visible").all():
                fold.click()
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            assert page.evaluate(SPILLED) == [], file.name
            assert violations(page) == []


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
    for file in pages:
        with opened(browser, file, width=width) as page:
            page.get_by_text(lang, exact=True).first.click()
            for fold in page.locator("summary:visible").all():
                fold.click()
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            assert page.evaluate(SPILLED) == [], file.name
            assert violations(page) == []


def test_what_is_overdue_by_law_is_on_the_page_of_time_limits_and_in_the_work_of_who_owes(browser, desk):
    with opened(browser, desk / "210100.html") as page:
        assert "“部门预算”有 1 项逾期未办" in page.locator("main").inner_text()
        page.locator("a:visible", has_text="时限执行情况").first.click()
        words = page.locator("main").inner_text()
        assert "财政部门批复后20日内向社会公开" in words
        assert "逾期办理 1 项" in words
        assert "没有到期事项" in words or "已报送" in words


def test_from_the_desk_every_page_that_it_names_can_be_opened(browser, desk):
    with opened(browser, desk / "index.html") as page:
        assert "✖" in page.locator(".panel h2:visible").first.inner_text()
        page.locator("a:visible", has_text="体育场地").first.click()
        assert page.locator("h1:visible").inner_text() == "体育场地：待发布内容"
        page.go_back()
        page.locator("summary:visible", has_text="谁有事项待办").click()
        page.locator("a:visible", has_text="大连市体育局").first.click()
        assert "编码 S1 也在沈阳市体育局2025的数据中" in page.locator("main").inner_text()
