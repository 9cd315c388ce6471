"""The Croissant document, read by the reference reader, mlcroissant."""

import json

from catalog.entry import build_entry
from catalog.site_address import SiteAddress
from catalog.standards.croissant import croissant_dataset, croissant_path
from support.contracts import contract_with
from support.croissant_reader import read_croissant
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release

FIELDS = [
    "id",
    "day:date",
    "n:integer",
    "share:number",
    "open:boolean",
    "at:datetime",
    "hour:time",
    "held:year",
    "where:geopoint",
]


def read_by_mlcroissant(document, folder, record_set=""):
    file = folder / "croissant.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return read_croissant(file, record_set)


def test_the_reference_reader_finds_nothing_to_object_to(tmp_path):
    contract = contract_with(FIELDS)
    entry = build_entry(contract, write_release(tmp_path, contract, []), DEPARTMENTS)
    read = read_by_mlcroissant(croissant_dataset(entry), tmp_path / "x")
    assert (read.errors, read.warnings) == ([], [])


def test_it_reads_the_rows_of_a_copied_folder(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path / "releases", contract, PLACES), DEPARTMENTS)
    document = croissant_dataset(entry)
    read = read_by_mlcroissant(document, (tmp_path / croissant_path("facility")).parent, "facility")
    assert [row["name"] for row in read.rows] == [place["name"] for place in PLACES]
    assert document["recordSet"][0]["key"] == [{"@id": "facility/facility_id"}]


def test_every_field_has_a_type_and_addresses_are_absolute_where_that_of_the_site_is_known(tmp_path):
    contract = contract_with(FIELDS)
    entry = build_entry(contract, write_release(tmp_path, contract, []), DEPARTMENTS)
    said = croissant_dataset(entry, SiteAddress("https://data.example.org"))
    assert [field["dataType"] for field in said["recordSet"][0]["field"]] == [
        "sc:Text", "sc:Date", "sc:Integer", "sc:Float", "sc:Boolean", "sc:DateTime", "sc:Time", "sc:Integer", "sc:Text",
    ]  # fmt: skip
    assert all(file["contentUrl"].startswith("https://data.example.org/releases/") for file in said["distribution"])
