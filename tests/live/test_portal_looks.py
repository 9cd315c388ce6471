"""Every type of page of the portal: readable by everybody, whole at every width, on paper, in both languages, with nothing from outside.

Not here: what a page says (`test_portal_pages.py`), the pages that the platform draws itself (`tests/integration/test_every_page_type.py`).
"""

import pytest

from catalog.ckan.payload import TABLE, resource_id
from catalog.entry import build_entry
from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from schemas.departments import read_departments
from support.browser import opened_from_server
from support.finders import PITCH, POOL
from support.live import stand
from support.page_looks import find_faults
from support.releases import write_release

pytestmark = [pytest.mark.live, pytest.mark.browser]
NAME = "live_looks"
TITLE = read_contracts()["facility"].title
TABLE_PAGE = "dataset/{name}/resource/{table}"
PAGES = {
    "front": "",
    "search": "dataset/?q=体育",
    "search without a result": "dataset/?q=没有这样的",
    "dataset": "dataset/{name}",
    "dataset with everything": "dataset/{full}",
    "withdrawn": "dataset/{gone}",
    "table": TABLE_PAGE,
    "charts": f"{TABLE_PAGE}?view_id={{chart_view}}",
    "map": f"{TABLE_PAGE}?view_id={{dot_map_view}}",
    "finder": "finder/{finder_view}",
    "publishers": "organization/",
    "publisher": "organization/{org}",
    "subjects": "group/",
    "subject": "group/{group}",
    "about": "about",
    "no such page": "no/such/page",
}
"""The path of every type of page."""

MISSING = ("no such page", "withdrawn")
"""The browser itself complains that these are not there."""


@pytest.fixture(scope="module")
def venues(connection, admin_token, tmp_path_factory):
    """Two facilities by the real contract, published under another name: charts, finder, map, table."""
    real = read_contracts()["facility"]
    known = real.model_copy(update={"name": NAME, "descriptor": {**real.descriptor, "name": NAME}})
    names = {field.policy.codelist for field in known.public_fields() if field.policy.codelist}
    lists = {name: [(code, label.zh, label.en) for code, label in one.labels.items()] for name, one in open_codelists().items() if name in names}  # fmt: skip
    with stand(known, connection, admin_token, tmp_path_factory.mktemp("looks")) as held:
        empty = {field.name: "" for field in known.public_fields()}
        rows = [{**empty, **one, "built_year": year} for one, year in ((PITCH, "2001"), (POOL, "2003"))]
        folder = write_release(held.releases, known, rows, codelists=lists, departments=["210100"])
        held.show(build_entry(known, folder, read_departments()))
        views = held.asked("resource_view_list", id=resource_id(NAME, TABLE)).json()["result"]
        yield {view["view_type"]: view["id"] for view in views}


@pytest.mark.parametrize("half", ["", "en/"])
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_the_portal_is_whole_in_every_look(scene, venues, browser, kind, half):
    named = {"name": NAME, "table": resource_id(NAME, TABLE), "full": scene.name, "gone": scene.gone, "org": scene.org, "group": scene.group}  # fmt: skip
    path = half + PAGES[kind].format(**named, **venues)
    with opened_from_server(browser, scene.url, path, complains=kind in MISSING) as page:
        page.wait_for_load_state("networkidle")
        if kind == "finder":
            page.wait_for_selector("html[data-map=ready]", state="attached")
            assert page.locator("h1").inner_text() == (TITLE.en if half else TITLE.zh)
        assert find_faults(page, kind) == []
