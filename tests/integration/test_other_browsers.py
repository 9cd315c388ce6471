"""The pages with most script, in Firefox and WebKit: the electronic map, the whole table, SQL, the list of datasets, a dataset's page.

Skipped where `make browsers` has not been run. Not here: what these pages do in every case (`test_finder_in_a_browser.py`,
`test_whole_table_pages.py`), which Chromium is asked.
"""

import pytest

from catalog.plan import make_plan
from catalog.static_site.static import StaticCatalogue
from support.browser_packages import PACKAGES
from support.exports import real_entry
from support.finders import CLOSED, NOWHERE, PITCH, POOL, hours_of
from support.other_browsers import ENGINES, await_script, started_engine
from support.site_server import serving

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module", params=ENGINES)
def driver(request):
    with started_engine(request.param) as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    home = tmp_path_factory.mktemp("browsers")
    rows = {
        "facility": [PITCH, POOL, NOWHERE, CLOSED],
        "facility_opening": [hours_of(POOL["facility_id"], "6", "06:00:00", "23:59:00")],
    }
    entries = [real_entry(home / "releases", name, told, synthetic=True) for name, told in rows.items()]
    catalogue = StaticCatalogue(home / "site", home / "releases", packages=PACKAGES)
    catalogue.apply(make_plan(entries, catalogue.read_published()), entries)
    with serving(catalogue.folder) as server:
        yield server.address, catalogue.folder


@pytest.mark.parametrize("lies", ["served", "on the disk"])
def test_the_electronic_map_lists_draws_and_opens_a_place(driver, site, lies):
    address, folder = site
    driver.get(f"{address}/map/facility.html" if lies == "served" else (folder / "map/facility.html").as_uri())
    await_script(driver, "document.documentElement.dataset.map === 'ready'")
    assert await_script(driver, "document.querySelectorAll('#venues a').length") == 3
    driver.execute_script("document.querySelector('#venues a').click()")
    await_script(driver, "!document.getElementById('venue').hidden")
    assert not driver.execute_script(f"return {WIDE}")


def test_a_search_hides_what_does_not_match(driver, site):
    driver.get(f"{site[0]}/catalogue.html?q=wheelchair")
    shown = "[...document.querySelectorAll('.card')].filter(card => !card.hidden).map(card => card.id)"
    assert await_script(driver, shown) == ["dataset-facility"]


def test_the_whole_table_is_read_and_asked_in_sql(driver, site):
    driver.get(f"{site[0]}/dataset/facility/table.html#sql=select+count(*)+as+n+from+facility")
    assert await_script(driver, "document.querySelectorAll('#rows tr').length") == 4
    driver.execute_script("document.getElementById('sql-run').click()")
    assert await_script(driver, "(document.querySelector('#sql-rows td') || {}).textContent") == "4"


def test_a_narrow_window_is_wide_enough(driver, site):
    driver.set_window_size(500, 900)
    for path in ("index.html", "dataset/facility/index.html", "map/en/facility.html"):
        driver.get(f"{site[0]}/{path}")
        assert not driver.execute_script(f"return {WIDE}"), path
