"""Arrow buffers from Python values: texts come back as they were given, also those that hold the separator of their module."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.conformance.buffers import find_low_bytes, to_strings

TEXTS = st.text(st.one_of(st.characters(), st.just("\0")))


@given(st.lists(st.one_of(st.none(), TEXTS)))
def test_texts_come_back_as_they_were_given(values):
    array = to_strings(values)
    array.validate(full=True)
    assert (array.type, array.to_pylist()) == (pa.string(), values)


@pytest.mark.parametrize("values", [[], [""], ["", ""], [None], ["\0"], ["a\0b", "c"]])
def test_few_texts_and_separators_among_them_come_back(values):
    assert to_strings(values).to_pylist() == values


def test_positions_of_spaces_are_left_out_of_a_text_of_padded_cells():
    def found(text):
        return find_low_bytes(np.frombuffer(text, np.uint8), ord('"')).tolist()

    assert found(b'\na b"cdefghijklmnopqrstuvwxyz') == [0, 2, 4]
    assert found(b'\na      b"c\t\0') == [0, 9, 11, 12]
