"""Cells lose the value as their field allows: empty, marked in a text, or with their whole row."""

import pyarrow as pa

from pipelines.erasure.sought_values import MARK, SoughtValues
from pipelines.erasure.tables import count_cells, erase_cells

SOUGHT = SoughtValues(["王小明", "13800138000"])
REQUIRED = {"required": True}


def schema(**fields):
    return {"fields": [{"name": name, "constraints": limits} for name, limits in fields.items()], "primaryKey": ["id"]}


def rows(**columns):
    return pa.table({"id": ["a", "b", "c"], **columns})


def test_an_optional_cell_becomes_empty_and_a_longer_text_keeps_the_rest():
    table = rows(note=["王小明", "联系王小明", "x"], tel=[13800138000, 1, None])
    erased = erase_cells(table, SOUGHT, schema(id={}, note={}, tel={}))
    assert erased.cells == count_cells(table, SOUGHT) == 3
    assert erased.table.to_pydict() == {
        "id": ["a", "b", "c"],
        "note": [None, f"联系{MARK}", "x"],
        "tel": [None, 1, None],
    }
    assert erased.table.schema == table.schema


def test_a_required_text_says_that_it_was_erased():
    erased = erase_cells(rows(note=["王小明", "y", "x"]), SOUGHT, schema(id={}, note=REQUIRED))
    assert erased.table.column("note").to_pylist() == [MARK, "y", "x"]


def test_the_row_goes_where_the_cell_cannot_be_emptied():
    for limits in (REQUIRED | {"pattern": "x"}, REQUIRED | {"enum": ["王小明"]}, {"unique": True}):
        erased = erase_cells(rows(note=["王小明", "y", "x"]), SOUGHT, schema(id={}, note=limits))
        assert erased.table.column("id").to_pylist() == ["b", "c"]
    erased = erase_cells(rows(tel=[1, 13800138000, 2]), SOUGHT, schema(id={}, tel=REQUIRED))
    assert erased.table.column("id").to_pylist() == ["a", "c"]
    keyed = pa.table({"id": ["王小明", "b"], "n": [1, 2]})
    assert erase_cells(keyed, SOUGHT, schema(id={}, n={})).table.to_pydict() == {"id": ["b"], "n": [2]}


def test_a_mark_stands_in_no_text_that_has_a_form_of_its_own():
    for field in (
        {"constraints": {"maxLength": 4}},
        {"constraints": {"minLength": 6}},
        {"constraints": {}, "format": "email"},
        {"constraints": {}, "sportlake": {"codelist": "sport"}},
    ):
        told = {"fields": [{"name": "id"}, {"name": "note", **field}], "primaryKey": ["id"]}
        table = rows(note=["找王小明", "y", "x"])
        assert erase_cells(table, SOUGHT, told).table.column("note").to_pylist() == [None, "y", "x"]
        told["fields"][1]["constraints"]["required"] = True
        assert erase_cells(table, SOUGHT, told).table.column("id").to_pylist() == ["b", "c"]


def test_a_table_without_the_value_is_returned_as_it_is():
    table = rows(note=["1", None, "x"])
    assert erase_cells(table, SOUGHT).table is table
