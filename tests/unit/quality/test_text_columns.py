"""Text columns for searches."""

import pyarrow as pa
import pytest

from quality.text_columns import FEW_BYTES, join_columns, may_match, open_column


def test_a_dictionary_has_each_text_once_and_knows_its_rows():
    column = pa.chunked_array(
        [pa.array(["a", None, "b"]).dictionary_encode(), pa.array(["b", "a"]).dictionary_encode()]
    )
    opened = open_column(column)
    found = {text: list(opened.find_rows(at)) for at, text in enumerate(opened.texts.to_pylist())}
    assert found == {"a": [0, 4], "b": [2, 3]}


def test_plain_texts_are_their_own_rows_and_numbers_are_no_text():
    opened = open_column(pa.chunked_array([["a", "a"]]))
    assert [list(opened.find_rows(at)) for at in range(2)] == [[0], [1]]
    assert open_column(pa.chunked_array([[1, 2]])) is None


def test_the_texts_of_all_columns_are_one_array_without_other_types():
    columns = [pa.chunked_array([["a", None]]), pa.chunked_array([[1, 2]]), pa.chunked_array([["b"], ["c"]])]
    assert join_columns(columns).to_pylist() == ["a", None, "b", "c"]
    assert len(join_columns([])) == 0


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["1234", None, "5678"], False),
        (["12345678"], True),
        (["a?"], False),
        (["a", "?b"], True),
        ([], False),
        (["", None], False),
    ],
)
def test_few_texts_are_searched_as_one_but_not_across_their_ends(texts, found):
    assert may_match(pa.chunked_array([pa.array(texts, pa.string())]), r"(?:[\t-\r]*\d){5}|^\?") is found


def test_many_texts_are_left_to_arrow():
    assert may_match(pa.chunked_array([["b" * FEW_BYTES, "c"]]), "a")
