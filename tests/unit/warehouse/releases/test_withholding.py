"""Masked texts and small counts leave the table, everything else stays, and the record counts the cells."""

import pyarrow as pa

from support.contracts import contract_with
from warehouse.releases.withholding import withhold_values

CONTRACT = contract_with(
    ["id", "who", "n:integer", "note"],
    policy={"disclosure": {"protected": ["note"], "masked": [{"field": "who"}], "small_cells": [{"field": "n"}]}},
)
TABLE = pa.table({"id": ["a", "b", "c", "d"], "who": ["张三", None, "张三", "李四"], "n": [0, 1, 2, 3]})


def test_texts_are_masked_and_small_counts_are_empty():
    made = withhold_values(TABLE, CONTRACT)
    assert made.table.to_pydict() == {
        "id": ["a", "b", "c", "d"],
        "who": ["张**", None, "张**", "李**"],
        "n": [0, None, None, 3],
    }
    assert made.table.schema == TABLE.schema
    assert made.record == {"protected": ["note"], "masked_cells": {"who": 3}, "suppressed_cells": {"n": 2}}


def test_withholding_twice_is_withholding_once():
    once = withhold_values(TABLE, CONTRACT).table
    again = withhold_values(once, CONTRACT)
    assert again.table.equals(once)
    assert again.record["masked_cells"] == {"who": 0}


def test_a_contract_that_withholds_nothing_has_no_record_and_the_same_table():
    made = withhold_values(TABLE, contract_with(["id", "who", "n:integer"]))
    assert (made.table, made.record) == (TABLE, {})


def test_no_rows_are_no_trouble():
    assert withhold_values(TABLE.slice(0, 0), CONTRACT).table.num_rows == 0
