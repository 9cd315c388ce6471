"""A stranger with a browser: finds 体育馆, opens the dataset, looks at its table, takes the CSV home and has the same rows.

Screenshots of every station, in both languages and at two widths, lie in `var/screenshots` afterwards.
"""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.live import live_contract, stand

pytestmark = [pytest.mark.live, pytest.mark.browser]
PICTURES = Path(__file__).parents[2] / "var" / "screenshots"
LANGUAGES = {"zh": "", "en": "/en"}
WIDTHS = (1280, 360)


@pytest.fixture(scope="module")
def place(connection, admin_token, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with stand(live_contract("live_browser", title="省体育馆名录"), connection, admin_token, home) as held:
        held.show(held.release("2026.11.1", None, 60))
        yield held


def picture(page, name):
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def test_a_stranger_finds_looks_and_takes_the_data_home(place, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(place.connection.url)
    page.get_by_role("searchbox").first.fill("体育馆")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/dataset/?\?"))  # the page before it has such a link too
    page.get_by_role("link", name="省体育馆名录").first.click()
    page.wait_for_url(f"**/dataset/{place.name}")
    page.goto(f"{place.connection.url}/dataset/{place.name}/resource/{place.table}")
    preview = page.frame_locator("iframe").first
    expect(preview.locator("tbody")).to_contain_text("体育馆", use_inner_text=True)
    address = f"{place.connection.url}/dataset/{place.name}/resource/{place.table}/download/{place.name}.csv"
    rows = list(csv.DictReader(io.StringIO(context.request.get(address).body().decode("utf-8-sig"))))
    answer = context.request.get(
        f"{place.connection.url}/api/3/action/datastore_search", params={"resource_id": place.table, "limit": "100"}
    )
    shown = json.loads(answer.text())["result"]["records"]
    assert len(rows) == 60
    assert [row["name"] for row in rows] == [row["name"] for row in shown]
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_stations_are_kept_as_pictures(place, browser, language, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    root = place.connection.url + LANGUAGES[language]
    stations = {
        "home": "/",
        "search": "/dataset/?q=体育馆",
        "dataset": f"/dataset/{place.name}",
        "resource": f"/dataset/{place.name}/resource/{place.table}",
    }
    for name, path in stations.items():
        assert page.goto(root + path).status == 200
        picture(page, f"{name}-{language}-{width}")
    context.close()
    assert len(list(PICTURES.glob(f"*-{language}-{width}.png"))) == len(stations)
