import pytest

from catalog.preview import CELL_LIMIT, FIRST_ROWS, count_places, first_rows, read_codes
from schemas.policy import Coordinates

AT = Coordinates(lon="lon", lat="lat")


@pytest.fixture
def csv(tmp_path):
    def write(text):
        file = tmp_path / "a.csv"
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())
        return file

    return write


def test_the_first_rows_are_those_below_the_header_as_they_are(csv):
    assert first_rows(csv('id,name\n007," a, ""b"" "\n008,\n')) == [["007", ' a, "b" '], ["008", ""]]


def test_there_are_no_more_rows_than_asked_for(csv):
    rows = first_rows(csv("id\n" + "".join(f"{n}\n" for n in range(100))))
    assert [row[0] for row in rows] == [str(n) for n in range(FIRST_ROWS)]


@pytest.mark.parametrize("text", ["", "id,name\n"])
def test_a_file_without_rows_has_no_first_rows(csv, text):
    assert first_rows(csv(text)) == []


def test_a_long_cell_is_cut_and_says_so(csv):
    (row,) = first_rows(csv(f"a,b\n{'x' * (CELL_LIMIT + 1)},{'y' * CELL_LIMIT}\n"))
    assert row == ["x" * (CELL_LIMIT - 1) + "…", "y" * CELL_LIMIT]


def test_places_near_each_other_share_a_cell_and_rows_without_one_are_left_out(csv):
    found = count_places(csv("lat,lon\n41.001,123.001\n41.002,123.009\n38.9,121.6\n,\n41,\n"), AT)
    assert found == {(123.01, 41.01): 2, (121.61, 38.91): 1}


@pytest.mark.parametrize("text", ["x,y\n1,2\n", "lon,lat\n123.4,north\n"])
def test_a_file_that_is_not_what_its_contract_says_is_refused(csv, text):
    with pytest.raises(ValueError, match=r"lon|north"):
        count_places(csv(text), AT)


def test_codes_come_in_the_order_of_their_list_with_both_labels(csv):
    found = read_codes(
        csv(
            "code,zh,en,parent,valid_from,valid_to,superseded_by,note\n1,是,yes,,,,,\n0,否,no,,2020-01-01,2025-12-31,,\n"
        )
    )
    assert [(line.code, line.label.zh, line.label.en, line.valid_to) for line in found] == [
        ("1", "是", "yes", ""), ("0", "否", "no", "2025-12-31"),
    ]  # fmt: skip


def test_a_file_that_is_no_code_list_is_refused(csv):
    with pytest.raises(KeyError):
        read_codes(csv("a,b\n1,2\n"))
