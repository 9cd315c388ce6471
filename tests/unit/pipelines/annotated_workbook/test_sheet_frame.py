"""Room for columns of ours beside the table of a department: shown, wide enough, and moved by its filter."""

import xml.etree.ElementTree as ET

import pytest

from pipelines.annotated_workbook.sheet_frame import SheetFrame
from pipelines.annotated_workbook.xlsx_package import MAIN

FRAME = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData></sheetData>{}</worksheet>'


def framed(before="", after=""):
    """The columns (first, last, width, whether hidden) and the area of the filter, after columns 5 and 6 became ours."""
    frame = SheetFrame(FRAME.format(before, after).encode())
    frame.add_columns(5, 6)
    root = ET.fromstring(frame.xml_before_rows() + frame.xml_after_rows(notes=False))  # noqa: S314 - ours
    columns = [tuple(map(one.get, ("min", "max", "width", "hidden"))) for one in root.iter(f"{{{MAIN}}}col")]
    return columns, [one.get("ref") for one in root.iter(f"{{{MAIN}}}autoFilter")]


def test_columns_of_ours_are_shown_although_the_department_hid_what_lies_right_of_its_table():
    columns, _ = framed('<cols><col min="1" max="4" width="9"/><col min="5" max="16384" hidden="1"/></cols>')
    assert columns == [("1", "4", "9", None), ("5", "6", "20", None), ("7", "16384", None, "1")]


def test_a_sheet_without_widths_gets_those_of_our_columns():
    assert framed() == ([("5", "6", "20", None)], [])


@pytest.mark.parametrize(
    ("before", "after"), [("A1:D9", "A1:F9"), ("$B$2:$E$9", "B2:F9"), ("A1:C9", "A1:C9"), ("A1:H9", "A1:H9")]
)
def test_a_filter_that_ends_beside_them_moves_them_with_their_rows(before, after):
    assert framed("", f'<autoFilter ref="{before}"/>')[1] == [after]
