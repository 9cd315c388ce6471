"""Totals between rows of data: a row is one by its first filled cell, however many there are."""

import pyarrow as pa
import pytest

from pipelines.read import read_file
from pipelines.read.tables.total_rows import find_total_rows, is_total
from support.files import HEADER, ROW, text, venues

MOST, MANY = 1_000, 30_000


def found_in(*columns):
    table = pa.table({str(at): pa.array(cells) for at, cells in enumerate(columns)})
    found = find_total_rows(table, pa.array(range(2, table.num_rows + 2)))
    return [(one.type, one.row, one.value) for one in found.make_all()]


@pytest.mark.parametrize(
    "cell", ["合计", "小 计", "沈阳市合计：", "总计（2个）", "共计 7140㎡", "合计行", "汇总", "Grand Total", "SUBTOTAL"]
)
def test_a_total_is_told_by_its_own_text(cell):
    assert is_total(cell)


@pytest.mark.parametrize("cell", ["合计公司", "设计", "统计", "汇总表", "Total War", ""])
def test_another_text_with_the_same_sign_is_none(cell):
    assert not is_total(cell)


def test_the_first_filled_cell_says_what_the_row_is():
    assert found_in(["LN-1", " ", "合计"], ["合计", " 小计 ", ""]) == [
        ("total-row", 3, "小计"),
        ("total-row", 4, "合计"),
    ]
    assert found_in(["LN-1"], ["甲"]) == []


@pytest.mark.parametrize("total", ["合计", "汇总", "Total"])
def test_a_total_between_rows_may_have_a_running_number(tmp_path, total):
    lines = [f"序号,{HEADER}", f"1,{ROW}", f"2,{total},,7140,", "3,LN-2,南湖公园,50,2024-05-01", ""]
    reading = read_file(text(tmp_path, "\n".join(lines)), venues())
    assert [(one.type, one.row, one.value) for one in reading.findings] == [("total-row", 3, total)]


def test_a_total_beyond_many_rows_that_only_look_like_one_is_found(tmp_path):
    rows = "".join(f"LN-{at},合计,1,\n" for at in range(MANY))
    reading = read_file(text(tmp_path, f"{HEADER}\n{rows}小计,,7140,\n{ROW}\n"), venues())
    assert [(one.type, one.row) for one in reading.findings] == [("total-row", MANY + 2)]


def test_each_of_many_totals_is_an_error_in_its_row(tmp_path):
    rows = "".join(f"LN-{at},甲,1,\n小计,,1\n" for at in range(MANY))
    found = read_file(text(tmp_path, f"{HEADER}\n{rows}{ROW}\n"), venues()).list_found()
    assert [(one.type, one.row) for one in found.findings[-1:]] == [("total-row", 2 * MOST + 1)]
    assert found.list_error_rows().tolist() == [*range(3, 2 * MANY + 2, 2)]
