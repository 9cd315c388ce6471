"""The finder as people meet it: in Chromium, from a folder, on a phone and on a desk, by keyboard, without a script and without a map."""

import json
import re
import runpy
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from catalog.ckan.finder_config import make_finder_config
from catalog.ckan.native.paths import PORTAL
from catalog.finder.portal_page import portal_finder_files
from catalog.plan import make_plan
from catalog.static_site.static import StaticCatalogue
from schemas.province import read_bureau_province
from support.browser import opened, violations
from support.exports import real_entry
from support.finders import CLOSED, NOWHERE, PITCH, POOL, hours_of

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
HALL = {
    **POOL, "facility_id": "LN-210203-BB03-00009", "site_name": HOSTILE, "facility_name": "篮球馆", "type_code": "BB03", "admin_code": "210203",
    "address": "西岗区示例路2号", "lon": "121.61200", "lat": "38.91400", "free_policy": "partly_free", "accessible": "1",
}  # fmt: skip
WINDOW = {
    "implementation_code": "11210000MJX023789M3000133105001", "window_no": "1", "item_name": "示例许可", "item_type": "licence", "admin_code": "210100",
    "window_name": "示例窗口", "window_address": "示例路1号", "lon": "123.46512", "lat": "41.67735", "phone": "024-12345678", "charged": "0",
    "guide_url": "https://example.org/guide", "open_days": "周一至周五",
}  # fmt: skip
WORKDAYS = [hours_of(PITCH["facility_id"], day, "09:00:00", "17:00:00") for day in "12345"]
HOURS = [
    *WORKDAYS,
    hours_of(PITCH["facility_id"], "PH", "10:00:00", "12:00:00"),
    hours_of(PITCH["facility_id"], "", "", "", opening_kind="closed", valid_from="2026-12-21", valid_to="2026-12-31"),
    hours_of(POOL["facility_id"], "6", "06:00:00", "23:59:00"),
    hours_of(POOL["facility_id"], "1", "06:00:00", "08:00:00", audience="senior"),
]
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Ten in the morning in Beijing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    home = tmp_path_factory.mktemp("finder")
    rows = {"facility": [PITCH, POOL, NOWHERE, CLOSED, HALL], "facility_opening": HOURS, "service_item": [WINDOW]}
    entries = [real_entry(home / "releases", name, told, synthetic=True) for name, told in rows.items()]
    catalogue = StaticCatalogue(home / "catalogue", home / "releases")
    catalogue.apply(make_plan(entries, catalogue.read_published()), entries)
    return catalogue.folder


def open_finder(browser, site, name="facility", lang="", at="", ready="map", **how):
    return opened(
        browser, site / f"map/{lang}{name}.html", at=at, until=f"html[data-{ready}=ready]", now=TUESDAY, **how
    )


def names(page):
    """The headings of the places that are listed: compared by `expect`, which waits for the list."""
    return page.locator("#venues h3")


def ends_with(name):
    return re.compile(f"{name}$")


@pytest.mark.parametrize("lang", ["", "en/"])
@pytest.mark.parametrize(("width", "dark"), [(360, False), (1024, False), (1024, True)])
def test_list_and_page_of_a_place_are_accessible_and_fit_the_window(browser, site, lang, width, dark):
    with open_finder(browser, site, lang=lang, width=width, dark=dark) as page:
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("#venues a").first.click()
        page.wait_for_selector("#venue:not([hidden])")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_open_map_is_told_from_the_others_with_the_contrast_colours_of_the_system(browser, site):
    """Its colour alone had told it, which the system replaces by its own."""
    with open_finder(browser, site) as page:
        page.emulate_media(forced_colors="active")
        edges = [page.locator(f".finders .button.{one}").first.bounding_box() for one in ("current", "plain")]
        corners = [{"x": edge["x"] + 4, "y": edge["y"] + 4, "width": 4, "height": 4} for edge in edges]
        current, other = (page.screenshot(clip=corner) for corner in corners)
        assert current != other


