"""The search of rows part by part finds what a search of all of them at once finds."""

from datetime import date

import pyarrow as pa
import pytest

from quality.row_scan import RowScanner
from schemas.negative_list import NegativeEntry
from schemas.text import Text
from support.contracts import contract_with

CONTRACT = contract_with(
    ["id", "note", "n:integer"],
    policy={"disclosure": {"small_cells": [{"field": "n", "below": 3}], "basis": "统计法"}},
)
ABOUT = Text(zh="军事设施", en="military sites")
ENTRY = NegativeEntry(id="x", name=ABOUT, circumstance=ABOUT, basis="条例", match="contains", words=("军事禁区",), valid_from=date(2026, 1, 1))  # fmt: skip
NOTES = ["电话 13800138000", "位于军事禁区", None, "无", "位于军事禁区", "位于军事禁区"]
TABLE = pa.table({"id": ["a", "b", "c", "d", "d", "f"], "note": NOTES, "n": [1, 9, 2, 9, 9, None]})


def scan(parts):
    scanner = RowScanner(CONTRACT, TABLE.column_names, [ENTRY])
    for part in parts:
        scanner.add_part(scanner.scan_part(part))
    return scanner.read_scan()


@pytest.mark.parametrize("encoded", [False, True])
def test_parts_and_dictionaries_make_no_difference(encoded):
    parts = [TABLE.slice(0, 2), TABLE.slice(2, 3), TABLE.slice(5)]
    if encoded:
        parts = [part.set_column(1, "note", part.column("note").dictionary_encode()) for part in parts]
    whole = scan([TABLE])
    assert scan(parts) == whole
    assert (whole.rows, whole.repeated_keys, whole.repeated_examples) == (6, 1, ("d",))
    assert [(one.type, one.row) for one in whole.findings] == [("small-cell", None), ("negative-list", 3), ("negative-list", 6), ("negative-list", 7), ("no-mobile-number", 2)]  # fmt: skip
    assert all("共 3 行" in one.message.zh for one in whole.findings if one.type == "negative-list")
