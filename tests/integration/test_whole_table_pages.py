"""Pages with whole tables in Chromium, from a server on this machine: what people filter, sort, query and download."""

import csv
import io
import shutil
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from threading import Event
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from catalog.entry import build_entry
from catalog.plan import make_plan
from catalog.static_site.static import StaticCatalogue
from support.browser import opened, opened_from_server, violations
from support.browser_packages import PACKAGES
from support.frozen_facility import CONTRACT, SLICES, folder_of, frozen, table_of
from support.releases import DEPARTMENTS
from support.site_server import serving
from warehouse.layout import Layout

pytestmark = pytest.mark.browser
IMAGE, FORMULA, TURNED = (
    "<img src='https://evil.example/x.png' onerror=alert(1)>",
    '=HYPERLINK("https://evil.example")',
    "a\u202eb",
)
PAGE, ENGLISH = "dataset/facility/table.html", "dataset/facility/en/table.html"
ROWS = [
    (f"F{number:03}", "AB"[number % 2], 120 + number / 100, 40.0, number % 3 == 0, date(2026, 1, 1 + number % 28), datetime(2026, 1, 1, 3, 4, 5), time(9, number % 60), number, None)  # noqa: DTZ001
    for number in range(120)
] + [(text, None, None, None, None, None, None, None, None, None) for text in (FORMULA, IMAGE, TURNED)]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A dataset of 123 rows, three of them hostile."""
    home = tmp_path_factory.mktemp("home")
    layout = Layout(home)
    slices = [{**one, "department": "shenyang"} for one in SLICES]
    entry = build_entry(CONTRACT, folder_of(layout, frozen(layout, table_of(ROWS), slices=slices)), DEPARTMENTS)
    catalogue = StaticCatalogue(home / "site", layout.releases, packages=PACKAGES)
    catalogue.apply(make_plan([entry], catalogue.read_published()), [entry])
    return catalogue.folder


@pytest.fixture(scope="module")
def server(site):
    with serving(site) as started:
        yield started


@pytest.fixture
def page(browser, server):
    with opened_from_server(browser, server.address, PAGE) as shown:
        shown.locator("#whole").wait_for()
        yield shown


def count_of(page):
    return page.locator("#count")


def column_of(page, number):
    """The cells of a column: compared by `expect`, which waits for them."""
    return page.locator(f"#rows tr td:nth-child({number})")


def add_filter(page, column):
    page.get_by_label("按列筛选").select_option(column)
    page.get_by_role("button", name="增加筛选").click()
    return page.locator(f"#filter-{column}")


def downloaded(page, button):
    with page.expect_download() as waited:
        page.get_by_role("button", name=button).click()
    content = Path(waited.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("path", "width", "dark"), [(PAGE, 360, False), (ENGLISH, 1024, True)])
def test_the_page_with_everything_open_is_accessible_and_fits_its_window(browser, server, path, width, dark):
    with opened_from_server(browser, server.address, path, width=width, dark=dark) as page:
        page.locator("#whole").wait_for()
        for column in ("id", "seats", "day", "open"):
            page.locator("#filter-column").select_option(column)
            page.locator("#add-filter").click()
            page.locator(f"#filter-{column}").wait_for()
        page.locator("summary").click()
        page.locator("#sql-open").click()
        page.locator("#sql-part").wait_for()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_names_are_shown_instead_of_codes_and_codes_on_demand(page):
    expect(column_of(page, 2)).to_have_text(["", "", *["甲", "乙"] * 24])
    page.get_by_label("同时显示代码").check()
    expect(column_of(page, 2)).to_have_text(["", "", *["甲 A", "乙 B"] * 24])


def test_what_is_filtered_is_counted_and_read_out(page):
    expect(count_of(page)).to_have_text("123 行，共 123 行")
    expect(count_of(page)).to_have_attribute("role", "status")
    page.get_by_label("显示的列中含有").fill("ｆ01")
    expect(count_of(page)).to_have_text("10 行，共 123 行")
    box = add_filter(page, "kind_name")
    box.get_by_label("乙").check()
    expect(count_of(page)).to_have_text("5 行，共 123 行")
    box.get_by_role("button").click()
    expect(count_of(page)).to_have_text("10 行，共 123 行")
    page.get_by_role("button", name="全部清除").click()
    expect(count_of(page)).to_have_text("123 行，共 123 行")
    page.get_by_label("显示的列中含有").fill("没有这样的")
    expect(page.locator("#nothing")).to_be_visible()


@pytest.mark.parametrize(
    ("column", "ends", "found"),
    [
        ("seats", ("118", ""), 2),
        ("seats", ("", "0"), 1),
        ("lon", ("120.5", "120.55"), 6),
        ("day", ("2026-01-28", "2026-02-01"), 4),
        ("opens", ("09:59", "09:59"), 2),
        ("at", ("2026-01-01", "2026-01-01"), 120),
    ],
)
def test_numbers_days_and_times_are_filtered_from_to(page, column, ends, found):
    box = add_filter(page, column)
    for label, value in zip(("从", "到"), ends, strict=True):
        box.get_by_label(label).fill(value)
    expect(count_of(page)).to_have_text(f"{found} 行，共 123 行")


def test_a_column_is_sorted_by_keyboard_up_and_down_with_empty_cells_last(page):
    heading = page.get_by_role("columnheader", name="lon")
    heading.get_by_role("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(count_of(page)).to_contain_text("升序")
    heading.get_by_role("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(page.locator(":focus")).to_have_attribute("data-column", "lon")
    expect(column_of(page, 1).first).to_have_text("F119")
    page.get_by_role("button", name="下一页").click()
    page.get_by_role("button", name="下一页").click()
    expect(page.locator("#place")).to_have_text("第 101–123 行")
    expect(column_of(page, 1).nth(-4)).to_have_text("F000")


def address_of(page):
    """What the page says of its address: what the browser has told us of it may be older."""
    return parse_qsl(urlsplit(page.evaluate("location.href")).fragment)


def test_what_is_asked_stands_in_the_address_and_going_back_asks_it_again(page):
    page.get_by_label("显示的列中含有").type("f01")
    expect(count_of(page)).to_have_text("10 行，共 123 行")
    assert address_of(page) == [("q", "f01")]
    add_filter(page, "kind_name").get_by_label("乙").check()
    expect(count_of(page)).to_have_text("5 行，共 123 行")
    heading = page.get_by_role("columnheader", name="lon")
    heading.get_by_role("button").click()
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert address_of(page) == [("q", "f01"), ("is.kind", "B"), ("sort", "-lon")]
    page.go_back()
    page.go_back()
    expect(count_of(page)).to_have_text("5 行，共 123 行")
    assert heading.get_attribute("aria-sort") is None
    page.go_back()
    expect(count_of(page)).to_have_text("10 行，共 123 行")
    expect(page.locator("#filter-kind_name")).to_have_count(0)
    page.go_back()
    expect(count_of(page)).to_have_text("123 行，共 123 行")
    expect(page.get_by_label("显示的列中含有")).to_have_value("")
    page.go_forward()
    expect(count_of(page)).to_have_text("10 行，共 123 行")


def test_an_address_shows_what_it_says_in_either_language_and_runs_no_query(browser, server):
    asked = "#q=f&is.kind=B&from.seats=6&to.seats=9&sort=-seats&show=id,kind,seats&codes=1&sql=select+7+as+n"
    with opened_from_server(browser, server.address, PAGE + asked) as page:
        expect(count_of(page)).to_contain_text("2 行，共 123 行")
        expect(column_of(page, 1)).to_have_text(["F009", "F007"])
        expect(column_of(page, 2)).to_have_text(["乙 B", "乙 B"])
        expect(page.locator("#sql")).to_have_value("select 7 as n")
        expect(page.locator("#sql-said")).to_have_text("这是地址中带来的查询，按“运行”执行。")
        page.locator("#sql-run").click()
        expect(page.locator("#sql-rows")).to_have_text("7")
        page.get_by_role("link", name="English").click()
        expect(count_of(page)).to_contain_text("2 of 123 rows")
        expect(column_of(page, 1)).to_have_text(["F009", "F007"])
        assert address_of(page) == parse_qsl(asked[1:])


@pytest.mark.parametrize(
    "asked",
    ["#main", "#sort=nobody&show=&is.__proto__=1&from.seats=x&to.day=y&__proto__=1", "#is.kind=%3Cb%3E&is.id=x"],
)
def test_an_address_of_nonsense_shows_every_row(browser, server, asked):
    with opened_from_server(browser, server.address, PAGE + asked) as page:
        expect(count_of(page)).to_have_text("123 行，共 123 行")
        page.get_by_role("columnheader", name="lon").get_by_role("button").click()
        expect(count_of(page)).to_contain_text("升序")


def test_the_skip_link_keeps_what_was_asked(page):
    page.get_by_label("显示的列中含有").fill("f01")
    expect(count_of(page)).to_have_text("10 行，共 123 行")
    page.locator("a[href='#main']").evaluate("link => link.click()")
    expect(count_of(page)).to_have_text("10 行，共 123 行")


def test_columns_are_chosen_and_read_only_then(page):
    page.locator("summary").click()
    page.locator("#show-kind_name").uncheck()
    expect(page.locator("#head th")).to_have_count(7)
    page.locator("#show-seats").check()
    expect(page.locator("#head th")).to_have_count(8)


def test_hostile_cells_stay_text_on_the_page_and_in_the_file(page):
    page.locator("#show-id").evaluate("box => box.closest('details').open = true")
    for name in ("lon", "lat", "open", "day", "at", "opens", "seats"):
        box = page.locator(f"#show-{name}")
        if box.is_checked():
            box.uncheck()
    add_filter(page, "kind_name").get_by_label("（空）").check()
    expect(count_of(page)).to_have_text("3 行，共 123 行")
    expect(column_of(page, 1)).to_have_text(sorted([FORMULA, IMAGE, "a[U+202E]b"]))
    assert page.locator("#rows img").count() == 0
    head, *rows = downloaded(page, "下载筛选结果")
    assert head == ["id", "kind", "kind_name"]
    assert sorted(row[0] for row in rows) == sorted([f"'{FORMULA}", IMAGE, TURNED])


def test_the_file_of_what_was_found_has_all_its_rows_and_the_codes(page):
    page.get_by_label("显示的列中含有").fill("F")
    expect(count_of(page)).to_have_text("120 行，共 123 行")
    page.locator("#show-seats").evaluate("box => box.closest('details').open = true")
    page.locator("#show-seats").check()
    expect(page.get_by_role("columnheader", name="seats")).to_be_visible()
    head, *rows = downloaded(page, "下载筛选结果")
    assert len(rows) == 120
    row = dict(zip(head, next(row for row in rows if row[0] == "F003"), strict=True))
    assert row["kind"] == "B"
    assert (row["kind_name"], row["open"], row["day"], row["opens"], row["seats"]) == ("乙", "true", "2026-01-04", "09:03:00", "3")  # fmt: skip
    assert (row["lon"], row["at"]) == ("120.03", "2026-01-01T03:04:05")


def test_the_sample_query_runs_in_the_page_and_errors_are_shown_as_text(page):
    page.locator("#sql-open").click()
    expect(page.locator("#sql-said")).to_have_text("结果 3 行")
    expect(page.locator("#sql-rows td")).to_have_text(["乙", "60", "甲", "60", "", "3"])
    page.locator("#sql").fill("select * from facility where <b>")
    page.locator("#sql").press("Control+Enter")
    expect(page.locator("#sql-problem")).to_contain_text('near "<": syntax error')
    page.locator("#sql").fill(
        "select id, seats + 1 as more, open from facility where id like '=%' or seats = 6 order by 2"
    )
    page.locator("#sql-run").click()
    expect(page.locator("#sql-said")).to_have_text("结果 2 行")
    assert downloaded(page, "下载结果") == [["id", "more", "open"], [f"'{FORMULA}", "", ""], ["F006", "7", "1"]]


def test_a_query_without_an_end_is_stopped_and_the_next_one_runs(page):
    page.locator("#sql-open").click()
    expect(page.locator("#sql-said")).to_have_text("结果 3 行")
    page.locator("#sql").fill("with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n")
    page.locator("#sql-run").click()
    page.locator("#sql-stop").click()
    expect(page.locator("#sql-said")).to_have_text("已停止。")
    page.locator("#sql").fill("with recursive n(i) as (select 1 union all select i + 1 from n) select i from n")
    page.locator("#sql-run").click()
    expect(page.locator("#sql-said")).to_have_text("只显示前 1\u202f000 行；可加 limit 或条件")


@contextmanager
def slow_columns(page):
    """Columns that have not been read yet arrive when the block ends."""
    held, over = [], Event()
    page.route("**/*.parquet", lambda route: route.continue_() if over.is_set() else held.append(route))
    yield
    over.set()
    for route in held:
        route.continue_()


def test_a_query_that_is_stopped_while_columns_are_read_does_not_run(page):
    started = []
    page.on("worker", lambda worker: started.append(worker.url))
    with slow_columns(page):
        page.locator("#sql-open").click()
        page.locator("#sql-stop").click()
        expect(page.locator("#sql-said")).to_have_text("已停止。")
        page.locator("#sql-run").click()
    expect(page.locator("#sql-said")).to_have_text("结果 3 行")
    assert len(started) == 1


def test_a_filter_that_is_asked_for_twice_while_its_column_is_read_is_there_once(page):
    page.get_by_label("按列筛选").select_option("seats")
    with slow_columns(page):
        for _ in range(2):
            page.get_by_role("button", name="增加筛选").press("Enter")
    expect(page.locator("#filter-seats-from")).to_be_focused()
    expect(page.locator("#filters fieldset")).to_have_count(1)


def test_going_on_while_columns_are_read_shows_what_the_address_says_last(page):
    with slow_columns(page):
        page.evaluate("location.hash = 'to.seats=1'")
        page.evaluate("location.hash = 'q=f01'")
        expect(count_of(page)).to_have_text("10 行，共 123 行")
    add_filter(page, "seats").get_by_label("到").fill("10")
    expect(count_of(page)).to_have_text("1 行，共 123 行")


def test_from_the_disk_the_page_says_how_to_serve_the_folder(browser, site):
    with opened(browser, site / PAGE) as page:
        expect(page.locator("#from-disk")).to_contain_text("python3 -m http.server", use_inner_text=True)
        expect(page.locator("#from-disk")).to_contain_text(f"http://127.0.0.1:8000/{PAGE}")
        assert violations(page) == []
    with opened(browser, site / PAGE, script=False) as page:
        assert page.locator("noscript a").get_attribute("href") == "index.html"


def test_a_server_without_ranges_serves_the_page_too(browser, site):
    with serving(site, ranges=False) as plain, opened_from_server(browser, plain.address, PAGE) as page:
        expect(count_of(page)).to_have_text("123 行，共 123 行")
        assert sum(path.endswith(".parquet") for path, _ in plain.asked) == 1


def test_ranges_are_asked_for_and_sqlite_only_with_sql(browser, site):
    with serving(site) as fresh, opened_from_server(browser, fresh.address, PAGE) as page:
        expect(count_of(page)).to_have_text("123 行，共 123 行")
        assert all(asked for path, asked in fresh.asked if path.endswith(".parquet"))
        assert not any("sqlite" in path for path, _ in fresh.asked)
        page.locator("#sql-open").click()
        page.locator("#sql-part").wait_for()
        assert any(path.endswith("sql-wasm.wasm") for path, _ in fresh.asked)


def test_files_that_cannot_be_read_are_said_and_the_next_try_works(browser, site, tmp_path):
    folder = tmp_path / "site"
    shutil.copytree(site, folder)
    program, (data,) = folder / "table/sqlite/sql-wasm.wasm", folder.glob("releases/facility/*/facility.parquet")
    kept = program.read_bytes()
    program.write_bytes(b"no program")
    with serving(folder) as other, opened_from_server(browser, other.address, PAGE, complains=True) as page:
        page.locator("#sql-open").click()
        expect(page.locator("#sql-problem")).to_contain_text("数据没有读出来")
        program.write_bytes(kept)
        page.locator("#sql-run").click()
        expect(page.locator("#sql-said")).to_have_text("结果 3 行")
    data.unlink()
    with serving(folder) as other, opened_from_server(browser, other.address, PAGE, complains=True) as page:
        expect(page.locator("#problem")).to_contain_text("数据没有读出来（fetch failed 404）")
        assert not page.locator("#whole").is_visible()


def test_the_page_of_the_dataset_leads_there_and_names_what_is_loaded(browser, site):
    with opened(browser, site / "dataset/facility/index.html") as page:
        link = page.get_by_role("link", name="浏览、筛选全部 123 行")
        assert link.get_attribute("href") == "table.html"
        assert page.get_by_text("只下载一次").is_visible()


def test_the_sample_shows_codes_on_demand_without_a_script(browser, site):
    with opened(browser, site / "dataset/facility/index.html", script=False) as page:
        code = page.locator(".preview code.code").first
        expect(code).to_be_hidden()
        page.get_by_label("同时显示代码").check()
        expect(code).to_be_visible()
