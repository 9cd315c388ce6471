"""The search of the columns of some fields."""

import pytest

from pipelines.read import read_file
from pipelines.read.tables import field_columns
from pipelines.read.tables.field_columns import search_fields
from pipelines.read.tables.row_defects import ragged_row
from schemas.execution import spilled_table
from support.contracts import contract_with
from support.files import text

CONTRACT = contract_with([{"name": name, "title": title} for name, title in (("a", "甲"), ("b", "乙"), ("c", "丙"))])


@pytest.mark.parametrize("few", [0, 1000])
def test_columns_of_other_fields_and_of_none_are_not_searched_and_the_order_is_that_of_the_file(
    tmp_path, monkeypatch, few
):
    monkeypatch.setattr(spilled_table, "FEW_ROWS", few)
    reading = read_file(text(tmp_path, "乙,备注,甲,丙\n1,2,3,4\n5,6,7,8\n"), CONTRACT)

    def find(column, rows, field):
        for row, cell in zip(rows.to_pylist(), column.to_pylist(), strict=True):
            yield ragged_row(row, 1, 1, ()).model_copy(update={"field": field.name, "value": cell})

    found = search_fields(reading, CONTRACT, lambda field: field.name != "c", find)
    assert [(one.field, one.row, one.value) for one in found] == [
        ("b", 2, "1"),
        ("b", 3, "5"),
        ("a", 2, "3"),
        ("a", 3, "7"),
    ]
    monkeypatch.setattr(field_columns, "RAGGED_ROWS", 3)
    assert search_fields(reading, CONTRACT, lambda field: field.name != "c", find) == found[:3]
