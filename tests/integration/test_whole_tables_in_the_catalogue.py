"""Pages with whole tables in the static catalogue: there while their programs are and a browser can hold the rows."""

import pytest

from catalog.plan import make_plan
from catalog.static_site.static import StaticCatalogue
from support.browser_packages import PACKAGES
from support.exports import real_entry
from support.finders import NOWHERE, PITCH, POOL
from support.published_site import event_entry, facility_entry, find_faults, publish_site, site_files


@pytest.fixture
def releases(tmp_path):
    return tmp_path / "releases"


def test_a_table_that_became_large_has_counts_in_place_of_what_a_browser_cannot_hold(tmp_path, releases, monkeypatch):
    site = StaticCatalogue(tmp_path / "catalogue", releases, packages=PACKAGES)
    listed = {
        "map/facility.js",
        "map/finder.js",
        "dataset/facility/table.html",
        "dataset/facility/openactive-places.jsonld",
    }
    publish_site(site, real_entry(releases, "facility", [PITCH, POOL]))
    assert listed <= site_files(site.folder).keys()
    monkeypatch.setattr("catalog.large_tables.MOST_ROWS", 2)
    grown = real_entry(releases, "facility", [PITCH, POOL, NOWHERE], number="2026.11.2")
    publish_site(site, grown)
    names = site_files(site.folder)
    assert not listed & names.keys()
    assert "沈阳市" in names["map/facility.html"][1].decode()
    assert b"table.html" not in names["dataset/facility/index.html"][1]
    assert b"openactive" not in names["dataset/facility/index.html"][1]
    assert (site.find_drift([grown]), site.find_orphans()) == ([], [])
    assert make_plan([grown], site.read_published()).writes == 0


def test_pages_with_whole_tables_are_there_as_long_as_their_programs_are(tmp_path, releases):
    site = StaticCatalogue(tmp_path / "catalogue", releases)
    facility, event = facility_entry(releases), event_entry(releases)
    publish_site(site, facility, event)
    assert not list(site.folder.rglob("table*"))
    equipped = StaticCatalogue(site.folder, site.releases, packages=PACKAGES)
    assert publish_site(equipped, facility, event).updated == 2
    for page in ("dataset/facility/table.html", "dataset/event/en/table.html", "table/sqlite/sql-wasm.wasm"):
        assert (site.folder / page).is_file()
    assert 'href="table.html"' in (site.folder / "dataset/facility/en/index.html").read_text(encoding="utf-8")
    assert find_faults(equipped, facility, event) == []
    assert publish_site(equipped, facility, event).writes == 0
    assert publish_site(site, facility, event).updated == 2
    assert not [path for path in site.folder.rglob("table*") if path.is_file()]
    assert find_faults(site, facility, event) == []
