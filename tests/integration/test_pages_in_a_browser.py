"""The pages as people meet them: in Chromium, on a phone and on a desk, light and dark, with and without a script."""

import shutil
from datetime import date

import pytest
from playwright.sync_api import expect

from catalog.entry import build_entry
from catalog.pages import make_environment, render_bilingual_page
from catalog.plan import make_plan
from catalog.static_site.static import StaticCatalogue
from schemas.text import Text
from support.browser import opened, violations
from support.contracts import contract_with
from support.releases import DEPARTMENTS, PLACES, facility_contract, limits_with, write_release

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


WORDS = {"label_words": ["沈阳市", "体育馆", "Gymnasium"], "label_groups": ["沈阳市"]}
"""Names of codes that the rows of the first dataset have."""

ENGLISH_COUNT = "{} of 2 datasets"

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


def test_the_checker_of_accessibility_reports_a_picture_without_a_text(browser, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text("<!DOCTYPE html><html><body><img src='data:,'><input></body></html>", encoding="utf-8")
    with opened(browser, bad) as page:
        assert any("image-alt" in line for line in violations(page))


def expect_datasets(page, datasets):
    """Waits until the page lists these datasets alone, in this order."""
    cards = page.locator(".card:visible")
    expect(cards).to_have_count(len(datasets))
    for at, name in enumerate(datasets):
        expect(cards.nth(at)).to_have_id(f"dataset-{name}")


def expect_found(page, datasets, counted="找到 {} 个，共 2 个数据集"):
    """Waits until the script has counted these datasets and lists them alone."""
    expect(page.locator("#count")).to_have_text(counted.format(len(datasets)))
    expect_datasets(page, datasets)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["facility", "event"]),
        ("场地面积", ["facility"]),
        ("SPORTS  area", ["facility"]),
        ("ｅｖｅｎｔ", ["event"]),  # a full-width keyboard
        ("nothing like it", []),
        ("沈阳", ["facility"]),
        ("沈阳 体育馆", ["facility"]),
        ("gymnasium", ["facility"]),
        ("shenyang", ["facility"]),
        ("sytyg", ["facility"]),  # initials of 沈阳 and 体育馆
        ("沈阳场地面积", ["facility"]),  # typed without a blank
        ("tygx", []),
        ("2026", ["event", "facility"]),
        ("1999", []),
    ],
)
def test_searching_leaves_what_matches(browser, site, words, found):
    with opened(browser, site / "catalogue.html") as page:
        page.get_by_label("名称、内容或字段").fill(words)
        expect_found(page, found)
        expect(page.locator("#none")).to_be_visible(visible=found == [])


def test_a_filter_and_its_clearing_work_by_keyboard(browser, site):
    with opened(browser, site / "en/catalogue.html") as page:
        page.get_by_label("Format").select_option("geojson")
        expect_found(page, ["facility"], ENGLISH_COUNT)
        page.get_by_label("Subject", exact=True).select_option("event")
        expect_found(page, [], ENGLISH_COUNT)
        page.get_by_role("button", name="Clear").press("Enter")
        expect_found(page, ["facility", "event"], ENGLISH_COUNT)


def test_without_a_script_everything_is_listed_and_no_dead_form_is_shown(browser, site):
    with opened(browser, site / "catalogue.html", script=False) as page:
        expect_datasets(page, ["facility", "event"])
        expect(page.locator("#search")).to_be_hidden()
        expect(page.locator("#count")).to_have_text("共 2 个数据集")


def test_without_the_file_of_the_index_everything_is_listed_too(browser, site, tmp_path):
    shutil.copytree(site, tmp_path / "copy")
    (tmp_path / "copy/search-index.js").write_text("", encoding="utf-8")
    with opened(browser, tmp_path / "copy/catalogue.html") as page:
        expect_datasets(page, ["facility", "event"])
        expect(page.locator("#search")).to_be_hidden()


def test_what_is_typed_on_the_front_page_is_looked_for_in_the_list(browser, site):
    with opened(browser, site / "index.html") as page:
        page.get_by_label("名称、内容或字段").fill("场地面积")
        page.keyboard.press("Enter")
        page.wait_for_url("**/catalogue.html?q=*")
        expect_found(page, ["facility"])
        expect(page.get_by_label("名称、内容或字段")).to_have_value("场地面积")


def test_a_subject_on_the_front_page_leads_to_its_datasets(browser, site):
    with opened(browser, site / "en/index.html") as page:
        page.get_by_role("link", name="Events", exact=True).click()
        expect_found(page, ["event"], ENGLISH_COUNT)


def test_an_address_with_a_word_of_nobody_shows_everything(browser, site):
    with opened(browser, site / "catalogue.html") as page:
        page.goto(page.url + "?family=nonsense&action=x&__proto__=y")
        expect_found(page, ["facility", "event"])


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
        expect(page.locator(":focus")).to_have_text("跳到正文")
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()


def test_the_other_language_and_back_is_the_same_page(browser, site):
    with opened(browser, site / "dataset/facility/index.html") as page:
        page.get_by_role("link", name="English").click()
        expect(page.locator("h1")).to_have_text("Sports facilities")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.get_by_role("link", name="中文").click()
        expect(page.locator("h1")).to_have_text("体育场地")


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
        expect(page.locator("h1:visible")).to_have_text(["回执"])
        page.get_by_text("English", exact=True).click()
        expect(page.locator("h1:visible")).to_have_text(["Receipt"])
        page.keyboard.press("ArrowLeft")
        expect(page.locator("h1:visible")).to_have_text(["回执"])


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
        expect(page.locator(f"#{section}")).to_be_hidden()
        page.goto(f"{page.url}#{section}")
        expect(page.locator(f"#{section}")).to_be_visible()


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


WORDY = "约{at}00平方米（含看台，实测数据待住房和城乡建设部门复核后补报，本栏暂按图纸面积填写）"
