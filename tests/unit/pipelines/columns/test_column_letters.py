"""Letters of columns and their numbers are inverse."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.columns.column_letters import column_letters, column_number


@given(st.integers(1, 16_384))
def test_columns_have_letters_and_letters_are_columns(column):
    assert column_number(column_letters(column)) == column


def test_letters_are_those_of_a_spreadsheet():
    assert [column_letters(column) for column in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert column_number("AA17") == 27
