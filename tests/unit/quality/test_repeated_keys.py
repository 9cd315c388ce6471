"""Keys of more than one row, and the rows that have them."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from quality.repeated_keys import find_repeated_keys, mark_rows_with_keys

KEYS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 2)), max_size=12)


def table_of(keys):
    return pa.table(
        {
            "x": pa.array([x for x, _ in keys], pa.string()),
            "y": pa.array([y for _, y in keys], pa.int64()),
            "z": pa.array(range(len(keys)), pa.int64()),
        }
    )


@given(KEYS)
def test_they_are_the_keys_that_counting_finds_in_the_order_of_their_first_rows(keys):
    found = find_repeated_keys(table_of(keys), ("x", "y"))
    assert found == [key for key in dict.fromkeys(keys) if keys.count(key) > 1]
    assert mark_rows_with_keys(table_of(keys), ("x", "y"), found) == [keys.count(key) > 1 for key in keys]


def test_a_table_without_one_of_the_fields_has_none():
    assert find_repeated_keys(table_of([("a", 1), ("a", 1)]), ("x", "w")) == []
