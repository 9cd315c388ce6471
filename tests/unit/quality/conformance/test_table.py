"""The judge of cells: frictionless's verdicts on a text table, in our row numbers."""

import csv
from collections import Counter

import pyarrow as pa
import pytest
from frictionless import Schema, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality.conformance.table import conform
from support.contracts import contract_with

FIELDS = [
    {"name": "id", "constraints": {"required": True, "pattern": r"LN-\d+"}},
    {"name": "area", "type": "number", "constraints": {"minimum": 1}, "sportlake": {"unit": "㎡"}},
    {"name": "opened", "type": "date"},
    {"name": "kind", "constraints": {"enum": ["室内", "室外"]}},
]
CONTRACT = contract_with(FIELDS)
CARD = "210102199001011234"


def text_table(contract, records):
    names = [field.name for field in contract.fields]
    columns = zip(*records, strict=True) if records else [[] for _ in names]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)


def judged(records, contract=CONTRACT, rows=None):
    numbers = range(2, 2 + len(records)) if rows is None else rows
    return conform(text_table(contract, records), pa.array(numbers, pa.int64()), contract).findings


def places(findings):
    return [(finding.row, finding.field, finding.type) for finding in findings]


def test_good_cells_have_no_findings():
    assert judged([["LN-1", "120.5", "2020-02-29", "室内"], ["LN-2", "", "", ""]]) == []


def test_no_rows_have_no_findings():
    assert judged([]) == []


def test_every_bad_cell_is_found_not_only_the_first():
    found = judged([["x", "1,200平", "2026-02-30", "室"], ["LN-1", "0.5", "", "室外"]])
    assert places(found) == [
        (2, "id", "constraint-error"),
        (2, "area", "type-error"),
        (2, "opened", "type-error"),
        (2, "kind", "constraint-error"),
        (3, "area", "constraint-error"),
    ]
    assert {f.judge for f in found} == {"cell"}
    assert {f.severity for f in found} == {"error"}


def test_more_errors_than_frictionless_would_stop_at_are_all_found():
    assert len(judged([[f"LN-{n}", "x", "", ""] for n in range(1500)])) == 1500


def test_rows_are_numbered_as_in_the_persons_file():
    found = judged([["LN-1", "x", "", ""], ["LN-2", "", "", ""], ["LN-1", "", "", ""]], rows=[4, 9, 12])
    assert places(found) == [(4, "area", "type-error"), (12, None, "primary-key")]
    assert "第 4 行" in found[1].message.zh
    assert "row 4" in found[1].message.en
    assert found[1].value == "LN-1"


def test_a_key_of_several_fields_is_shown_whole():
    contract = contract_with(["a", "b", "n:integer"], primary_key=["a", "b"])
    [found] = judged([["x", "y", "1"], ["x", "y", "2"]], contract)
    assert (found.type, found.field, found.value) == ("primary-key", None, "x / y")
    assert "a（标题）、b（标题）" in found.mend.zh


def test_an_empty_key_is_said_to_be_empty_and_not_repeated():
    [found] = judged([["", "1"]], contract_with(["id", "n:integer"]))
    assert (found.type, found.value) == ("primary-key", "")
    assert "为空" in found.message.zh


def test_a_blank_row_is_one_finding_beside_its_empty_key():
    assert places(judged([["", "", "", ""], [None] * 4])) == [
        (2, None, "blank-row"),
        (2, None, "primary-key"),
        (3, None, "blank-row"),
        (3, None, "primary-key"),
    ]


def test_a_unique_field_names_the_row_it_repeats():
    contract = contract_with(["id", {"name": "code", "type": "integer", "constraints": {"unique": True}}])
    [found] = judged([["a", "7"], ["b", "07"]], contract, rows=[5, 6])
    assert (found.row, found.field, found.type, found.value) == (6, "code", "unique-error", "07")
    assert "第 5 行" in found.message.zh


def test_missing_values_of_the_contract_are_empty_cells():
    contract = contract_with(
        ["id", {"name": "n", "type": "integer", "constraints": {"required": True}}], missing_values=["", "--", "无"]
    )
    found = judged([["a", "--"], ["b", "无"], ["c", "0"], ["d", None]], contract)
    assert places(found) == [(row, "n", "constraint-error") for row in (2, 3, 5)]
    assert [f.value for f in found] == ["--", "无", None]


def test_references_are_left_to_the_rules_of_rows():
    contract = contract_with(["id", "site"])
    contract.descriptor["resources"][0]["schema"]["foreignKeys"] = [
        {"fields": ["site"], "reference": {"resource": "sites", "fields": ["id"]}}
    ]
    assert judged([["a", "nowhere"]], contract) == []


