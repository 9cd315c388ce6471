from catalog.entry import build_entry
from catalog.site_address import NOWHERE, SiteAddress
from catalog.static_site.site_pages import about_view, not_found_view
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def test_the_page_about_the_catalogue_counts_datasets_and_names_each_licence_once(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    view = about_view([entry, entry], "en", [])
    assert (view["count"], view["root"], view["title"]) == (2, "../", "About this catalogue")
    assert [path for path, _ in view["licences"]] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert about_view([], "zh", [])["licences"] == []


def test_the_page_not_found_leads_to_the_site_from_any_depth_if_its_address_is_known():
    assert (
        not_found_view(SiteAddress("https://data.example.org"))["fronts"]["en"]
        == "https://data.example.org/en/index.html"
    )
    assert not_found_view(NOWHERE)["fronts"]["zh"] == "index.html"
