"""The portal's pages as readers and machines get them: words in both languages, nothing from outside, AA, DCAT by its shapes."""

import re
from contextlib import contextmanager
from pathlib import Path

import pyshacl
import pytest
import rdflib
from playwright.sync_api import expect

from catalog.pages.formats import format_size
from support import browser as browsers
from support.croissant_reader import read_croissant
from support.portal_scene import HOSTILE, RUN, charts, fresh_id

SHAPES = Path(browsers.__file__).parent / "dcat_ap_mandatory.ttl"


def pages(scene):
    """Address of every kind of page, with words that must be on it: (Chinese, English)."""
    file = f"/dataset/{scene.name}/resource/{scene.resource}"
    return {
        "home": ("/", ("欢迎使用", "测试游泳馆名录"), ("Welcome to", "Test swimming pools", "Test Sports Division")),
        "search": (f"/dataset/?q={scene.name}", ("测试游泳馆名录", "第 2026.11.2 版"), ("Test swimming pools", "release 2026.11.2", "Test subject")),
        "dataset": (
            f"/dataset/{scene.name}",
            ("数据更新", "2026年11月23日", "示例数据（虚构）", "历次版本", "+2", "−1", "~7", "核心元数据", "公开依据的内容", "不适用：", "87.5", "时限执行情况", "发布当日（2026年11月23日）", "到期 10 项，按期 7 项，逾期办理 1 项，逾期未办 2 项", "没有到期事项", "测试条例 第七条", "测试图表", f"/releases/{scene.name}/index.json"),
            ("Data updated", "23 November 2026", "Synthetic sample data", "Releases", "Core metadata", "content of Basis of publication", "Not applicable", "How time limits are kept", "10 due, 7 in time, 1 too late, 2 not done", "nothing due", "One row a swimming pool", "Test Sports Division", "CSV data", "Test chart", "What the chart shows."),
        ),
        "file": (file, ("CSV 数据", "数据字典", "是否开放", "文件信息"), ("CSV data", "Data dictionary", "Table for tests")),
        "charts": (f"{file}?view_id={scene.charts}", ("测试图表", "图中的数字", "图表的说明。"), ("Test chart", "The figures of the chart", "What the chart shows.")),
        "map": (f"{file}?view_id={scene.map}", ("共 2 行有坐标", "1 行没有坐标", "1 行在图幅以外"), ("2 rows with coordinates", "1 rows have none", "1 rows lie outside")),
        "publisher": (f"/organization/{scene.org}", ("测试体育处", "测试游泳馆名录"), ("Test Sports Division", "Test swimming pools")),
        "publishers": ("/organization/", ("发布机构", "测试体育处"), ("Publishers", "Test Sports Division")),
        "subject": (f"/group/{scene.group}", ("测试主题", "测试游泳馆名录"), ("Test subject", "Test swimming pools")),
        "subjects": ("/group/", ("主题", "测试主题"), ("Subjects", "Test subject")),
        "about": ("/about", ("免登录",), ("need no account",)),
        "withdrawn": (f"/dataset/{scene.gone}", ("已停止开放", "测试撤下的原因", "2026年11月20日", "2026.10.3", "测试游泳馆名录"), ("has been withdrawn", "Withdrawn for a test", "20 November 2026", "Test swimming pools")),
    }  # fmt: skip


KNOWN = re.compile("410")
"""A tombstone is an error to a browser."""

