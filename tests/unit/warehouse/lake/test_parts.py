"""Parts: a file of rows is the part that the rows would be."""

from datetime import date, datetime, time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.contracts import contract_with
from support.lakes import files, key, put, rows
from warehouse.lake import parts
from warehouse.lake.lake import Lake
from warehouse.lake.parts import restore_types
from warehouse.layout import Layout


@pytest.fixture
def lake(tmp_path):
    return Lake(Layout(tmp_path / "home"))


def test_a_file_of_rows_lands_as_the_part_that_the_rows_would_be(lake, tmp_path):
    contract = contract_with(["id", "t:time"])
    table = rows(("b", time(8, 30)), ("a", None), contract=contract)
    first = put(lake, table, contract=contract)
    before = files(lake)
    lake.write_rows(contract, table.take([1, 0]), tmp_path / "rows")
    assert put(lake, tmp_path / "rows", contract=contract) == first
    assert files(lake) == before
    assert put(lake, tmp_path / "rows", to=key("210200"), contract=contract) == first + 1
    assert lake.count_slice_rows(contract) == {key(): 2, key("210200"): 2}
    landed = restore_types(pq.read_table(tmp_path / "rows"), contract)
    assert landed.equals(table.take([1, 0]))
    assert restore_types(table, contract).equals(table)


KINDS = ("id", "n:integer", "x:number", "b:boolean", "d:date", "m:datetime", "t:time", "y:year")
FILLED = (
    -(2**62),
    0.1,
    True,
    date(1949, 10, 1),
    datetime.fromisoformat("2026-11-30T08:30:00.000001"),
    time(8, 30),
    2026,
)


def test_a_part_of_rows_with_clear_keys_is_that_of_duckdb_but_for_its_bytes(lake, tmp_path, monkeypatch):
    contract = contract_with(list(KINDS))
    table = rows(("b", *FILLED), ("", *[None] * 7), ("汉", *FILLED), contract=contract)
    lake.write_rows(contract, table, tmp_path / "arrow")
    monkeypatch.setattr(parts, "split_by_key", lambda *_: None)
    lake.write_rows(contract, table, tmp_path / "duckdb")
    by_duckdb, by_arrow = (pq.ParquetFile(tmp_path / name) for name in ("duckdb", "arrow"))
    assert by_arrow.metadata.created_by != by_duckdb.metadata.created_by, "one writer wrote both"
    assert by_arrow.read().equals(by_duckdb.read())
    assert by_arrow.schema.names == by_duckdb.schema.names
    plain = "Int(bitWidth=64, isSigned=true)"  # what a whole number without a logical type is, too
    kinds = [
        [
            (column.physical_type, str(column.logical_type).replace(plain, "None"))
            for column in map(file.schema.column, range(8))
        ]
        for file in (by_duckdb, by_arrow)
    ]
    assert kinds[0] == kinds[1]


def test_the_bytes_of_a_large_part_do_not_depend_on_the_chunks_of_its_table(lake, tmp_path):
    contract = contract_with(["id", "n:integer"])
    whole = pa.table({"id": [f"{n:06}" for n in range(130_000)], "n": range(130_000)})
    chunked = pa.concat_tables(whole.slice(start, 777) for start in range(0, len(whole), 777))
    for name, table in (("whole", whole), ("chunked", chunked)):
        lake.write_rows(contract, table, tmp_path / name)
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "chunked").read_bytes()
    assert pq.read_table(tmp_path / "whole").equals(whole)


def test_a_large_part_has_dictionaries_where_cells_repeat_and_bounds_of_its_key(lake, tmp_path):
    contract = contract_with(["id", "n:integer"])
    table = pa.table({"id": [f"{n:06}" for n in range(1_000)], "n": [n % 7 for n in range(1_000)]})
    lake.write_rows(contract, table, tmp_path / "rows")
    key, repeating = (pq.read_metadata(tmp_path / "rows").row_group(0).column(at) for at in range(2))
    assert (key.has_dictionary_page, repeating.has_dictionary_page) == (False, True)
    assert (key.statistics.min, key.statistics.max, repeating.statistics) == ("000000", "000999", None)


def test_the_bytes_of_a_large_part_do_not_depend_on_the_order_of_its_rows(lake, tmp_path):
    """Rows out of order are gathered as dictionaries, rows in order are written as they are."""
    contract = contract_with(["area", "id", "kind", "late", "name", "none"], primary_key=("area", "id"))
    many = range(250_000)
    rows_in_order = pa.table(
        {
            "area": [f"2101{n * 20 // len(many):02}" for n in many],
            "id": [f"{n:06}" for n in many],
            "kind": [(None, "", "汉", "b", "a")[n * 7 % 5] for n in many],
            "late": [None if n < 200_000 else f"{n % 3}" for n in many],
            "name": [f"{n % 400}" if n < 100_000 else f"{n * 7:099}" for n in many],
            "none": pa.nulls(len(many), pa.string()),
        }
    )
    for name, step in (("rising", 1), ("falling", -1), ("mixed", 7_919)):
        given = rows_in_order.take(pa.array(np.arange(len(many)) * step % len(many)))
        lake.write_rows(contract, given, tmp_path / name)
    assert (tmp_path / "rising").read_bytes() == (tmp_path / "falling").read_bytes()
    assert (tmp_path / "rising").read_bytes() == (tmp_path / "mixed").read_bytes()
    assert pq.read_table(tmp_path / "mixed").equals(rows_in_order)
    bounds = pq.read_metadata(tmp_path / "mixed").row_group(1).column(0).statistics
    assert (bounds.min, bounds.max) == ("210109", "210119")