def test_the_map_is_drawn_and_takes_the_place_of_the_picture(browser, site):
    with open_finder(browser, site) as page:
        expect(page.locator("#map canvas")).to_be_visible()
        expect(page.locator("#still")).to_be_hidden()
        expect(page.locator("#map .part.city")).to_have_text(["沈阳市", "大连市"])


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        (lambda form: form.get_by_label("名称、地址或编码").fill("游泳馆 中山区"), ["POOL"]),
        (lambda form: form.get_by_label("名称、地址或编码").fill("ln-210102-fb01"), ["PITCH", "NOWHERE"]),
        (lambda form: form.get_by_label("市", exact=True).select_option("210200"), ["POOL", "HALL"]),
        (lambda form: form.get_by_label("大类").select_option("SW02"), ["POOL"]),
        (lambda form: form.get_by_label("收费", exact=True).select_option("free"), ["PITCH", "NOWHERE", "HALL"]),
        (lambda form: form.get_by_label("收费", exact=True).select_option("paid"), ["POOL"]),
        (lambda form: form.get_by_label("有无障碍设施").check(), ["PITCH", "HALL"]),
        (lambda form: form.get_by_label("现在开放").check(), ["PITCH"]),
        (lambda form: form.get_by_label("名称、地址或编码").fill("没有"), []),
    ],
)
def test_a_filter_leaves_what_fits(browser, site, ask, found):
    rows = {"PITCH": PITCH, "POOL": POOL, "NOWHERE": NOWHERE, "HALL": HALL}
    with open_finder(browser, site, ready="finder") as page:
        ask(page.locator("#finder"))
        expect(page.locator("#found")).to_have_text(f"找到 {len(found)} 处，共 4 处")
        expect(names(page)).to_have_text(
            [f"{rows[name]['site_name']} · {rows[name]['facility_name']}" for name in found]
        )
        expect(page.locator("#none")).to_be_visible(visible=found == [])


def test_a_county_can_be_chosen_after_its_city_and_the_filters_be_cleared_by_keyboard(browser, site):
    with open_finder(browser, site, ready="finder", lang="en/") as page:
        expect(page.get_by_label("County", exact=True)).to_be_disabled()
        page.get_by_label("City", exact=True).select_option("210200")
        page.get_by_label("County", exact=True).select_option("210203")
        expect(names(page)).to_have_count(1)
        page.get_by_role("button", name="Clear").press("Enter")
        expect(names(page)).to_have_count(4)
        expect(page.get_by_label("County", exact=True)).to_be_disabled()


def test_near_a_named_place_the_nearest_comes_first_and_what_has_no_coordinates_last(browser, site):
    with open_finder(browser, site) as page:
        page.get_by_label("地点（市、县或场馆名称）").fill("西岗区")
        page.get_by_label("地点（市、县或场馆名称）").press("Enter")
        expect(page.locator("#near-said")).to_contain_text("大连市 西岗区")
        expect(names(page)).to_have_text([ends_with(name) for name in ("篮球馆", "标准池", "1号足球场", "2号足球场")])
        expect(page.locator("#venues li").nth(1)).to_contain_text("2.8 km")
        page.get_by_label("地点（市、县或场馆名称）").fill("月球")
        page.get_by_role("button", name="找附近").click()
        expect(page.locator("#near-said")).to_contain_text("没有找到")


def test_near_me_uses_the_position_of_the_browser_or_says_that_there_is_none(browser, site):
    with open_finder(browser, site, position=(121.64, 38.91)) as page:
        page.get_by_role("button", name="我的位置").click()
        expect(page.locator("#near-said")).to_contain_text("不会发送")
        expect(names(page).first).to_have_text(ends_with("标准池"))
    with open_finder(browser, site) as page:
        page.get_by_role("button", name="我的位置").click()
        expect(page.locator("#near-said")).to_contain_text("没有提供位置")


def test_near_me_the_map_shows_the_nearest_place_however_far_it_is(browser, site):
    with open_finder(browser, site, position=(123.9, 42.3)) as page:
        page.get_by_role("button", name="我的位置").click()
        expect(page.locator("#near-said")).to_contain_text("不会发送")
        page.get_by_label("只列地图范围内的").check()
        expect(names(page).first).to_have_text(ends_with("1号足球场"))


def test_a_place_without_a_number_is_not_to_be_called_and_says_whom_to_tell_of_a_mistake(browser, site):
    with open_finder(browser, site, ready="finder", at=f"#{HALL['facility_id']}") as page:
        assert page.locator("#venue-state").inner_text().startswith("没有登记今天的开放时间。")
        page.locator("#venue").get_by_role("link", name="这里有误？").click()
        expect(page.locator("#say")).to_be_visible()


