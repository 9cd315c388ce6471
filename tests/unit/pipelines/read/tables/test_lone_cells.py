"""Rows with one filled cell between rows of data are no records; each cell that they lack would be a finding."""

import openpyxl
import pytest

from pipelines.read import read_file
from support.contracts import contract_with
from support.files import text

NAMES = ("id", "name", "place", "kind", "area", "note")
HEADER = ",".join(NAMES)
ROW = "LN-1,体育馆,海城市,FB01,50,"


def halls(required=5):
    fields = [{"name": name, "constraints": {"required": at < required}} for at, name in enumerate(NAMES)]
    return contract_with(fields)


def found_in(folder, *lines, header=HEADER, contract=None):
    content = "\n".join([header, *lines, ""])
    return [(one.type, one.row, one.value) for one in read_file(text(folder, content), contract or halls()).findings]


@pytest.mark.parametrize("row", ["二、海城市,,,,,", ",（一）海城市,,,,", ",,,,,迁建中", "LN-2,,,,,", "二、海城市"])
def test_a_row_with_one_filled_cell_is_one_finding(tmp_path, row):
    assert found_in(tmp_path, ROW, row, ROW) == [("lone-cell", 3, row.strip(","))]


def test_a_running_number_does_not_count(tmp_path):
    found = found_in(tmp_path, f"1,{ROW}", "2,海城市,,,,,", f"3,{ROW}", header=f"序号,{HEADER}")
    assert found == [("lone-cell", 3, "海城市")]


def test_a_total_is_told_as_a_total(tmp_path):
    assert found_in(tmp_path, ROW, "小计,,,,,", ROW) == [("total-row", 3, "小计")]


def test_rows_with_more_cells_and_tables_that_need_few_are_left_to_the_check_of_cells(tmp_path):
    assert found_in(tmp_path, ROW, "LN-2,体育馆,,,,", ROW) == []
    assert found_in(tmp_path, ROW, "LN-2,,,,,", ROW, contract=halls(required=3)) == []


def test_each_of_many_rows_is_told_and_none_is_data(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER}\n" + f"{ROW}\n海城市,,,,,\n" * 3_000 + f"{ROW}\n"), halls())
    assert reading.list_found().list_error_rows().tolist() == list(range(3, 6_002, 2))


def test_a_heading_that_is_merged_over_all_columns_is_one_finding(tmp_path):
    book = openpyxl.Workbook()
    for row in (NAMES, ROW.split(","), ["二、海城市"], ROW.split(",")):
        book.active.append(row)
    book.active.merge_cells("A3:F3")
    book.save(tmp_path / "halls.xlsx")
    found = read_file(tmp_path / "halls.xlsx", halls()).list_found()
    assert [(one.type, one.row) for one in found.findings] == [("lone-cell", 3)]
    assert "只有一个单元格有内容（“二、海城市”）" in found.findings[0].message.zh


def test_a_total_in_merged_cells_is_not_to_be_filled_in(tmp_path):
    book = openpyxl.Workbook()
    for row in (NAMES, ROW.split(","), ["小计", None, None, None, 50], ROW.split(",")):
        book.active.append(row)
    book.active.merge_cells("A3:C3")
    book.save(tmp_path / "halls.xlsx")
    found = read_file(tmp_path / "halls.xlsx", halls()).list_found()
    assert [(one.type, one.row) for one in found.findings] == [("total-row", 3)]
