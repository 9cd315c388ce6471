from itertools import pairwise

import pytest

from catalog.preview import CELL_LIMIT, SAMPLE_ROWS, count_places, read_codes, sample_rows
from schemas.policy import Coordinates

AT = Coordinates(lon="lon", lat="lat")


@pytest.fixture
def csv(tmp_path):
    def write(text):
        file = tmp_path / "a.csv"
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())
        return file

    return write


def test_a_short_file_is_shown_whole_as_it_is(csv):
    assert sample_rows(csv('id,name\n007," a, ""b"" "\n008,\n'), 2) == [["007", ' a, "b" '], ["008", ""]]


@pytest.mark.parametrize("total", [21, 100, 999])
def test_the_rows_of_a_longer_one_come_from_all_over_it(csv, total):
    rows = [int(row[0]) for row in sample_rows(csv("id\n" + "".join(f"{n}\n" for n in range(total))), total)]
    assert (len(rows), rows[0]) == (SAMPLE_ROWS, 0)
    steps = [after - before for before, after in pairwise(rows)]
    assert max(steps) - min(steps) <= 1
    assert total - rows[-1] <= max(steps) + 1


@pytest.mark.parametrize("text", ["", "id,name\n"])
def test_a_file_without_rows_has_no_sample(csv, text):
    assert sample_rows(csv(text), 0) == []


def test_a_long_cell_is_cut_and_says_so(csv):
    (row,) = sample_rows(csv(f"a,b\n{'x' * (CELL_LIMIT + 1)},{'y' * CELL_LIMIT}\n"), 1)
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
