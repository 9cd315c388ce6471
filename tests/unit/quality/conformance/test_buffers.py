"""Arrow buffers from Python values: texts come back as they were given, also those that hold the separator of their module."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.conformance.buffers import to_strings

TEXTS = st.text(st.one_of(st.characters(), st.just("\0")))


@given(st.lists(st.one_of(st.none(), TEXTS)))
def test_texts_come_back_as_they_were_given(values):
    array = to_strings(values)
    array.validate(full=True)
    assert (array.type, array.to_pylist()) == (pa.string(), values)


@pytest.mark.parametrize("values", [[], [""], ["", ""], [None], ["\0"], ["a\0b", "c"]])
def test_few_texts_and_separators_among_them_come_back(values):
    assert to_strings(values).to_pylist() == values
