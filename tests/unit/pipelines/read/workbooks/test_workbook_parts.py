"""Parts of an XLSX: names as programs write them, the part of a sheet, number formats of the cell styles."""

import zipfile

import openpyxl
import pytest

from pipelines.read.workbooks.workbook_parts import WorkbookParts, normalise_part_name
from schemas.errors import UnreadableFile
from support.files import workbook


@pytest.mark.parametrize(
    "name",
    [
        "xl/worksheets/sheet1.xml",
        "/xl/worksheets/sheet1.xml",
        "XL\\Worksheets\\Sheet1.xml",
        "xl/x/../worksheets/sheet1.xml",
    ],
)
def test_every_spelling_of_a_part_name_is_the_same_name(name):
    assert normalise_part_name(name) == "xl/worksheets/sheet1.xml"


def test_the_part_of_a_sheet_is_found_by_its_index(tmp_path):
    path = workbook(tmp_path, {"一": [["a"]], "二": [["b"]]})
    with zipfile.ZipFile(path) as archive:
        parts = WorkbookParts(path, archive)
        assert [parts.find_sheet_part(at) for at in range(3)] == [
            "xl/worksheets/sheet1.xml",
            "xl/worksheets/sheet2.xml",
            None,
        ]


def test_the_number_formats_of_the_cell_styles_are_their_codes(tmp_path):
    book = openpyxl.Workbook()
    for at, code in enumerate(["0.00%", '0.00"万元"'], start=1):
        book.worksheets[0].cell(at, 1, 1).number_format = code
    book.save(tmp_path / "formats.xlsx")
    with zipfile.ZipFile(tmp_path / "formats.xlsx") as archive:
        assert WorkbookParts(tmp_path / "formats.xlsx", archive).read_number_formats() == [
            "General",
            "0.00%",
            '0.00"万元"',
        ]


def test_styles_with_a_dtd_are_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(workbook(tmp_path, {"一": [["a"]]})) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + content if part == "xl/styles.xml" else content)
    with zipfile.ZipFile(path) as archive, pytest.raises(UnreadableFile) as refused:
        WorkbookParts(path, archive).read_number_formats()
    assert refused.value.kind == "corrupt"


def test_a_list_of_sheets_with_a_dtd_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>')
        archive.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
    with zipfile.ZipFile(path) as archive, pytest.raises(UnreadableFile) as refused:
        WorkbookParts(path, archive).find_sheet_part(0)
    assert refused.value.kind == "corrupt"
