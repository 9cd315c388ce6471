"""What programs ask a portal for before they know anything of it: data.json, sitemap, icon, robots; and pages by the checker of the W3C."""

import xml.etree.ElementTree as ET

import pytest
from jsonschema import Draft7Validator

from support.dcat_us import CATALOG
from support.html_checker import HAS_JAVA, check_pages

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OF_CKAN = ("Attribute “hx-",)
"""Beginnings of what the checker says of CKAN's own markup: attributes of htmx, which HTML does not know."""


def test_data_json_fits_the_schema_and_has_the_dataset_with_its_files_but_no_withdrawn_one(scene):
    said = scene.get("/data.json").json()
    assert [error.message for error in Draft7Validator(CATALOG).iter_errors(said)] == []
    by_page = {one["landingPage"].rpartition("/")[2]: one for one in said["dataset"]}
    assert scene.gone not in by_page
    mine = by_page[scene.name]
    assert mine["titleMap"] == {"zh": "测试游泳馆名录", "en": "Test swimming pools"}
    assert mine["distribution"][0]["downloadURL"] == scene.sent["resources"][0]["url"]
    assert mine["distribution"][0]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert mine["contactPoint"][0]["hasEmail"] == f"mailto:{scene.sent['contact'][0]['email']}"


def test_the_sitemap_leads_to_pages_in_both_languages(scene):
    found = ET.fromstring(scene.get("/sitemap.xml").content)  # noqa: S314 -- of our own portal
    listed = {one.findtext(f"{SITEMAP}loc") for one in found.iter(f"{SITEMAP}url")}
    mine = {f"{scene.url}{half}/dataset/{scene.name}" for half in ("", "/en")}
    assert mine | {f"{scene.url}/organization/{scene.org}", f"{scene.url}/group/{scene.group}"} <= listed
    assert f"{scene.url}/dataset/{scene.gone}" not in listed
    for page in mine:
        assert scene.get(page.removeprefix(scene.url)).status_code == 200
    assert f"Sitemap: {scene.url}/sitemap.xml" in scene.get("/robots.txt").text


def test_the_icon_is_served(scene):
    answer = scene.get("/favicon.ico")
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "image/svg+xml")
    assert 'href="/portal/favicon.svg"' in scene.get("/").text


@pytest.mark.parametrize(("half", "words"), [("", "没有这个页面"), ("/en", "There is no such page")])
@pytest.mark.parametrize("path", ["/dataset/nothing-like-it", "/nothing/like/it"])
def test_a_page_that_is_missing_says_so_in_the_readers_language_and_leads_on(scene, half, words, path):
    answer = scene.get(half + path)
    assert answer.status_code == 404
    assert f"<h1>{words} (404)</h1>" in answer.text
    assert f'action="{half}/dataset/"' in answer.text


@pytest.mark.skipif(not HAS_JAVA, reason="the checker of the W3C needs a Java")
def test_the_checker_of_the_w3c_finds_no_error_but_in_ckans_own_markup(scene, tmp_path):
    file = f"/dataset/{scene.name}/resource/{scene.resource}"
    asked = {
        "home": "/", "search": f"/dataset/?q={scene.name}", "dataset": f"/dataset/{scene.name}", "file": file, "map": f"{file}?view_id={scene.map}",
        "publisher": f"/organization/{scene.org}", "subject": f"/group/{scene.group}", "about": "/about", "missing": "/nothing",
        "withdrawn": f"/dataset/{scene.gone}",
    }  # fmt: skip
    pages = [tmp_path / f"{name}{half.replace('/', '-')}.html" for name in asked for half in ("", "/en")]
    for page in pages:
        name, _, half = page.stem.partition("-")
        page.write_text(scene.get((f"/{half}" if half else "") + asked[name]).text, encoding="utf-8")
    errors = {(page, said) for page, kind, said in check_pages(pages) if kind == "error"}
    assert {one for one in errors if not one[1].startswith(OF_CKAN)} == set()
