"""What is public is judged with every column, also those that no contract knows any more."""

from datetime import date

import pyarrow as pa

from quality.disclosure.public_tables import find_leaking_columns, find_leaks, include_columns
from support.contracts import contract_with

CONTRACT = contract_with(["id", "note"], policy={"disclosure": {"protected": ["note"]}})
DAY = date(2026, 11, 25)


def test_every_column_is_searched_and_likely_numbers_are_left_out():
    table = pa.table({"id": ["a", "210102199003071234"], "old": ["手机13800138000", "x"]})
    found = find_leaks(table, pa.array([7, 8]), CONTRACT, (), DAY)
    assert [(f.type, f.row, f.field) for f in found] == [("no-mobile-number", 7, "old")]


def test_columns_are_named_by_what_they_are():
    found = list(find_leaking_columns(["id", "note", "身份证号", "old", "department"], CONTRACT))
    assert [(f.type, f.field) for f in found] == [("protected-field", "note"), ("denied-column", "身份证号")]


def test_a_contract_that_knows_every_column_stays_itself():
    assert include_columns(CONTRACT, ["id", "note", "period"]) is CONTRACT
    assert [f.name for f in include_columns(CONTRACT, ["id", "new"]).fields] == ["id", "note", "new"]
