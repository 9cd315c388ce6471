"""The descriptor, the dictionary and the public part of a release."""

import csv
import io
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq
from jsonschema import Draft7Validator

from support.contracts import contract_with
from support.frozen_facility import (
    CONTRACT,
    DEPARTMENTS,
    LISTS,
    NOW,
    QUALITY,
    RELEASED,
    ROWS,
    folder_of,
    frozen,
    paper,
    table_of,
)
from support.frozen_rows import rows_of


def test_protected_fields_and_slices_are_in_no_file_of_it(layout):
    folder = folder_of(layout, frozen(layout))
    for path in folder.iterdir():
        assert b"138000" not in path.read_bytes()
    assert pq.read_schema(folder / "facility.parquet").names == RELEASED
    assert "phone" not in [f["name"] for f in paper(folder)["resources"][0]["schema"]["fields"]]


def test_a_protected_key_is_neither_released_nor_named_as_key(layout):
    contract = contract_with(["id", "n:integer"], policy={"disclosure": {"protected": ["id"]}})
    release = frozen(layout, table_of([("b", 1), ("a", 2)], contract), contract=contract, codelists={})
    folder = folder_of(layout, release)
    assert (folder / "sample.csv").read_text(encoding="utf-8-sig") == (
        "n,department,department_name,department_name_en,period\n1,210100,沈阳市体育局,Shenyang,2026\n2,210100,沈阳市体育局,Shenyang,2026\n"
    )
    assert "primaryKey" not in paper(folder)["resources"][0]["schema"]


def test_the_descriptor_is_the_contracts_with_what_is_really_there(layout):
    release = frozen(layout, synthetic=True)
    told = paper(folder_of(layout, release))
    assert (told["name"], told["title"], told["version"]) == ("facility", "样例", "1.0.0")
    assert told["sportlake"]["owner"] == "lnsports"
    assert told["sportlake"]["release"] == {
        "number": "2026.11.1", "created": NOW.isoformat(), "content_hash": rows_of(table_of(), CONTRACT, LISTS, DEPARTMENTS).counted.content_hash,
        "contract_version": "1.0.0", "lake_version": 7, "previous": None, "rows": 4, "fields": 9, "data_updated": "2026-10-09",
        "time_range": {"from": "2026-04-01", "to": "2026-09-30"}, "departments": ["210100", "210200"],
        "quality": {**QUALITY, "completeness": 0.5833}, "synthetic": True, "changes": None, "label_words": ["First", "Second", "乙", "甲"],
    }  # fmt: skip
    assert [(r["name"], r["path"], r["format"]) for r in told["resources"]] == [
        ("facility", "facility.csv", "csv"),
        ("facility-xlsx", "facility.xlsx", "XLSX"),
        ("facility-parquet", "facility.parquet", "PARQUET"),
        ("facility-geojson", "facility.geojson", "geojson"),
        ("codelist-kind", "codelist_kind.csv", "csv"),
        ("data-dictionary", "dictionary.csv", "csv"),
        ("csv-metadata", "facility.csv-metadata.json", "JSON"),
    ]
    fields = {field["name"]: field for field in told["resources"][0]["schema"]["fields"]}
    assert "format" not in fields["day"]  # the department's spelling; a release has one of its own
    assert "trueValues" not in fields["open"]
    assert fields["kind"]["sportlake"]["codelist"] == "kind"
    origin = {name: fields[name]["sportlake"]["derived_from"] for name in RELEASED[-4:]}
    assert origin == {"department": "submission", "department_name": "department", "department_name_en": "department", "period": "submission"}  # fmt: skip
    assert (fields["kind_name"]["sportlake"]["derived_from"], fields["kind_name_en"]["sportlake"]["language"]) == ("kind", "en")  # fmt: skip


def test_the_descriptor_states_what_is_on_record_and_what_is_not(layout):
    record = {"kind": "classification_review", "role": "steward", "on": "2026-10-01", "until": "2027-10-01"}
    made = frozen(
        layout, assessments=[{**record, "document": "辽体〔2026〕1号", "entry": 3}], waivers=[{"type": "low-coverage"}]
    )
    told = paper(folder_of(layout, made))["sportlake"]
    assert told["catalogue"]["classification_review"] == {
        "done": {
            "zh": "数据管理员", "en": "data steward", "on": "2026-10-01", "until": "2027-10-01", "document": "辽体〔2026〕1号",
        }
    }  # fmt: skip
    assert "legal_basis_review" not in told["catalogue"], "no personal data, no basis"
    assert made.waivers == ({"type": "low-coverage"},)
    later = frozen(layout, previous=made.number)
    assert "not_done" in paper(folder_of(layout, later))["sportlake"]["catalogue"]["classification_review"]


def test_the_descriptor_fits_the_json_schema_of_data_package_2(layout):
    first = frozen(layout, table_of(ROWS[1:]))
    for made in (first, frozen(layout, previous=first.number)):
        profile = Path(find_spec("dplib").origin).parent / "profiles/2.0/datapackage.json"
        found = Draft7Validator(json.loads(profile.read_bytes())).iter_errors(paper(folder_of(layout, made)))
        assert [(list(error.path), error.message) for error in found] == []


def test_frictionless_validates_the_whole_folder(layout):
    rows = [row for row in ROWS if row[0] != "=1+1"]
    first = frozen(layout, table_of(rows[1:]))
    folder = folder_of(layout, frozen(layout, table_of(rows), previous=first.number))
    command = [Path(sys.executable).with_name("frictionless"), "validate", "datapackage.json", "--json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(ran.stdout)
    assert (ran.returncode, report["valid"], report["errors"]) == (0, True, [])
    tables = {task["name"]: task["stats"].get("rows") for task in report["tasks"] if task["type"] == "table"}
    assert tables == {"facility": 3, "codelist-kind": 2, "data-dictionary": 16, "facility-changes": 1}


def test_the_dictionary_has_a_row_for_every_field_and_says_which_are_never_published(layout):
    text = (folder_of(layout, frozen(layout)) / "dictionary.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in rows] == [*RELEASED[:-4], "phone", *RELEASED[-4:]]
    assert {row["name"]: row["disclosure"] for row in rows if row["disclosure"]} == {
        "phone": "不对外公开 / never published"
    }
    assert (rows[0]["label_zh"], rows[0]["label_en"], rows[0]["required"], rows[0]["constraints"]) == ("id（标题）", "id", "true", "")  # fmt: skip
    assert (rows[1]["codelist"], rows[5]["type"], rows[5]["required"]) == ("kind", "number", "false")