def test_only_what_the_map_shows_is_listed_if_asked(browser, site):
    with open_finder(browser, site) as page:
        page.get_by_label("地点（市、县或场馆名称）").fill("和平区")
        page.get_by_role("button", name="找附近").click()
        page.get_by_label("只列地图范围内的").check()
        expect(names(page)).to_have_text([ends_with("1号足球场")])


def test_a_place_has_a_page_of_its_own_at_a_stable_address(browser, site):
    with open_finder(browser, site, at=f"#{PITCH['facility_id']}") as page:
        assert page.locator("#venue-name").inner_text() == "和平区体育公园（示例） · 1号足球场"
        assert page.title().startswith("和平区体育公园（示例） · 1号足球场 – ")
        assert not page.locator("#search-part").is_visible()
        assert "现在开放" in page.locator("#venue-state").inner_text()
        rows = [row.inner_text().split("\t") for row in page.locator("#venue-hours-rows tr").all()]
        assert rows[0][:4] == ["常规时段", "周一至周五", "09:00–17:00", "所有人"]
        assert ["临时闭馆", "每天", "全天", "所有人", "2026-12-21 – 2026-12-31"] in rows
        assert page.locator("#venue a[href^='tel:']").get_attribute("href") == "tel:02412345678"
        told = json.loads(page.locator("#venue-machines").text_content())
        assert (told["@type"], told["identifier"], told["isAccessibleForFree"]) == (
            "SportsActivityLocation",
            PITCH["facility_id"],
            True,
        )
        assert told["openingHoursSpecification"][0]["dayOfWeek"][0] == "https://schema.org/Monday"
        page.get_by_role("link", name="English").click()
        page.wait_for_url(f"**/map/en/facility.html#{PITCH['facility_id']}")
        expect(page.locator("#venue-facts")).to_contain_text("7140 ㎡")


def test_going_to_a_place_and_back_is_possible_by_keyboard_alone(browser, site):
    with open_finder(browser, site) as page:
        page.locator("#venues a").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#venue-name")).to_be_focused()
        page.go_back()
        expect(page.locator("#q")).to_be_focused()
        expect(names(page)).to_have_count(4)


def test_an_unknown_id_is_said_to_be_unknown_and_the_list_is_there(browser, site):
    with open_finder(browser, site, ready="finder", at="#LN-210102-XX99-99999") as page:
        expect(page.locator("#lost")).to_be_visible()
        expect(names(page)).to_have_count(4)


def test_names_are_text_whatever_is_in_them(browser, site):
    with open_finder(browser, site, ready="finder", at=f"#{HALL['facility_id']}") as page:
        assert HOSTILE in page.locator("#venue-name").inner_text()
        assert page.locator("#venue img, #venue script:not([type='application/ld+json'])").count() == 0


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-11-24T00:59:00Z", "closed"),  # one minute before nine
        ("2026-11-24T01:00:00Z", "open"),
        ("2026-11-24T09:00:00Z", "closed"),  # five in the afternoon
        ("2026-11-28T02:00:00Z", "closed"),  # a Saturday without hours
        ("2026-10-01T02:30:00Z", "open"),  # National Day, a Thursday: the hours for holidays
        ("2026-10-01T05:00:00Z", "closed"),
        ("2026-12-22T02:00:00Z", "closed"),  # closed for a time
        ("2025-11-25T02:00:00Z", "unknown"),  # before the hours begin
    ],
)
def test_a_place_is_open_by_the_hours_of_its_day_in_beijing(browser, site, when, state):
    with open_finder(browser, site, ready="finder") as page:
        asked = "w => { const v = sportlake.read(sportlakeFinder, 'zh'); return sportlake.hours(v.raw).state(v.place['LN-210102-FB01-00001'], new Date(w)); }"
        assert page.evaluate(asked, when) == state


