from catalog.entry import build_entry
from catalog.site_address import SiteAddress
from catalog.standards.schema_org import schema_org_catalogue, schema_org_dataset
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def test_search_engines_get_name_licence_period_and_files(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    said = schema_org_dataset(entry, "../../")
    assert (said["@type"], said["name"], said["alternateName"]) == ("Dataset", "体育场地", "Sports facilities")
    assert said["temporalCoverage"] == "2026-01-01/2026-12-31"
    assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert said["distribution"][0]["contentUrl"] == "../../releases/facility/2026.11.1/facility.csv"
    assert "creativeWorkStatus" not in said


def test_made_up_data_say_so_to_machines_too(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES, synthetic=True), DEPARTMENTS)
    assert "示例数据" in schema_org_dataset(entry, "")["creativeWorkStatus"]


def test_addresses_are_absolute_where_that_of_the_site_is_known(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    site = SiteAddress("https://data.example.org")
    said = schema_org_dataset(entry, "../../", site)
    assert said["url"] == "https://data.example.org/dataset/facility/index.html"
    assert said["distribution"][0]["contentUrl"].startswith("https://data.example.org/releases/")
    assert said["includedInDataCatalog"]["url"] == "https://data.example.org/index.html"
    (listed,) = schema_org_catalogue([entry], "", site)["dataset"]
    assert (listed["name"], listed["url"]) == (said["name"], said["url"])
