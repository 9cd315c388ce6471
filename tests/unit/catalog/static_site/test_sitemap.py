import xml.etree.ElementTree as ET

import pytest

from catalog.entry import build_entry
from catalog.site_address import NOWHERE, SiteAddress
from catalog.static_site.sitemap import ROBOTS, SITEMAP, sitemap_files
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def parsed(document):
    return ET.fromstring(document)  # noqa: S314 -- made by us


@pytest.fixture
def entry(tmp_path):
    contract = facility_contract()
    return build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)


def test_every_page_is_listed_in_both_languages_with_its_day(entry):
    files = sitemap_files([entry], SiteAddress("https://data.example.org"), {"facility"})
    pages = parsed(files[SITEMAP]).findall("s:url", NAMES)
    found = {page.findtext("s:loc", None, NAMES).removeprefix("https://data.example.org/") for page in pages}
    assert found == {
        "index.html", "en/index.html", "catalogue.html", "en/catalogue.html", "about.html", "en/about.html", "dataset/facility/index.html", "dataset/facility/en/index.html",
        "dataset/facility/table.html", "dataset/facility/en/table.html",
    }  # fmt: skip
    assert pages[-1].findtext("s:lastmod", None, NAMES) == entry.facts.created.date().isoformat()
    assert {link.get("hreflang") for link in pages[-1].findall("x:link", NAMES)} == {"zh-CN", "en"}
    assert "Sitemap: https://data.example.org/sitemap.xml" in files[ROBOTS]


def test_a_site_whose_address_is_not_known_has_none(entry):
    assert sitemap_files([entry], NOWHERE) == {}
