"""Cells with replacement characters and failed formulas: the first of each column are made, the rows of all are known."""

import pytest

from pipelines.read import read_file
from support.files import HEADER, text, venues

MOST, MANY = 1_000, 10_007


@pytest.fixture(name="reading", scope="module")
def read_damaged(tmp_path_factory):
    rows = (f"LN-{at},和\ufffd园,#REF!,\n" if at != 3 else "LN-3,公园,1,\n" for at in range(MANY))
    return read_file(text(tmp_path_factory.mktemp("marked"), f"{HEADER}\n{''.join(rows)}"), venues())


def places(found):
    return [(one.type, one.row, one.field) for one in found.findings]


def test_the_first_of_a_column_are_made_and_the_rows_of_the_others_known(reading):
    found = reading.list_found()
    assert [one.type for one in reading.findings].count("encoding-error") == MOST
    kinds = {one.kind.type: one.rows.to_pylist() for one in found.unlisted}
    assert kinds["encoding-error"] == list(range(MOST + 3, MANY + 2))
    assert set(found.list_error_rows().tolist()) == {*range(2, MANY + 2)} - {5}


def test_all_are_made_in_full_by_row(reading):
    found = reading.list_found(in_full=True)
    assert found.unlisted == ()
    assert len(found.findings) == 2 * (MANY - 1)
    assert found.findings[-1].value == "#REF!"
    assert [row for _, row, _ in places(found)] == sorted(row for _, row, _ in places(found))


def test_cells_with_another_text_are_left_out(reading):
    cells = next(one for one in reading.marked if one.kind.type == "encoding-error")
    left = cells.drop_rows([2, 2_000])
    assert left.list_first() == [3, 4, *range(6, MOST + 4)]
    assert left.leave_others().rows.to_pylist() == [row for row in range(MOST + 4, MANY + 2) if row != 2_000]


def test_damaged_texts_are_marked_however_many_there_are(tmp_path):
    rows = (f"LN-{at},{'烫烫烫' if at % 2 else '口口'}公园,1,\n" for at in range(2 * MANY))
    found = read_file(text(tmp_path, f"{HEADER}\n{''.join(rows)}"), venues()).list_found()
    counts = {one.kind.type: (one.kind.severity, len(one.rows)) for one in found.unlisted}
    assert counts == {"damaged-text": ("error", MANY - MOST), "doubtful-text": ("warning", MANY - MOST)}


def test_few_are_findings_only(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER}\nLN-1,和\ufffd园,#REF!,\n"), venues())
    assert (len(reading.findings), reading.marked, reading.list_found().unlisted) == (2, (), ())
