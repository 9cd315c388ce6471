import pytest
from jsonschema import Draft7Validator

from catalog.entry import build_entry
from catalog.site_address import NOWHERE, SiteAddress
from catalog.standards.data_json import data_json
from support.contracts import POLICY
from support.dcat_us import CATALOG
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def said_of(tmp_path, site=NOWHERE, **policy):
    contract = facility_contract(policy=policy)
    folder = write_release(tmp_path, contract, PLACES, synthetic=True)
    return data_json([build_entry(contract, folder, DEPARTMENTS)], site)


def test_the_document_fits_the_schema_where_the_address_of_the_site_is_known(tmp_path):
    site = SiteAddress("https://data.example.org")
    provider = {**POLICY["catalogue"]["provider"], "email": "office@example.org"}
    for at, policy in enumerate(({}, {"catalogue": {**POLICY["catalogue"], "provider": provider}})):
        said = said_of(tmp_path / str(at), site, **policy)
        assert [error.message for error in Draft7Validator(CATALOG).iter_errors(said)] == []
        assert ("contactPoint" in said["dataset"][0]) is bool(policy)
    assert [error.message for error in Draft7Validator(CATALOG).iter_errors(data_json([], site))] == []


def test_a_dataset_has_what_dcat_us_requires(tmp_path):
    (dataset,) = said_of(tmp_path)["dataset"]
    assert {"title", "description", "publisher"} <= dataset.keys()
    assert (dataset["title"], dataset["modified"], dataset["version"]) == (
        "体育场地 Sports facilities",
        "2026-11-23",
        "2026.11.1",
    )
    assert dataset["versionNotes"] == "示例数据（虚构） synthetic sample data"


def test_every_file_is_named_with_its_size_and_checksum(tmp_path):
    (dataset,) = said_of(tmp_path)["dataset"]
    csv = dataset["distribution"][0]
    assert (csv["downloadURL"], csv["mediaType"]) == (
        "releases/facility/2026.11.1/facility.csv",
        "https://www.iana.org/assignments/media-types/text/csv",
    )
    assert int(csv["byteSize"]) == (tmp_path / "facility/2026.11.1/facility.csv").stat().st_size
    assert len(csv["checksum"]["checksumValue"]) == 64


def test_a_dataset_names_its_data_dictionary(tmp_path):
    (dataset,) = said_of(tmp_path, SiteAddress("https://data.example.org"))["dataset"]
    dictionary, path = dataset["describedBy"], "facility/2026.11.1/dictionary.csv"
    assert dictionary["title"] == "数据字典 Data dictionary"
    assert dictionary["downloadURL"] == f"https://data.example.org/releases/{path}"
    assert int(dictionary["byteSize"]) == (tmp_path / path).stat().st_size


@pytest.mark.parametrize(("cadence", "said"), [("yearly", "annual"), ("irregular", "irregular"), ("never", None)])
def test_the_update_cycle_is_a_term_or_nothing(tmp_path, cadence, said):
    said = said and f"http://purl.org/cld/freq/{said}"
    assert said_of(tmp_path, cadence=cadence)["dataset"][0].get("accrualPeriodicity") == said


def test_a_catalogue_of_nothing_has_an_empty_list():
    assert data_json([])["dataset"] == []
