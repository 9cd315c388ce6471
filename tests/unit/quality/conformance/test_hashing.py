"""Hashes of key cells: equal for equal values, whatever they stand beside and whoever read them."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.conformance import hashing
from quality.conformance.buffers import to_strings
from quality.conformance.cell_error import UnsuitedForPrefilter


@settings(deadline=None)
@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=10))
def test_a_text_has_one_hash_whatever_it_stands_beside(texts):
    together = hashing.hash_texts(to_strings(texts), None)
    assert [int(h) for h in together] == [int(hashing.hash_texts(to_strings([text]), None)[0]) for text in texts]
    assert [int(h) for h in together] == [int(h) for h in hashing.hash_read_values(texts, pa.string())]
    assert len(set(together.tolist())) == len(set(texts))


@pytest.mark.parametrize(("values", "kept"), [
    ([0, -1, 12, 2**62], pa.int64()), ([0.0, -1.5, 1e300], pa.float64()), ([date(2020, 2, 29), date(1, 1, 1)], pa.date32()),
    ([datetime(2020, 1, 1, 10), datetime(1, 1, 1)], pa.timestamp("us")),  # noqa: DTZ001 - cells without a zone
])  # fmt: skip
def test_a_value_has_the_same_hash_from_arrow_and_from_frictionless(values, kept):
    assert (
        hashing.hash_typed_values(pa.array(values, kept), None).tolist()
        == hashing.hash_read_values(values, kept).tolist()
    )


def test_equal_decimals_have_equal_hashes_in_any_spelling():
    one, two, zero, minus = hashing.hash_read_values(
        [Decimal("1.0"), Decimal("1.00"), Decimal(0), Decimal("-0.0")], pa.float64()
    ).tolist()
    assert (one, zero) == (two, minus)


def test_no_value_is_zero_and_nothing_else_is():
    assert hashing.hash_read_values([None, 0], pa.int64()).tolist()[0] == 0
    assert hashing.hash_typed_values(pa.array([0, 0], pa.int64()), np.array([True, False])).tolist()[0] == 0
    assert 0 not in hashing.hash_distinct_values([0, "", False]).tolist()


def test_a_key_of_several_fields_is_empty_only_if_all_are():
    none, some = np.array([0, 0], np.uint64), np.array([0, 7], np.uint64)
    assert (hashing.hash_rows([none, some]) != 0).tolist() == [False, True]


@pytest.mark.parametrize("value", [[1], {}])
def test_a_value_that_no_key_can_be_is_left_to_frictionless(value):
    with pytest.raises(UnsuitedForPrefilter):
        hashing.hash_distinct_values([value])
