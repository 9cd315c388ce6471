"""Parts: a file of rows is the part that the rows would be."""

from datetime import time

import pyarrow.parquet as pq
import pytest

from support.contracts import contract_with
from support.lakes import files, key, put, rows
from warehouse.lake import Lake
from warehouse.layout import Layout
from warehouse.parts import restore_types


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
