"""A proposal that is left in the marked workbook is accepted by the next hand-in, which says which were; a changed cell is not touched.

Each test hands a file in, opens the marked workbook as a person would, and hands that in.
"""

import csv
import io
import json

import openpyxl
import pytest

from pipelines.annotated_workbook.make import SHEET
from pipelines.intake import read_accepted_rows
from support.files import HEADER, venues
from support.walked import take_file
from support.workspaces import workspace_with

TITLES = HEADER.split(",")
FILLING = [[f"LN-{n}", "体育公园", n, "2024-05-01"] for n in range(100, 103)]
BAD = [["LN-1", "甲", "约500", "2024-05-01"], ["LN-2", "乙", 7, "24/5/2"], ["LN-3", "丙", "约900", "24/5/3"]]
AREAS = ("原填值：面积", "建议值：面积")
DAYS = ("原填值：建成日期", "建议值：建成日期")


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, venues())


def saved(book):
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def workbook_with(*rows):
    book = openpyxl.Workbook()
    book.active.title = "数据"
    for row in (TITLES, *rows):
        book.active.append(row)
    return book


def sent(workspace, content, name="sample_2026.xlsx"):
    return take_file(workspace, content, name)


def marked(workspace, receipt, sheet="数据"):
    book = openpyxl.load_workbook(workspace.layout.receipt_file(receipt.number, "xlsx"))
    return book, book[sheet]


def columns(sheet, header=1):
    return {cell.value: cell.column for cell in sheet[header] if cell.value}


def page(workspace, receipt):
    return workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")


def landed(workspace, receipt, field="area_m2"):
    rows = read_accepted_rows(workspace, receipt.number)
    return dict(zip(rows.column("id").to_pylist(), map(str, rows.column(field).to_pylist()), strict=True))


def taken(receipt):
    return {one.cell: (one.old, one.new) for one in receipt.accepted_proposals}


def test_proposals_that_are_left_are_accepted_and_the_receipt_says_which(workspace):
    first = sent(workspace, saved(workbook_with(*BAD, *FILLING)))
    book, sheet = marked(workspace, first)
    assert list(columns(sheet)) == [*TITLES, *AREAS, *DAYS]
    assert [[cell.value for cell in row[4:]] for row in sheet.iter_rows(min_row=2, max_row=4)] == [
        ["约500", "500", None, None],
        [None, None, "24/5/2", "2024-05-02"],
        ["约900", "900", "24/5/3", "2024-05-03"],
    ]
    assert (sheet["F2"].number_format, sheet["C2"].value) == ("@", "约500")
    again = sent(workspace, saved(book))
    assert (first.outcome, again.outcome, again.findings) == ("quarantine", "accept", ())
    assert taken(again) == {
        "C2": ("约500", "500"), "C4": ("约900", "900"), "D3": ("24/5/2", "2024-05-02"), "D4": ("24/5/3", "2024-05-03"),
    }  # fmt: skip
    assert again.rewrites["proposal"] == 4
    assert any("采纳建议值 4 处：C2、C4、D3、D4" in text.zh for text in again.decisions)
    written = json.loads(workspace.layout.receipt_file(again.number, "json").read_text(encoding="utf-8"))
    assert [one["cell"] for one in written["accepted_proposals"]] == ["C2", "C4", "D3", "D4"]
    assert ("采纳建议值 4 处" in page(workspace, again), "<td>约900</td><td>900</td>" in page(workspace, again)) == (
        True,
        True,
    )
    assert landed(workspace, again)["LN-3"] == "900.0"


def test_a_deleted_proposal_is_refused_and_the_others_hold(workspace):
    book, sheet = marked(workspace, sent(workspace, saved(workbook_with(*BAD, *FILLING))))
    at = columns(sheet)
    sheet.cell(4, at[AREAS[1]]).value = None
    again = sent(workspace, saved(book))
    assert sorted(taken(again)) == ["C2", "D3", "D4"]
    assert [(one.cell, one.value) for one in again.findings] == [("C4", "约900")]


def test_a_deleted_column_refuses_all_of_its_proposals(workspace):
    book, sheet = marked(workspace, sent(workspace, saved(workbook_with(*BAD, *FILLING))))
    sheet.delete_cols(5, 2)
    again = sent(workspace, saved(book))
    assert sorted(taken(again)) == ["D3", "D4"]
    assert [one.cell for one in again.findings] == ["C2", "C4"]


def test_proposals_move_with_their_rows_and_rows_may_be_deleted(workspace):
    book, sheet = marked(workspace, sent(workspace, saved(workbook_with(*BAD, *FILLING))))
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    del rows[1]
    sheet.delete_rows(2, 99)
    for row in reversed(rows):
        sheet.append(row)
    again = sent(workspace, saved(book))
    assert again.outcome == "accept"
    assert taken(again) == {"C6": ("约500", "500"), "C5": ("约900", "900"), "D5": ("24/5/3", "2024-05-03")}
    assert landed(workspace, again)["LN-1"] == "500.0"


def test_a_cell_that_was_corrected_keeps_its_own_value_and_the_receipt_says_so(workspace):
    book, sheet = marked(workspace, sent(workspace, saved(workbook_with(*BAD, *FILLING))))
    sheet["C2"], sheet["D3"] = 480, "2024-05-02"
    again = sent(workspace, saved(book))
    assert (again.outcome, sorted(taken(again))) == ("accept", ["C4", "D4"])
    assert landed(workspace, again)["LN-1"] == "480.0"
    assert [text.zh for text in again.decisions if "另行修改" in text.zh] == [
        "1 处单元格已另行修改，以修改后的值为准，未采用建议值：C2"
    ]