KINDS = [
    "home",
    "search",
    "dataset",
    "file",
    "charts",
    "map",
    "publisher",
    "publishers",
    "subject",
    "subjects",
    "about",
    "withdrawn",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_answers_and_says_its_words(scene, kind, language):
    path, *words = pages(scene)[kind]
    answer = scene.get(("/en" if language == "en" else "") + path)
    assert answer.status_code == (410 if kind == "withdrawn" else 200)
    assert [word for word in words[language == "en"] if word not in answer.text] == []
    assert f'lang="{"en" if language == "en" else "zh-Hans-CN"}"' in answer.text


@contextmanager
def visited(browser, url):
    """The page in a browser; on leaving, fails if anything outside was asked or an error was written."""
    origin = "/".join(url.split("/")[:3])
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    outside, complaints = [], []

    def look(route):
        if route.request.url.startswith((origin, "data:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    try:
        context.route("**/*", look)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda wrong: complaints.append(str(wrong)))
        page.goto(url, timeout=90_000)
        page.wait_for_load_state("networkidle", timeout=90_000)
        yield page
        assert outside == []
        assert [one for one in complaints if not KNOWN.search(one)] == []
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_is_its_own_and_can_be_read_by_everybody(scene, browser, kind, language):
    path = ("/en" if language == "en" else "") + pages(scene)[kind][0]
    with visited(browser, scene.url + path) as page:
        assert browsers.violations(page) == []
        page.set_viewport_size({"width": 360, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.browser
def test_a_chart_is_drawn_with_its_figures_and_words_of_others_stay_words(scene, browser):
    with visited(browser, f"{scene.url}/dataset/{scene.name}") as page:
        chart = page.locator(".portal-chart").first
        assert chart.locator("svg rect").count() == 2
        assert chart.locator("svg polyline").count() == 1
        assert chart.locator("svg").get_attribute("aria-labelledby") == "chart-by-city-title chart-by-city-about"
        chart.locator("summary").click()
        assert [cell.strip() for cell in chart.locator("tbody th").all_inner_texts()] == ["和平区", HOSTILE]
        assert page.title() != "taken"
        assert page.locator(".portal-chart").count() == 2


def test_the_charts_of_another_release_are_not_shown(scene):
    view = scene.call("resource_view_show", id=scene.charts)
    path = f"/dataset/{scene.name}"
    try:
        for config in (charts("2026.11.1"), "no json", "[]"):
            scene.call("resource_view_update", **{**view, "charts": config})
            assert "测试图表" not in scene.get(path).text
        assert "尚未绘制" in scene.get(f"{path}/resource/{scene.resource}?view_id={scene.charts}").text
    finally:
        scene.call("resource_view_update", **view)
    assert "测试图表" in scene.get(path).text


@pytest.mark.browser
def test_the_table_preview_is_searched_in_chinese_and_says_yes_and_no(scene, browser):
    with visited(browser, f"{scene.url}/dataset/{scene.name}/resource/{scene.resource}") as page:
        table = page.frame_locator("iframe")
        table.locator("tbody td", has_text="和平区游泳馆").wait_for(timeout=60_000)
        assert "是" in table.locator("tbody tr").first.inner_text().split()
        assert table.locator("thead th:visible", has_text="_id").count() == 0
        box = table.locator("#dtprv_filter input")
        box.fill("和平")
        box.press("Enter")
        table.locator("tbody td", has_text="中山区篮球场").wait_for(state="detached", timeout=60_000)
        expect(table.locator("tbody td", has_text="和平区游泳馆")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.parametrize(("language", "label"), [("zh", "场馆名称"), ("en", "name")])
def test_the_table_preview_names_its_columns_in_the_readers_language(scene, browser, language, label):
    path = ("/en" if language == "en" else "") + f"/dataset/{scene.name}/resource/{scene.resource}"
    with visited(browser, scene.url + path) as page:
        heads = page.frame_locator("iframe").locator("thead th:visible")
        heads.filter(has_text=label).first.wait_for(timeout=60_000)


@pytest.mark.browser
def test_on_a_narrow_page_the_file_comes_before_its_dictionary(scene, browser):
    with visited(browser, f"{scene.url}/dataset/{scene.name}/resource/{scene.resource}") as page:
        page.set_viewport_size({"width": 360, "height": 900})
        tops = [page.locator(one).first.bounding_box()["y"] for one in ("a.portal-button", "#dictionary-title")]
        assert tops == sorted(tops)


@pytest.mark.browser
def test_the_keyboard_reaches_the_content_at_once_and_its_place_is_seen(scene, browser):
    with visited(browser, f"{scene.url}/dataset/{scene.name}") as page:
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_attribute("href", "#content")
        page.keyboard.press("Tab")
        expect(page.locator(":focus:not([href='#content'])")).to_have_css("outline-style", "solid")


@pytest.mark.parametrize(("language", "word"), [("zh", "查看全部数据集"), ("en", "see all datasets")])
def test_a_search_without_a_result_shows_ways_on(scene, language, word):
    text = scene.get(("/en" if language == "en" else "") + "/dataset/", q="水下曲棍球锦旗").text
    assert word in text
    assert "/group/facility" in text


def test_what_ckan_says_of_a_search_in_english_or_with_a_latin_stop_is_in_chinese(scene):
    text = scene.get("/dataset/", q="水下曲棍球锦旗").text
    assert "请换一个词试试。" in text
    assert "请重新搜索" not in text
    assert "There was an error while" not in scene.get("/dataset/", q="name:[").text


def test_a_map_draws_the_points_that_it_tells_of(scene):
    text = scene.get(f"/dataset/{scene.name}/resource/{scene.resource}", view_id=scene.map).text
    assert text.count("<circle ") == 2
    assert "和平区游泳馆</title>" in text
    assert "123–124°E" in text


def test_what_was_sent_is_what_is_served(scene):
    served = scene.get("/api/3/action/package_show", id=scene.name).json()["result"]
    owner, groups, tags, resources = (scene.sent[key] for key in ("owner_org", "groups", "tags", "resources"))
    whole = {key: value for key, value in scene.sent.items() if key not in {"owner_org", "groups", "tags", "resources"}}
    assert {key: served.get(key) for key in whole} == whole
    assert served["organization"]["name"] == owner
    assert [[one["name"] for one in served[key]] for key in ("groups", "tags")] == [
        [groups[0]["name"]],
        [tags[0]["name"]],
    ]
    assert {key: served["resources"][0].get(key) for key in resources[0]} == resources[0]


def test_a_withdrawn_dataset_is_found_only_by_who_asks_for_it(scene):
    assert scene.found(fq=f"name:{scene.gone}") == []
    assert scene.gone not in scene.found(q="已撤下的测试数据")
    assert scene.found(fq=f"name:{scene.gone} +state:withdrawn") == [scene.gone]
    for path in ("/catalog.jsonld", "/feeds/dataset.atom", f"/feeds/organization/{scene.org}.atom"):
        answer = scene.get(path)
        assert answer.status_code == 200
        assert scene.gone not in answer.text, path


@pytest.mark.parametrize("path", ["/catalog.jsonld", "/catalog.ttl", "/catalog.xml", "/catalog.json", "/dataset/{}.jsonld", "/dataset/{}.xml", "/dataset/{}/croissant.jsonld"])  # fmt: skip
def test_machines_get_an_answer(scene, path):
    answer = scene.get(path.format(scene.name))
    assert answer.status_code == 200
    assert "example.org/base" not in answer.text


def test_a_feed_links_to_pages_and_to_nothing_else(scene):
    feed = links_of(scene.get(f"/feeds/organization/{scene.org}.atom").text)
    assert {link for link in feed if "/api/" in link or "query=" in link} == set()
    assert f"{scene.url}/dataset/{scene.name}" in feed


def links_of(feed):
    return set(re.findall('<link [^>]*href="([^"]*)"', feed))


@pytest.mark.parametrize("path", ["/catalog.ttl", "/dataset/{}.ttl"])
def test_dcat_conforms_to_dcat_ap_in_both_languages(scene, path):
    graph = rdflib.Graph().parse(data=scene.get(path.format(scene.name)).content, format="turtle")
    conforms, _, report = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES), inplace=False)
    assert conforms, report
    for value in graph.objects(None, rdflib.DCTERMS["format"]):
        assert str(value).startswith("http://publications.europa.eu/resource/authority/file-type/")
    assert {str(one) for one in graph.objects(None, rdflib.DCTERMS.license)} == {
        "https://creativecommons.org/licenses/by/4.0/"
    }
    dataset = next(graph.subjects(rdflib.RDF.type, rdflib.DCAT.Dataset))
    assert {str(page) for page in graph.objects(dataset, rdflib.DCAT.landingPage)} <= {
        str(one) for one in graph.subjects(rdflib.RDF.type, rdflib.FOAF.Document)
    }
    assert {str(title.language) for title in graph.objects(dataset, rdflib.DCTERMS.title)} == {"zh-Hans", "en"}
    assert f"{scene.url}/group/{scene.group}" in {str(theme) for theme in graph.objects(None, rdflib.DCAT.theme)}


def test_croissant_says_a_language_that_there_is(scene):
    told = scene.get(f"/dataset/{scene.name}/croissant.jsonld").json()
    assert told["@context"]["@language"] == "zh-Hans"


def test_mlcroissant_reads_croissant_without_an_objection(scene, tmp_path):
    file = tmp_path / "croissant.json"
    file.write_bytes(scene.get(f"/dataset/{scene.name}/croissant.jsonld").content)
    read = read_croissant(file)
    assert (read.errors, read.warnings) == ([], [])


def test_the_size_of_a_file_is_written_as_on_the_static_site(scene):
    page = scene.get(f"/dataset/{scene.name}/resource/{scene.resource}").text
    assert f"· {format_size(scene.size)}</a>" in page


def test_a_licence_has_one_name_and_one_address_on_both_pages(scene):
    for half, title in (("", "知识共享署名 4.0 国际"), ("/en", "Creative Commons Attribution 4.0 International")):
        page = scene.get(f"{half}/dataset/{scene.name}").text
        assert f'<a href="https://creativecommons.org/licenses/by/4.0/">{title}</a>' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "no-uuid"},
        {"title_translated": {"en": "only English"}},
        {"title_translated": "not JSON"},
        {"quality": [1, 2]},
        {"time_limits_kept": "kept"},
        {"time_limit": {"en": "only English"}},
        {"issued": "yesterday"},
        {"rows": "many"},
    ],
    ids=str,
)
def test_a_field_that_is_not_what_it_should_be_is_refused(scene, wrong):
    answer = scene.post("package_create", **{"name": f"{RUN}-wrong", "title": "错", "owner_org": scene.org, **wrong})
    assert answer.status_code == 409
    assert set(answer.json()["error"]) & set(wrong)


def test_an_editor_gives_a_dataset_its_id_and_cannot_change_it(scene):
    user, name, identity = f"{RUN}-editor", f"{RUN}-edited", fresh_id()
    scene.call("user_create", name=user, email=f"{user}@example.org", password=f"long-{fresh_id()}")
    try:
        scene.call("organization_member_create", id=scene.org, username=user, role="editor")
        token = scene.call("api_token_create", user=user, name="test")["token"]
        made = scene.post("package_create", token=token, id=identity, name=name, title="编辑建的", owner_org=scene.org)
        assert (made.status_code, made.json()["result"]["id"]) == (200, identity)
        again = scene.post(
            "package_create", token=token, id=identity, name=f"{name}-2", title="重复", owner_org=scene.org
        )
        assert again.status_code == 409
    finally:
        scene.call("dataset_purge", id=name)
        scene.call("user_delete", id=user)
