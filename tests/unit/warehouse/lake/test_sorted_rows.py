"""The rows of a large slice by key: in DuckDB's order, and left to DuckDB where keys do not tell rows apart."""

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.lake import sorted_rows
from warehouse.lake.sorted_rows import have_same_rows, split_by_key

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)


def rows(keys, more):
    texts, numbers = zip(*keys, strict=True)
    return pa.table({"text": pa.array(texts, pa.string()), "number": pa.array(numbers, pa.int64()), "more": more})


def sort_by_key(table, key):
    """Returns all row groups as one table, None if there are none."""
    groups = split_by_key(table, key)
    return None if groups is None else pa.concat_tables(groups)


@pytest.fixture(scope="module")
def database():
    """Opened once: opening costs more than what an example asks of it."""
    with duckdb.connect() as opened:
        yield opened


@given(keys=st.lists(st.tuples(TEXTS, st.integers(-5, 5)), min_size=1, max_size=40, unique=True))
def test_rows_are_in_the_order_of_duckdb(database, keys):
    table = rows(keys, list(range(len(keys))))
    with database.cursor() as con:
        con.register("given", table)
        expected = con.sql("select * from given order by text, number").to_arrow_table()
    found = sort_by_key(table, ["text", "number"])
    assert found is not None
    assert found.to_pylist() == expected.to_pylist()


@pytest.mark.parametrize(
    "column",
    [
        ["a", "a"],
        ["a", None],
        [1.5, 2.5],
        pa.array(["a", "b"]).dictionary_encode(),
    ],
)
def test_keys_that_repeat_lack_values_or_sort_otherwise_are_left_to_duckdb(column):
    assert sort_by_key(pa.table({"key": column}), ["key"]) is None


@pytest.mark.parametrize("key", [["text"], ["number"], []])
def test_the_order_of_rows_and_of_equal_keys_makes_no_difference_and_each_cell_does(key):
    one = pa.table({"text": ["b", "a", "c"], "number": [1, 1, None]})
    assert have_same_rows(one, one.take([2, 1, 0]), key)
    assert not have_same_rows(one, one.slice(1), key)
    assert not have_same_rows(one, one.set_column(1, "number", pa.array([1, 2, None])), key)
    assert not have_same_rows(one, one.set_column(1, "number", pa.array(["1", "1", None])), key)


def test_without_a_key_or_rows_nothing_is_sorted():
    assert sort_by_key(pa.table({"key": ["b", "a"]}), []) is None
    assert sort_by_key(pa.table({"key": pa.array([], pa.string())}), ["key"]) is None


@pytest.mark.parametrize("few", [0, 2])
def test_many_rows_are_sorted_as_few_are(monkeypatch, few):
    monkeypatch.setattr(sorted_rows, "FEW_ROWS", few)
    found = sort_by_key(pa.table({"key": ["b", "a"], "more": [1, None]}), ["key"])
    assert found is not None
    assert found.to_pydict() == {"key": ["a", "b"], "more": [None, 1]}


def test_days_and_chunks_are_sorted_whole():
    days = [date(2026, 1, at) for at in (3, 1, 2)]
    table = pa.concat_tables([pa.table({"day": [day], "more": [None]}) for day in days])
    found = sort_by_key(table, ["day"])
    assert found is not None
    assert found.column("day").to_pylist() == sorted(days)


def test_rows_whose_keys_rise_are_returned_as_they_are(monkeypatch):
    monkeypatch.setattr(sorted_rows.pc, "sort_indices", None)
    table = pa.table({"key": ["a", "b"], "more": [2, 1]})
    assert sort_by_key(table, ["key"]).equals(table)


@pytest.mark.parametrize("step", [1, -1, 7_919])
def test_groups_of_rows_do_not_depend_on_the_chunks_and_the_order_of_a_table(step):
    whole = pa.table({"key": range(300_000), "text": map(str, range(300_000))})
    given = whole.take(pa.array(np.arange(300_000) * step % 300_000))
    chunked = pa.concat_tables(given.slice(start, 30_000) for start in range(0, 300_000, 30_000))
    groups = [[*split_by_key(table, ["key"])] for table in (given, chunked)]
    assert [len(group) for group in groups[0]] == [len(group) for group in groups[1]] == [122_880, 122_880, 54_240]
    assert {group.column("key").num_chunks for group in groups[1]} == {1}
    assert pa.concat_tables(groups[1]).equals(whole)


def test_many_rows_in_another_order_are_the_same_rows():
    """Texts that repeat are gathered as dictionaries; compared they are as they were."""
    one = pa.table({"key": range(40_000), "text": [(None, "", "a")[n % 3] for n in range(40_000)]})
    assert have_same_rows(one, one.take(pa.array(range(39_999, -1, -1))), ["key"])
    other = one.set_column(1, "text", pa.array([*one.column("text").to_pylist()[:-1], "b"]))
    assert not have_same_rows(one, other.take(pa.array(range(39_999, -1, -1))), ["key"])
