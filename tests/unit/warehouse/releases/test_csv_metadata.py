"""The metadata of released CSV files is found and taken by a reader of CSV on the Web that is not ours."""

import json
from datetime import date, datetime, time

import pytest
from csvw import CSVW

from support.contracts import contract_with
from support.frozen_facility import ROWS, folder_of, frozen, paper, table_of
from warehouse.releases.releases import verify_release


@pytest.fixture
def folder(layout):
    first = frozen(layout, table_of(ROWS[1:]))
    return folder_of(layout, frozen(layout, previous=first.number))


def test_every_csv_file_of_a_release_is_described_and_valid(folder):
    read = CSVW(str(folder / "facility.csv-metadata.json"), validate=True)
    assert read.is_valid, read.warnings
    assert sorted(str(table.url) for table in read.tables) == sorted(path.name for path in folder.glob("*.csv"))


def test_cells_have_the_types_of_their_fields(folder):
    data = CSVW(str(folder / "facility.csv-metadata.json")).tables[0]
    row = next(row for row in data if row["id"] == "F2")
    assert (row["kind"], row["lon"], row["open"], row["seats"]) == ("B", 123.5, True, 1200)
    assert (row["day"].date() if isinstance(row["day"], datetime) else row["day"]) == date(2026, 1, 2)
    assert (row["at"].replace(tzinfo=None), row["opens"].time()) == (datetime(2026, 1, 2, 3, 4, 5), time(9))  # noqa: DTZ001
    assert row["department"] == "210100"


def test_codes_stay_text_with_their_zeros(layout):
    contract = contract_with(["id", "admin_code", "n:integer"])
    made = frozen(layout, table_of([("007", "010203", 7)], contract), contract=contract, codelists={})
    (row,) = CSVW(str(folder_of(layout, made) / "sample.csv-metadata.json")).tables[0]
    assert (row["id"], row["admin_code"], row["n"]) == ("007", "010203", 7)


def test_names_and_notes_are_those_of_the_table_schema_in_both_languages(folder):
    told = paper(folder, "facility.csv-metadata.json")
    assert told["dc:license"] == {"@id": paper(folder)["licenses"][0]["path"]}
    columns = {column["name"]: column for column in told["tables"][0]["tableSchema"]["columns"]}
    assert list(columns) == [field["name"] for field in paper(folder)["resources"][0]["schema"]["fields"]]
    assert {one["@language"] for one in columns["kind_name"]["dc:title"]} == {"zh", "en"}
    assert columns["id"]["required"] is True
    assert told["tables"][0]["tableSchema"]["primaryKey"] == ["id"]


def test_the_file_is_part_of_the_release(folder):
    assert verify_release(folder) == []
    (resource,) = [one for one in paper(folder)["resources"] if one["name"] == "csv-metadata"]
    assert (resource["path"], resource["mediatype"]) == ("facility.csv-metadata.json", "application/csvm+json")
    assert json.loads((folder / resource["path"]).read_bytes())["@context"][0] == "http://www.w3.org/ns/csvw"
