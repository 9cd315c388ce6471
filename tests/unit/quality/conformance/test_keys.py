"""Keys of a table whose batches come one after the other, keys of other tables, and typed columns."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from quality.conformance import table as cells_of_tables
from quality.conformance.buffers import drop_offset, to_strings
from quality.conformance.column_check import build_column, replace_values, storable_value
from quality.conformance.keys import find_repeated_places
from quality.conformance.table import conform
from support.conformed import cells_by_frictionless
from support.contracts import contract_with
from support.typed import conform_typed


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(cells_of_tables, "BATCH", 3)


def table_of(**columns):
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def judged(table, contract, first=2):
    rows = pa.array(range(first, first + table.num_rows), pa.int64())
    found = conform(table, rows, contract).findings
    assert sorted((f.row, f.field or "", f.type) for f in found) == cells_by_frictionless(table, rows, contract)
    return found


def test_a_key_that_stands_batches_earlier_is_found_and_the_latest_is_named():
    table = table_of(id=["a", "b", "c", "d", "a", "e", "f", "a"], n=["1"] * 8)
    found = judged(table, contract_with(["id", "n:integer"]), first=10)
    assert [(f.row, f.value) for f in found] == [(14, "a"), (17, "a")]
    assert ["第 10 行" in found[0].message.zh, "第 14 行" in found[1].message.zh] == [True, True]


@pytest.mark.parametrize(("type_", "cells"), [
    ("integer", ["1", "x", "01", " 1 ", "99999999999999999999", "099999999999999999999", None]),
    ("number", ["1", "1.0", "1e0", "NaN", "NaN", "-0", "0", "inf", "Infinity"]), ("date", ["2020-01-07", "2020-1-7", "", ""]),
    ("boolean", ["true", "1", "True", "false"]), ("year", ["2020", "２０２０", "0202", "+202"]), ("string", ["", None, "a", "b", "a"]),
    ("datetime", ["2020-01-01T10:00:00", "2020-01-01 10:00:00", "2020-01-01T10:00:00.0", "2020-01-01T10:00:00Z", "2020-01-01T18:00:00+08:00"]),
    ("yearmonth", ["2020-01", "2020-1", "2020-02"]), ("geopoint", ["1,2", "1.0,2", "2,1"]), ("duration", ["P1D", "PT24H"]),
])  # fmt: skip
def test_keys_are_compared_by_value_in_every_type(type_, cells):
    unique = {"name": "x", "type": type_, "constraints": {"unique": True}}
    contract = contract_with(["id", unique], primary_key=["x", "id"])
    judged(table_of(id=["k"] * len(cells), x=cells), contract)


def test_cells_that_are_not_there_are_missing_whatever_lies_beneath_them():
    text = pa.array(["12", "x", "7", "x"])
    hidden = pa.Array.from_buffers(pa.string(), 4, [pa.py_buffer(b"\x05"), *text.buffers()[1:]])
    assert hidden.to_pylist() == ["12", None, "7", None]
    fields = [
        "id",
        *({"name": n, "type": t, "constraints": {"required": True}} for n, t in (("n", "integer"), ("b", "year"))),
    ]
    table = pa.table({"id": pa.array(list("abcd")), "n": hidden, "b": hidden})
    found = conform_typed(table, pa.array([2, 3, 4, 5]), contract_with(fields))
    assert [(f.row, f.field) for f in found.findings if f.type == "constraint-error"] == [
        (3, "n"),
        (3, "b"),
        (5, "n"),
        (5, "b"),
    ]
    assert found.typed["n"].to_pylist() == [12, None, 7, None]


def test_the_typed_table_keeps_rows_and_says_what_it_has_no_room_for():
    fields = ["id", "n:integer", "x:number", "at:datetime", "when:time"]
    table = table_of(
        id=["a", "b", "c", "d"],
        n=["1", "9" * 20, "x", ""],
        x=["1e3", "1" + "0" * 400, "NaN", "０"],
        at=["2026-01-01T00:00:00Z", "2026-01-01T09:30:00", "", "9999-12-31T23:00:00-08:00"],
        when=["23:00:00Z", "09:30:00", "", "x"],
    )
    found = conform_typed(table, pa.array([2, 3, 4, 5]), contract_with(fields))
    assert found.typed["n"].to_pylist() == [1, None, None, None]
    assert found.typed["x"].to_pylist()[:2] == [1000.0, None]
    assert [str(at) for at in found.typed["at"].to_pylist()] == [
        "2026-01-01 08:00:00",
        "2026-01-01 09:30:00",
        "None",
        "None",
    ]
    assert [str(at) for at in found.typed["when"].to_pylist()] == ["07:00:00", "09:30:00", "None", "None"]
    assert [(o.row, o.field) for o in found.overflows] == [(3, "n"), (3, "x"), (5, "at")]


def test_no_rows_give_a_typed_table_without_rows():
    found = conform_typed(table_of(id=[], n=[]), pa.array([], pa.int64()), contract_with(["id", "n:integer"]))
    assert (found.findings, found.typed.num_rows, found.typed.schema.names) == ([], 0, ["id", "n"])


def test_a_slice_of_a_column_is_read_where_it_lies():
    assert drop_offset(pa.array(["a", "bc", "d"]).slice(1)).to_pylist() == ["bc", "d"]
    assert to_strings(["a", None, "中"]).to_pylist() == ["a", None, "中"]


def test_values_are_put_into_their_places():
    column = replace_values(pa.array([1, None, 3], pa.int64()), {1: 2, 2: None})
    assert column.to_pylist() == [1, 2, None]
    assert build_column(["a", None], pa.string()).to_pylist() == ["a", None]
    assert storable_value(2**63, str(2**63), pa.int64()) is None
    assert [
        str(storable_value(x, "", pa.float64())) for x in (float("nan"), Decimal("sNaN"), Decimal("-inf"), 1.5)
    ] == [
        "nan",
        "nan",
        "-inf",
        "1.5",
    ]


def test_hashes_that_are_alike_in_part_are_told_apart():
    half = 1 << 32
    hashed = np.array([5 * half + 1, 5 * half + 3, 7 * half + 1, 0, 5 * half + 1, 0, 7 * half + 1, 9], np.uint64)
    assert find_repeated_places(hashed).tolist() == [0, 2, 4, 6]
    assert find_repeated_places(hashed[:4]).tolist() == []
    assert find_repeated_places(hashed[:0]).tolist() == []
