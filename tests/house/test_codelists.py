"""Every code list and the list of departments: valid Data Packages, unique codes, texts in both languages, complete where the total is known."""

import csv
import re
from datetime import date
from itertools import pairwise

import pytest
import yaml
from frictionless import Package
from frictionless.schema import Schema

from schemas import codelists as lists
from schemas.codelists import COLUMNS, Code, CodeList, open_codelists
from schemas.contract import read_contracts
from schemas.departments import read_departments

CODELISTS = open_codelists()
DEPARTMENTS = read_departments()
CHINESE = re.compile(r"[\u4e00-\u9fff]")

every_list = pytest.mark.parametrize("codelist", CODELISTS.values(), ids=lambda codelist: codelist.name)


def descriptor_of(codelist):
    return yaml.safe_load((lists.FOLDER / f"{codelist.name}.yaml").read_text(encoding="utf-8"))


@every_list
def test_a_code_list_is_a_valid_data_package(codelist):
    descriptor = descriptor_of(codelist)
    assert [error.message for error in Package.metadata_validate(descriptor)] == []
    [resource] = descriptor["resources"]
    assert resource["path"] == f"{codelist.name}.csv"
    assert [error.message for error in Schema.metadata_validate(resource["schema"])] == []
    assert tuple(field["name"] for field in resource["schema"]["fields"]) == COLUMNS
    assert descriptor["name"] == codelist.name
    assert descriptor["sources"][0]["title"]


@every_list
def test_a_code_list_conforms_to_its_own_schema(codelist):
    descriptor = descriptor_of(codelist)
    schema = Schema.from_descriptor(descriptor["resources"][0]["schema"])
    with (lists.FOLDER / f"{codelist.name}.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for name, cell in row.items():
                _, notes = schema.get_field(name).read_cell(cell)
                assert not notes, f"{codelist.name} {row['code']} {name}: {notes}"


@every_list
def test_codes_are_unique_have_parents_and_successors(codelist):
    codes = codelist.codes
    keys = [(code.code, code.valid_from) for code in codes]
    assert codes
    assert len(keys) == len(set(keys))
    known = {code.code for code in codes}
    for code in codes:
        assert code.parent is None or (code.parent in known and code.parent != code.code), code
        assert code.superseded_by is None or code.superseded_by in known, code
        assert code.superseded_by is None or code.valid_to is not None, f"{code.code} has a successor but no last day"
        assert code.valid_from is None or code.valid_to is None or code.valid_from <= code.valid_to, code


@every_list
def test_one_code_is_never_valid_twice_on_a_day(codelist):
    by_code: dict[str, list[Code]] = {}
    for code in codelist.codes:
        by_code.setdefault(code.code, []).append(code)
    for same in by_code.values():
        spans = sorted((c.valid_from or date.min, c.valid_to or date.max) for c in same)
        assert all(earlier[1] < later[0] for earlier, later in pairwise(spans)), same[0].code


@every_list
def test_labels_are_in_both_languages(codelist):
    assert CHINESE.search(codelist.title.zh)
    assert not CHINESE.search(codelist.title.en)
    for code in codelist.codes:
        assert code.zh.strip() == code.zh
        assert code.en.strip() == code.en
        assert code.zh != code.en or not CHINESE.search(code.zh), code.code
        assert not CHINESE.search(code.en), code.code


def test_every_code_list_has_both_its_files_and_is_used_by_a_contract():
    assert {p.stem for p in lists.FOLDER.glob("*.csv")} == {p.stem for p in lists.FOLDER.glob("*.yaml")}
    used = {field.policy.codelist for contract in read_contracts().values() for field in contract.fields}
    assert CODELISTS.keys() - used == set()


def test_a_spreadsheet_would_not_change_a_code():
    """Codes of digits are safe only without a leading zero, an exponent or more than 15 digits."""
    for codelist in CODELISTS.values():
        for code in codelist.codes:
            assert not re.fullmatch(r"0\d+|\d+[eE]\d+|\d{16,}", code.code), f"{codelist.name}: {code.code}"


def _of_level(codelist: CodeList, level: str) -> list[Code]:
    return [c for c in codelist.codes if c.superseded_by is None and {
        "province": c.code == "210000",
        "prefecture": c.code.endswith("00") and c.code != "210000",
        "county": not c.code.endswith("00"),
    }[level]]  # fmt: skip


def test_the_divisions_of_liaoning_are_complete():
    """Source: GB/T 2260 as of 2023: one province, 14 prefectures, 100 county-level units."""
    divisions = CODELISTS["admin_division"]
    assert len(_of_level(divisions, "province")) == 1
    assert len(_of_level(divisions, "prefecture")) == 14
    assert len(_of_level(divisions, "county")) == 100
    assert all(re.fullmatch(r"21\d{4}", code.code) for code in divisions.codes)
    for code in divisions.codes:
        expected = None if code.code == "210000" else "210000" if code.code.endswith("00") else f"{code.code[:4]}00"
        assert code.parent == expected, code.code


@pytest.mark.parametrize(("old", "new"), [("210122", "210115"), ("210282", "210214"), ("211121", "211104")])
def test_a_superseded_division_is_followed_by_its_successor_without_a_gap(old, new):
    by_code = {code.code: code for code in CODELISTS["admin_division"].codes}
    before, after = by_code[old], by_code[new]
    assert before.superseded_by == new
    assert (after.valid_from - before.valid_to).days == 1
    assert before.note


def test_the_list_of_high_risk_events_has_six_classes_and_eighteen_items():
    """Source: 高危险性体育赛事活动目录（第一批）."""
    codes = CODELISTS["high_risk_item"].codes
    assert (sum(c.parent is None for c in codes), sum(c.parent is not None for c in codes)) == (6, 18)


def test_the_units_of_counties_are_the_hundred_counties_in_force():
    counties = {d.code: d for d in DEPARTMENTS.values() if d.kind == "county_bureau"}
    divisions = CODELISTS["admin_division"]
    assert counties.keys() == {code.code for code in _of_level(divisions, "county")}
    names = {code.code: code.zh for code in divisions.codes}
    assert all(names[code] in one.zh and names[f"{code[:4]}00"] in one.zh for code, one in counties.items())


def test_the_city_bureaus_are_the_fourteen_prefectures():
    cities = {d.code: d for d in DEPARTMENTS.values() if d.kind == "city_bureau"}
    assert cities.keys() == {code.code for code in _of_level(CODELISTS["admin_division"], "prefecture")}
    assert all(d.code == d.admin_code for d in cities.values())
    units = [d for d in DEPARTMENTS.values() if d.kind in {"province_unit", "institution", "association"}]
    assert len(units) >= 6
    assert {d.admin_code for d in units} == {"210000"}
    for department in DEPARTMENTS.values():
        assert CHINESE.search(department.name.zh)
        assert not CHINESE.search(department.name.en)
