"""Text columns for searches."""

import pyarrow as pa
import pytest

from quality.text_columns import (
    FEW_BYTES,
    find_matching,
    holds_match,
    join_columns,
    match_texts,
    may_match,
    may_occur,
    open_column,
    search_once,
)


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


@pytest.mark.parametrize(("distinct", "once"), [(3, True), (9_000, False)])
def test_a_large_column_is_searched_once_for_each_text_if_its_first_ones_repeat(distinct, once):
    cells = [f"{at % distinct}" if at % 7 else None for at in range(9_000)]
    searched = search_once(pa.array(cells, pa.string()))
    assert (searched.cells is not None) is once
    rows = {text: list(searched.find_rows(at)) for at, text in enumerate(searched.texts.to_pylist()) if text == "1"}
    assert rows == {"1": [at for at, cell in enumerate(cells) if cell == "1"]}


@pytest.mark.parametrize("distinct", [3, 9_000])
@pytest.mark.parametrize("pattern", ["^1$", "^-"])
def test_a_match_is_found_among_distinct_texts_as_among_all(distinct, pattern):
    cells = [f"{at % distinct}" if at % 7 else None for at in range(9_000)]
    column = pa.chunked_array([cells[:100], cells[100:]], pa.string())
    assert holds_match(column, pattern) is ("1" in pattern)
    assert find_matching(column, pattern) == (["1"] if "1" in pattern else [])


def test_a_column_without_texts_holds_no_match():
    assert holds_match(pa.chunked_array([[None]], pa.string()), "") is False


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


def test_few_texts_match_as_many_do():
    texts = ["12345", None, "", "1\n2345", "张1", "１２345", "b?", "a\n?"]
    padded = pa.chunked_array([[*texts, "b" * FEW_BYTES]])
    for pattern in (r"(?:[\t-\r]*[0-9]){5}|^\?", "[1１]", "1.2", "(?i:B)"):
        assert (
            match_texts(pa.chunked_array([texts]), pattern).to_pylist() == match_texts(padded, pattern).to_pylist()[:-1]
        )


@pytest.mark.parametrize("place", [0, 8_999])
@pytest.mark.parametrize(("written", "found"), [("abc", False), ("a沈c", True), (None, False)])
def test_many_texts_are_searched_as_one(place, written, found):
    cells = ["ab"] * 9_000
    cells[place] = written
    whole = pa.array([*cells, "沈", None], pa.string()).slice(0, 9_000)
    assert may_occur(whole, "[沈阳]") is found
    assert may_occur(pa.chunked_array([whole.slice(0, 4_000), whole.slice(4_000)]), "[沈阳]") is found
    assert may_occur(whole.slice(0, 5), "[沈阳]"), "few texts are not searched"
