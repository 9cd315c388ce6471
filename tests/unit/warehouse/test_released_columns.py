"""The columns that a release takes from the rows of the lake."""

import pyarrow as pa
import pytest

from support.contracts import contract_with
from warehouse.released_columns import select_released_columns

CONTRACT = contract_with(
    ["id", "phone", "seats:integer"], primary_key=["id"], policy={"disclosure": {"protected": ["phone"]}}
)
COLUMNS = {"id": ["a"], "phone": ["1"], "seats": [2], "department": ["210100"], "period": ["2026"], "submission": ["S"]}


def test_public_fields_then_department_and_period_are_released_whatever_the_order_of_the_columns():
    table = pa.table(dict(reversed(COLUMNS.items())))
    released = select_released_columns(table, CONTRACT)
    assert released.to_pylist() == [{"id": "a", "seats": 2, "department": "210100", "period": "2026"}]
    assert released.column_names == ["id", "seats", "department", "period"]


def test_texts_that_are_dictionaries_stay_so_and_numbers_do_not():
    coded = pa.table({name: pa.array(cells).dictionary_encode() for name, cells in COLUMNS.items()})
    kinds = {
        field.name: pa.types.is_dictionary(field.type) for field in select_released_columns(coded, CONTRACT).schema
    }
    assert kinds == {"id": True, "seats": False, "department": True, "period": True}


def test_a_column_that_is_missing_is_an_error():
    with pytest.raises(KeyError, match="seats"):
        select_released_columns(pa.table(COLUMNS).drop_columns(["seats"]), CONTRACT)
