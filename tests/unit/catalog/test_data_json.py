import pytest

from catalog.data_json import data_json
from catalog.entry import build_entry
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def said_of(tmp_path, **policy):
    contract = facility_contract(policy=policy)
    return data_json([build_entry(contract, write_release(tmp_path, contract, PLACES, synthetic=True), DEPARTMENTS)])


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
    assert (csv["downloadURL"], csv["mediaType"]) == ("releases/facility/2026.11.1/facility.csv", "text/csv")
    assert int(csv["byteSize"]) == (tmp_path / "facility/2026.11.1/facility.csv").stat().st_size
    assert len(csv["checksum"]["checksumValue"]) == 64


@pytest.mark.parametrize(("cadence", "said"), [("yearly", "R/P1Y"), ("irregular", "irregular"), ("never", None)])
def test_the_update_cycle_is_an_interval_a_word_or_nothing(tmp_path, cadence, said):
    assert said_of(tmp_path, cadence=cadence)["dataset"][0].get("accrualPeriodicity") == said


def test_a_catalogue_of_nothing_has_an_empty_list():
    assert data_json([])["dataset"] == []
