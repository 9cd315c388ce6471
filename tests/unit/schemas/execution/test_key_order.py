"""Keys that rise from row to row."""

from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.execution.key_order import keys_rise

LETTERS = st.sampled_from("ab场")


@given(st.lists(st.tuples(LETTERS, LETTERS), min_size=1, max_size=6))
def test_keys_rise_where_each_is_greater_than_the_one_before_it(keys):
    columns = [pa.array(column, pa.string()) for column in zip(*keys, strict=True)]
    assert keys_rise(columns) == all(before < after for before, after in pairwise(keys))
