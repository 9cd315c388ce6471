"""A finding names its cell as Excel does, in the file that was sent: with titles above, columns left out, and in every format."""

import json

import openpyxl
import pytest

from pipelines.submissions.checks.cell_names import cell_name
from pipelines.submissions.validation import validate_submission
from support.files import HEADER, text, venues
from support.workspaces import workspace_with

BAD = ["LN-2", "乙", "多", "2024-05-01"]
GOOD = ["LN-1", "甲", "5", "2024-05-01"]


def cells(tmp_path, file):
    workspace = workspace_with(tmp_path, venues())
    (contract,) = workspace.contracts.values()
    return {(one.type, one.cell) for one in validate_submission(workspace, file, contract).findings}


@pytest.mark.parametrize(("row", "column", "name"), [(17, 6, "F17"), (1, 1, "A1"), (2, 27, "AA2"), (3, 703, "AAA3")])
def test_a_cell_is_named_by_letters_and_row(row, column, name):
    assert cell_name(row, column) == name


def test_titles_above_the_table_and_columns_that_are_left_out_count(tmp_path):
    lines = ["全省场地,,,,,", "备注,,编号,名称,面积,建成日期", "x,," + ",".join(GOOD), "y,," + ",".join(BAD)]
    assert cells(tmp_path, text(tmp_path, "\n".join(lines))) == {("extra-label", "A2"), ("type-error", "E4")}


def test_a_table_that_begins_in_another_column_of_a_workbook_is_named_there(tmp_path):
    book = openpyxl.Workbook()
    for at, row in enumerate([HEADER.split(","), GOOD, BAD], start=5):
        for column, value in enumerate(row, start=25):
            book.active.cell(at, column, value)
    book.save(tmp_path / "venues.xlsx")
    assert cells(tmp_path, tmp_path / "venues.xlsx") == {("type-error", "AA7")}


def test_json_is_named_as_a_spreadsheet_would_open_it(tmp_path):
    rows = [dict(zip(("id", "name", "area_m2", "built"), row, strict=True)) for row in (GOOD, BAD)]
    assert cells(tmp_path, text(tmp_path, json.dumps(rows), name="venues.json")) == {("type-error", "C3")}


def test_of_two_columns_for_one_field_the_one_that_is_not_read_is_named(tmp_path):
    lines = ["编号,名称,面积,建成日期,名称", ",".join([*GOOD, "甲"])]
    assert cells(tmp_path, text(tmp_path, "\n".join(lines))) == {("duplicate-label", "E1")}


def test_a_finding_on_no_one_cell_has_no_name(tmp_path):
    lines = ["名称,面积,建成日期", "甲,5,2024-05-01"]
    assert cells(tmp_path, text(tmp_path, "\n".join(lines))) == {("missing-label", None)}