def test_hours_for_some_people_only_do_not_make_a_place_open(browser, site):
    with open_finder(browser, site, ready="finder") as page:
        asked = "() => { const v = sportlake.read(sportlakeFinder, 'zh'); return sportlake.hours(v.raw).state(1, new Date('2026-11-22T23:00:00Z')); }"
        assert page.evaluate(asked) == "closed"  # Monday at seven: for older people
        asked = asked.replace("2026-11-22T23:00", "2026-11-28T15:59")
        assert page.evaluate(asked) == "open"  # Saturday, the last minute before midnight


def test_service_windows_have_their_own_finder_with_what_they_have(browser, site):
    with open_finder(browser, site, ready="finder", name="service_item") as page:
        assert not page.get_by_label("现在开放").is_visible()
        page.locator("#venues a").first.click()
        facts = page.locator("#venue-facts")
        expect(facts).to_contain_text("024-12345678")
        expect(facts.locator("a[href='https://example.org/guide']")).to_have_count(1)
        assert json.loads(page.locator("#venue-machines").text_content())["@type"] == "Place"


def test_without_a_script_there_are_a_drawn_map_with_outlines_and_no_dead_form(browser, site):
    with opened(browser, site / "map/facility.html", script=False) as page:
        assert page.locator("#still svg .outlines path").count() > 14
        assert page.locator("#still svg .dots circle").count() >= 2
        assert not page.locator("#finder").is_visible()
        assert page.locator("noscript a").first.get_attribute("href") == "../dataset/facility/index.html"


def test_without_webgl_the_list_works_beside_the_drawn_map(browser, site):
    with opened(
        browser,
        site / "map/facility.html",
        before="delete window.WebGLRenderingContext",
        until="html[data-finder=ready]",
    ) as page:
        page.get_by_label("有无障碍设施").check()
        expect(names(page)).to_have_count(2)
        expect(page.locator("#still")).to_be_visible()
        expect(page.locator("#map")).to_be_hidden()


def test_dataset_page_and_front_page_lead_to_the_finder(browser, site):
    with opened(browser, site / "dataset/facility/en/index.html") as page:
        page.get_by_role("link", name="Find on the map").click()
        expect(page.locator("h1")).to_have_text("Map: Sports facilities of Liaoning")
        expect(names(page)).to_have_count(4)
    with opened(browser, site / "index.html") as page:
        assert page.locator("a[href='map/facility.html']").is_visible()


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """The files of the portal's finder at the addresses that they have there, with the data that the plugin makes, and the portal's headers."""
    folder = tmp_path_factory.mktemp("portal")
    plugin = runpy.run_path(str(PORTAL / "ckanext-zhportal/ckanext/zhportal/finder_document.py"))
    policy = runpy.run_path(str(PORTAL / "headers.py"))["PAGES"]
    config = json.loads(make_finder_config(real_entry(folder / "releases", "facility", [PITCH], synthetic=True)))
    rows = [{name: row.get(name, "") for name in plugin["needed_fields"](config)} for row in (PITCH, POOL, HALL)]
    for name, content in portal_finder_files(read_bureau_province()).items():
        file = folder / name.removeprefix("public/")
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".html":
            facts = {
                "title": "体育场地",
                "other": "/finder/en.html",
                "back": "/",
                "data": "/finder/data.js",
                "say": "/dataset/facility",
            }
            file.write_text(plugin["filled"](content.decode(), facts, synthetic=True), encoding="utf-8")
        else:
            file.write_bytes(content)
    script = plugin["finder_script"](config, ("体育场地", "Sports facilities"), "2026.11.1", rows, [])
    (folder / "finder/data.js").write_text(script, encoding="utf-8")

    class Answer(SimpleHTTPRequestHandler):
        def end_headers(self):
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Answer, directory=folder)) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_portal_s_finder_works_under_the_portal_s_policy(browser, portal, lang):
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda wrong: complaints.append(str(wrong)))
    page.route("**/favicon.ico", lambda route: route.fulfill(body=""))
    page.goto(f"{portal}/finder/{lang}.html")
    page.wait_for_selector("html[data-map=ready]", state="attached")
    expect(page.locator("#map canvas")).to_be_visible()
    page.locator("#only-accessible").check()
    expect(names(page)).to_have_count(2)
    expect(page.locator("aside.synthetic")).to_be_visible()
    assert violations(page) == []
    page.locator("#venues a").first.click()
    expect(page.locator("#venue-name")).to_have_text(ends_with("1号足球场"))
    context.close()
    assert complaints == []