def test_what_only_version_2_of_the_standard_knows_is_understood():
    contract = contract_with(["id", {"name": "n", "type": "number", "constraints": {"exclusiveMinimum": 0}}])
    assert places(judged([["a", "0"]], contract)) == [(2, "n", "constraint-error")]


def test_labels_are_not_judged_again():
    contract = contract_with([{"name": " 名称 "}, {"name": "Name"}])
    assert judged([["a", "b"]], contract) == []


@pytest.mark.parametrize("cell", ["sNaN", "-snan12", " sNaN "])
@pytest.mark.parametrize("constraints", [{"minimum": 0}, {"unique": True}, {"enum": ["1"]}, {}])
def test_a_number_that_would_stop_frictionless_is_a_type_error(cell, constraints):
    contract = contract_with([{"name": "n", "type": "number", "constraints": constraints}, "s"])
    found = judged([[cell, "a"], ["1", "b"]], contract)
    assert (2, "n", "type-error") in places(found)
    assert {f.row for f in found} == {2}
    assert [f.value for f in found if f.field == "n"] == [cell]


def test_a_time_with_a_zone_against_a_bound_without_one_is_a_type_error():
    field = {"name": "at", "type": "datetime", "format": "any", "constraints": {"minimum": "2020-01-01T00:00:00"}}
    found = judged([["a", "2021-01-01T00:00:00Z"], ["b", "2021-01-01T00:00:00"]], contract_with(["id", field]))
    assert places(found) == [(2, "at", "type-error")]


HOSTILE = [
    "9" * 5000,
    "1e999999999",
    "[" * 50_000,
    "NaN",
    "-inf",
    "{}",
    "{title}",
    "\0",
    "１２",
    "=cmd()",
    "<script>",
    "\u202e",
    "'; --",
]


@pytest.mark.parametrize(
    "type_", ["integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth", "duration", "geopoint",
              "geojson", "object", "array", "string", "any"]
)  # fmt: skip
def test_no_cell_from_outside_breaks_the_judge(type_):
    contract = contract_with(["id", {"name": "x", "type": type_}])
    for found in judged([[str(n), cell] for n, cell in enumerate(HOSTILE)], contract):
        assert len(found.value) <= 200
        assert found.message.zh
        assert found.mend.en


def test_values_are_cut_and_identity_cards_masked_in_value_and_message():
    found = judged([["LN-1", CARD + "平", "", "x" * 900]])
    assert [f.value for f in found] == ["210102********1234平", "x" * 199 + "…"]
    assert all("19900101" not in f.message.zh + f.message.en and len(f.message.zh) < 200 for f in found)


def test_a_key_that_looks_like_an_identity_card_is_masked():
    [found] = judged([[CARD, "1"], [CARD, "2"]], contract_with(["id", "n:integer"]))
    assert "19900101" not in found.model_dump_json()


CELLS = [
    "",
    "1",
    "01",
    "1.0",
    "x",
    "2020-01-01",
    "2020-1-7",
    "true",
    "室内",
    "--",
    " 1 ",
    "１",
    "NaN",
    "a\nb",
    'q"',
    None,
]
FIELD = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number", "date", "string", "boolean", "year"])},
    optional={"unique": st.just(True), "required": st.just(True)},
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.lists(FIELD, min_size=2, max_size=4),
    records=st.lists(st.lists(st.sampled_from(CELLS), min_size=4, max_size=4), max_size=12),
    keys=st.integers(1, 2),
)
def test_verdicts_are_those_of_frictionless_on_the_same_cells_in_a_file(tmp_path, fields, records, keys):
    described = [
        {"name": f"f{n}", "type": f["type"], "constraints": {k: v for k, v in f.items() if k != "type"}}
        for n, f in enumerate(fields)
    ]
    contract = contract_with(described, primary_key=[f"f{n}" for n in range(keys)], missing_values=["", "--"])
    records = [record[: len(fields)] for record in records]
    path = tmp_path / "cells.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([[f["name"] for f in described], *records])
    schema = Schema.from_descriptor(contract.table_schema)
    report = validate(
        str(path.relative_to(tmp_path)), basepath=str(tmp_path), schema=schema, encoding="utf-8", limit_errors=0
    )
    expected = Counter(
        (row, field or None, kind) for row, field, kind in report.flatten(["rowNumber", "fieldName", "type"])
    )
    assert Counter(places(judged(records, contract))) == expected
