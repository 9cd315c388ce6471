import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.finder.venue_columns import STEPS_PER_DEGREE, pack_degrees, pack_digits, pack_places, pack_texts
from support.finders import unpack

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), max_size=200)


def texts(cells):
    return pa.array(cells, pa.string())


@given(cells=TEXTS)
def test_texts_come_back_as_they_were(cells):
    assert unpack(pack_texts(texts(cells))) == cells
    assert unpack(pack_places(texts(cells))) == cells


@given(cells=st.lists(st.one_of(st.just(""), st.decimals(-180, 180, places=5).map(str)), max_size=50))
def test_degrees_come_back_to_the_metre_and_a_missing_one_stays_missing(cells):
    now, found = 0, []
    for step in pack_degrees(cells)["steps"]:
        now += step or 0
        found.append("" if step is None else now)
    assert found == [round(float(cell) * STEPS_PER_DEGREE) if cell else "" for cell in cells]


def test_a_coordinate_that_is_no_number_is_an_error():
    with pytest.raises(ValueError, match="abc"):
        pack_degrees(["abc"])


def test_what_neighbours_share_is_written_once():
    assert pack_texts(texts(["LN-210102-FB01-00001", "LN-210102-FB01-00002"])) == {
        "front": ["0LN-210102-FB01-00001", "j2"]
    }


def test_a_character_that_browsers_count_twice_is_never_shared():
    assert pack_texts(texts(["a😀b", "a😀c"])) == {"front": ["0a😀b", "1😀c"]}


def test_more_values_than_digits_are_given_as_numbers():
    cells = [str(number) for number in range(62)]
    assert pack_places(texts(cells))["at"] == pack_digits(range(62))
    assert pack_places(texts([*cells, "more"]))["at"] == list(range(63))
