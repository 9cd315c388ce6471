"""What only the XML of a workbook says: results of formulas, hidden rows and columns, macros, links to other files."""

import zipfile

import openpyxl
import pytest

from pipelines.read import read_file
from pipelines.read.workbook_xml import HiddenContent, _scan_piece
from schemas.errors import UnreadableFile
from support.files import HEADER, venues, workbook

TITLES = HEADER.split(",")
DATA = ["LN-1", "和平区体育公园", 7140, "2024-05-01"]


def said(reading):
    return " ".join(decision.zh for decision in reading.decisions)


def with_parts(source, name, parts, change=lambda _name, content: content):
    """A copy of the workbook with more parts, and each part changed."""
    path = source.with_name(name)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(part, old.read(part)))
        for part, content in parts.items():
            new.writestr(part, content)
    return path


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="B2"><f>1+1</f></c>', {(1, 1)}),
        ('<c r="B2"><f>1+1</f><v></v></c>', {(1, 1)}),
        ('<c r="B2" s="1"><f>1+1</f><v/></c>', {(1, 1)}),
        ('<c r="AA10"><f t="shared" si="0"/></c>', {(9, 26)}),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', set()),
        ('<c r="B2" t="str"><f>IF(A1=0,"",1)</f><v></v></c>', set()),
        ('<c r="B2" t="str"><f>A1</f></c>', {(1, 1)}),
        ('<c r="B2"/><c r="C2"><v>1</v></c>', set()),
    ],
)
def test_a_formula_without_its_result_is_told_from_one_whose_result_is_empty(cell, found):
    seen = HiddenContent()
    _scan_piece(f"<row>{cell}</row>".encode(), seen)
    assert seen.uncomputed == found


def test_hidden_rows_and_columns_are_read_and_said(tmp_path):
    path = workbook(tmp_path, {"数据": [TITLES, DATA, DATA, DATA]})
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.save(path)
    reading = read_file(path, venues())
    assert reading.table.num_rows == 3
    assert reading.table.column("面积").to_pylist() == ["7140"] * 3
    assert [(f.type, f.severity, f.row, f.value) for f in reading.findings] == [
        ("hidden-cells", "info", None, "3、4"),
        ("hidden-cells", "info", None, "C"),
    ]


def test_hidden_rows_outside_the_table_are_not_spoken_of(tmp_path):
    path = workbook(tmp_path, {"数据": [["标题"], TITLES, DATA]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0].row_dimensions[1].hidden = True
    book.worksheets[0].column_dimensions["Z"].hidden = True
    book.save(path)
    assert read_file(path, venues()).findings == ()


def test_macros_are_never_run_and_links_never_followed_and_both_are_said(tmp_path):
    parts = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    path = with_parts(workbook(tmp_path, {"数据": [TITLES, DATA]}), "venues.xlsm", parts)
    reading = read_file(path, venues())
    assert reading.table.num_rows == 1
    assert "宏从不运行" in said(reading)
    assert "引用从不打开" in said(reading)


def test_entities_in_a_sheet_are_never_expanded(tmp_path):
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{lol}]>'.encode()

    def change(part, content):
        if "sheet1" not in part:
            return content
        body = content[content.index(b"<worksheet") :]
        return bomb + body.replace(
            b"<sheetData>", b'<sheetData><row r="9" hidden="1"><c r="A9" t="str"><v>&l9;</v></c></row>', 1
        )

    path = with_parts(workbook(tmp_path, {"数据": [TITLES, DATA]}), "bomb.xlsx", {}, change)
    with pytest.raises(UnreadableFile) as refused:
        read_file(path, venues())
    assert refused.value.kind == "corrupt"


def test_a_cell_cut_by_the_end_of_a_piece_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.read.workbook_xml._PIECE", 64)
    path = workbook(tmp_path, {"数据": [TITLES, ["LN-1", "=1+1", 1, None], ["LN-2", "=2+2", 1, None]]})
    assert [(f.row, f.field) for f in read_file(path, venues()).findings] == [(2, "name"), (3, "name")]