def test_a_row_of_which_only_the_proposals_are_left_is_blank(workspace):
    book, sheet = marked(workspace, sent(workspace, saved(workbook_with(*BAD, *FILLING))))
    for cell in sheet[2][:4]:
        cell.value = None
    again = sent(workspace, saved(book))
    assert (again.outcome, again.rows, sorted(taken(again))) == ("accept", 5, ["C4", "D3", "D4"])


def test_what_was_accepted_stays_accepted_while_other_cells_are_mended(workspace):
    rows = [*BAD, ["坏", "丁", 1, "2024-05-01"], *FILLING]
    book, sheet = marked(workspace, sent(workspace, saved(workbook_with(*rows))))
    sheet["C4"] = "大约若干"
    second = sent(workspace, saved(book))
    assert sorted(one.cell or "" for one in second.findings) == ["A5", "C4"]
    book, sheet = marked(workspace, second)
    assert [[cell.value for cell in row[4:]] for row in sheet.iter_rows(max_row=5)] == [
        [*AREAS, *DAYS],
        ["约500", "500", None, None],
        [None, None, "24/5/2", "2024-05-02"],
        [None, None, "24/5/3", "2024-05-03"],
        [None, None, None, None],
    ]
    sheet["A5"], sheet["C4"] = "LN-5", 800
    third = sent(workspace, saved(book))
    assert (third.outcome, sorted(taken(third))) == ("accept", ["C2", "D3", "D4"])


def test_the_marked_workbook_of_a_csv_is_accepted_too_also_when_it_is_saved_as_csv(workspace):
    content = "\n".join(["场地登记表", ",".join(TITLES), *(",".join(map(str, row)) for row in (*BAD, *FILLING))])
    book, sheet = marked(workspace, sent(workspace, content, "sample_2026.csv"), SHEET)
    assert list(columns(sheet, 2)) == [*TITLES, *AREAS, *DAYS]
    lines = io.StringIO()
    csv.writer(lines).writerows([cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2))
    again = sent(workspace, saved(book))
    assert (again.outcome, sorted(taken(again))) == ("accept", ["C3", "C5", "D4", "D5"])
    third = sent(workspace, lines.getvalue().encode("gb18030"), "sample_2026.csv")
    assert (third.outcome, sorted(taken(third)), third.encoding) == ("accept", ["C2", "C4", "D3", "D4"], "gb18030")


def test_proposals_that_cannot_be_compared_are_not_used_and_that_is_a_warning(workspace):
    book, sheet = marked(workspace, sent(workspace, saved(workbook_with(*BAD, *FILLING))))
    sheet.delete_cols(5)
    again = sent(workspace, saved(book))
    assert sorted(taken(again)) == ["D3", "D4"]
    assert {(one.type, one.severity) for one in again.findings} == {
        ("proposal-unused", "warning"),
        ("type-error", "error"),
    }


def test_the_columns_are_no_unknown_columns_and_their_text_is_not_judged(workspace):
    rows = [["LN-1", "銆婃矆闃冲競浣撹偛棣嗐€�", 5, "2024-05-01"], *FILLING]
    first = sent(workspace, saved(workbook_with(*rows)))
    assert {one.type for one in first.findings} <= {"encoding-error", "damaged-text"}
    book, sheet = marked(workspace, first)
    sheet["B2"] = "沈阳市体育馆"
    again = sent(workspace, saved(book))
    assert (again.outcome, again.findings) == ("accept", ())


def test_the_layout_of_the_department_stays_and_its_filter_takes_the_proposals_along(workspace):
    book = workbook_with(*BAD, *FILLING)
    sheet = book.active
    sheet.insert_rows(1)
    sheet["A1"] = "场地登记表"
    sheet.merge_cells("A1:F1")
    sheet.auto_filter.ref = "A2:D8"
    sheet.column_dimensions["B"].width = 33
    for letter in "EFGH":
        sheet.column_dimensions[letter].hidden = True
    book, sheet = marked(workspace, sent(workspace, saved(book)))
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:F1"]
    assert (sheet.auto_filter.ref, sheet.column_dimensions["B"].width) == ("A2:H8", 33)
    assert [sheet.column_dimensions[letter].hidden for letter in "EFGH"] == [False] * 4
    assert list(columns(sheet, 2)) == [*TITLES, *AREAS, *DAYS]
    again = sent(workspace, saved(book))
    assert (again.outcome, sorted(taken(again))) == ("accept", ["C3", "C5", "D4", "D5"])


def test_a_value_written_over_a_proposal_is_taken_as_typed(workspace):
    book, sheet = marked(workspace, sent(workspace, saved(workbook_with(*BAD, *FILLING))))
    sheet["F2"] = 510
    again = sent(workspace, saved(book))
    assert (taken(again)["C2"], landed(workspace, again)["LN-1"]) == (("约500", "510"), "510.0")


@pytest.mark.parametrize("taken_up", [1_000, 2_100])
def test_of_many_damaged_cells_those_that_are_left_are_listed_and_counted(workspace, taken_up):
    titles = [*TITLES, f"原填值：{TITLES[1]}", f"建议值：{TITLES[1]}"]
    lines = (f"LN-{n},坏\ufffd,5,2024-05-01,坏\ufffd,{'公园' if n < taken_up else ''}" for n in range(2_100))
    receipt = sent(workspace, "\n".join([",".join(titles), *lines]), "sample_2026.csv")
    left = 2_100 - taken_up
    assert receipt.counts == ({"encoding-error": left} if left else {})
    assert [one.row for one in receipt.findings] == [*range(1_002, 2_002)][:left]
    assert receipt.truncated == (left > 1_000)
