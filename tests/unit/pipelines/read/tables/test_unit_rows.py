"""Rows around the data that state units: what is taken off the table, and what is read of the rest."""

import pyarrow as pa

from pipelines.read.tables.header import parse_header
from pipelines.read.tables.unit_rows import find_units_below, split_unit_row
from support.files import venues

HEADER = parse_header(["编号", "面积"], venues())
ROWS = pa.array([2, 3, 5], pa.int64())


def table(*rows):
    return pa.table([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], names=["0", "1"])


def test_the_row_of_units_is_taken_off_and_keeps_its_number():
    split = split_unit_row(table(["", "（万㎡）"], ["LN-1", "5"], ["LN-2", "7"]), ROWS, HEADER)
    assert (split.row, split.rows.to_pylist(), split.table.num_rows) == (2, [3, 5], 2)
    assert [(s.field, s.unit, s.row) for s in split.statements] == [("area_m2", "万㎡", 2)]


def test_without_a_known_header_no_row_is_taken_off():
    rows = table(["", "万㎡"], ["LN-1", "5"], ["LN-2", "7"])
    assert split_unit_row(rows, ROWS, parse_header(["编号", "面积"], None)).table.num_rows == 3


def test_only_rows_that_are_not_data_state_units():
    split = split_unit_row(table(["LN-1", "5"], ["面积单位：公顷", "5"], ["注：面积单位为万㎡", ""]), ROWS, HEADER)
    assert [(s.unit, s.row) for s in find_units_below(split, {5})] == [("万㎡", 5)]
    assert find_units_below(split, set()) == ()
