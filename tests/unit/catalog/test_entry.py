from datetime import date

import pytest

from catalog.entry import build_entry, list_released, stable_id
from schemas.errors import CatalogueError, UsageError
from support.contracts import contract_with
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


@pytest.fixture
def contract():
    return facility_contract()


def test_an_entry_says_what_contract_and_release_say(tmp_path, contract):
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    assert (entry.dataset, entry.release, entry.title.zh, entry.title.en) == (
        "facility",
        "2026.11.1",
        "体育场地",
        "Sports facilities",
    )
    assert (entry.family, entry.cycle, entry.publisher.name.zh) == ("facility", "yearly", "辽宁省体育局")
    assert [name.zh for name in entry.contributors] == ["沈阳市体育局", "大连市体育局"]
    assert [(file.name, file.path) for file in entry.distributions] == [
        ("facility.csv", "facility/2026.11.1/facility.csv"),
        ("facility.xlsx", "facility/2026.11.1/facility.xlsx"),
        ("facility.parquet", "facility/2026.11.1/facility.parquet"),
        ("facility.geojson", "facility/2026.11.1/facility.geojson"),
    ]
    assert entry.synthetic is False


def test_the_datasets_that_have_a_folder_of_releases_are_listed_and_nothing_else(tmp_path):
    assert list_released(tmp_path / "none") == []
    for name in ("pool", "gym", ".pool.new"):
        (tmp_path / name).mkdir()
    (tmp_path / "notes.txt").write_text("x")
    assert list_released(tmp_path) == ["gym", "pool"]


def test_a_protected_field_is_no_column_of_the_dictionary_and_named_as_never_published(tmp_path, contract):
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    assert [field.name for field in entry.dictionary] == ["facility_id", "name", "area_m2", "lon", "lat"]
    assert [label.en for label in entry.never_published] == ["Caretaker"]


def test_a_field_that_the_contract_gained_after_the_release_is_not_in_its_dictionary(tmp_path, contract):
    folder = write_release(tmp_path, contract, PLACES)
    grown = contract_with(["facility_id", "name", "newer"], name="facility")
    assert [field.name for field in build_entry(grown, folder, DEPARTMENTS).dictionary] == ["facility_id", "name"]


def test_coordinates_are_shown_only_if_both_are_public(tmp_path, contract):
    assert build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS).coordinates is not None
    shy = facility_contract(policy={"disclosure": {"protected": ["caretaker", "lon"]}})
    folder = write_release(tmp_path / "shy", shy, PLACES)
    assert build_entry(shy, folder, DEPARTMENTS).coordinates is None


def test_the_three_dates_come_from_three_different_places(tmp_path, contract):
    write_release(tmp_path, contract, PLACES, number="2026.3.1", created="2026-03-02T10:00:00+08:00")
    write_release(tmp_path, contract, PLACES, number="2026.6.1", previous="2026.3.1", created="2026-06-03T10:00:00+08:00",
                  contract_version="1.1.0")  # fmt: skip
    newest = write_release(
        tmp_path, contract, PLACES, previous="2026.6.1", contract_version="1.1.0", data_updated="2026-11-20"
    )
    entry = build_entry(contract, newest, DEPARTMENTS)
    assert (entry.issued, entry.metadata_updated, entry.data_updated) == (
        date(2026, 3, 2),
        date(2026, 6, 3),
        date(2026, 11, 20),
    )
    assert [facts.number for facts in entry.history] == ["2026.6.1", "2026.3.1"]


def test_ids_are_the_same_for_ever(tmp_path, contract):
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    assert entry.id == stable_id("dataset", "facility") == "ce417a26-2bbb-53b2-837f-a933bc3ff920"


def test_the_fingerprint_is_the_same_for_the_same_and_changes_with_what_is_shown(tmp_path, contract):
    folder = write_release(tmp_path / "a", contract, PLACES)
    fingerprint = build_entry(contract, folder, DEPARTMENTS).fingerprint
    assert (
        build_entry(contract, write_release(tmp_path / "b", contract, PLACES), DEPARTMENTS).fingerprint == fingerprint
    )
    other_title = facility_contract(title="体育场地（新）")
    other_rows = write_release(tmp_path / "c", contract, PLACES[:2])
    assert build_entry(other_title, folder, DEPARTMENTS).fingerprint != fingerprint
    assert build_entry(contract, other_rows, DEPARTMENTS).fingerprint != fingerprint


def test_an_older_release_without_dictionary_or_changes_keeps_its_fingerprint(tmp_path, contract):
    import json

    folder = write_release(tmp_path, contract, PLACES)
    descriptor = folder / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if one["path"] != "dictionary.csv"]
    del package["sportlake"]["release"]["changes"]
    descriptor.write_text(json.dumps(package), encoding="utf-8")
    old = build_entry(contract, folder, DEPARTMENTS)
    assert (old.facts.dictionary, old.facts.changes_file, old.facts.changes) == (None, None, None)
    assert not {"dictionary", "changes_file", "changes"} & old.model_dump(mode="json")["facts"].keys()


def test_a_finding_is_said_in_the_words_of_its_rule_without_the_values(tmp_path):
    rule = {
        "kind": "credit_code",
        "field": "code",
        "message": {"zh": "代码 {value} 有误", "en": "the code {value} is wrong"},
    }
    contract = contract_with(["id", "code"], [rule])
    quality = {
        "rows_submitted": 9,
        "rows_held_back": 2,
        "findings": {"type-error": 1, "credit-code": 4},
        "completeness": 1,
    }
    entry = build_entry(contract, write_release(tmp_path, contract, [], quality=quality), DEPARTMENTS)
    assert [(f.type, f.count, f.meaning and f.meaning.zh) for f in entry.findings] == [
        ("credit-code", 4, "代码 … 有误"),
        ("type-error", 1, None),
    ]


def test_a_department_nobody_knows_is_refused_by_name(tmp_path, contract):
    folder = write_release(tmp_path, contract, PLACES, departments=["atlantis"])
    with pytest.raises(UsageError, match="atlantis"):
        build_entry(contract, folder, DEPARTMENTS)


def test_a_release_of_another_dataset_is_refused(tmp_path, contract):
    folder = write_release(tmp_path, contract, PLACES)
    with pytest.raises(CatalogueError, match="not of sample"):
        build_entry(contract_with(["facility_id"]), folder, DEPARTMENTS)
