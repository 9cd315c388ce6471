import json

from catalog.entry import build_entry
from catalog.site_address import NOWHERE, SiteAddress
from catalog.static_site.machine_files import dump_json, machine_files
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def test_a_site_has_both_catalogues_and_both_feeds_and_with_an_address_its_sitemap(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    without = machine_files([entry], NOWHERE)
    assert set(without) == {"catalog.jsonld", "data.json", "feed.xml", "en/feed.xml"}
    known = machine_files([entry], SiteAddress("https://data.example.org"))
    assert set(known) - set(without) == {"sitemap.xml", "robots.txt"}
    assert json.loads(known["data.json"])["dataset"][0]["landingPage"].startswith("https://data.example.org/")


def test_a_document_is_written_in_the_characters_of_its_languages():
    assert dump_json({"名": 1}) == '{\n  "名": 1\n}\n'
