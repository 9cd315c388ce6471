"""Which rows are about a person."""

import pyarrow as pa

from quality.disclosure.person_columns import mark_person_rows
from support.contracts import contract_with

NAMED = {"name": "who", "title": "运动员姓名"}


def test_a_row_with_a_name_is_about_a_person():
    table = pa.table({"id": ["a", "b", "c"], "who": ["张三", None, ""]})
    assert mark_person_rows(table, contract_with(["id", NAMED])).to_pylist() == [True, False, False]


def test_a_table_without_names_is_about_nobody():
    assert mark_person_rows(pa.table({"id": ["a"]}), contract_with(["id"])) is None
    assert mark_person_rows(pa.table({"id": ["a"]}), contract_with(["id", NAMED])) is None
