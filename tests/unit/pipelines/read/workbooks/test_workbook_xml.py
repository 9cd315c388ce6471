"""What only the XML of a workbook says: results of formulas, hidden rows and columns, macros, links to other files."""

import re
import zipfile

import openpyxl
import pytest

from pipelines.read import read_file
from pipelines.read.workbooks.workbook_xml import HiddenContent, _may_hide_anything, _SheetScan
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


def scanned(rows, before="", after="", root="worksheet"):
    found = HiddenContent()
    scan = _SheetScan(found)
    scan.feed_piece(f"<{root}>{before}<sheetData>{rows}</sheetData>{after}</{root.split()[0]}>".encode())
    scan.finish_scan()
    return found


def prefix_parts(part, content):
    """The part as the Open XML SDK writes it: every element of the main namespace is named `x:…`."""
    if not part.endswith(("workbook.xml", "sheet1.xml", "styles.xml")):
        return content
    plain = content.replace(b"xmlns=", b"xmlns:x=", 1)
    return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", plain)


def use_single_quotes(part, content):
    return content.replace(b'"', b"'") if part.endswith((".xml", ".rels")) else content


def drop_references(part, content):
    return re.sub(rb'<(c|row) r="[A-Z]*\d+"', rb"<\1", content) if "sheet1" in part else content


def rename_relations(part, content):
    return (
        content.replace(b"xmlns:r=", b"xmlns:rel=").replace(b" r:id=", b" rel:id=")
        if part.endswith("workbook.xml")
        else content
    )


def write_strictly(_part, content):
    return content.replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    ).replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def write_in_utf_16(part, content):
    if "sheet1" not in part:
        return content
    return ('<?xml version="1.0" encoding="UTF-16"?>' + content.decode()).encode("utf-16")


def space_attributes(part, content):
    return content.replace(b't="e"', b"t\n =\t'e'") if "sheet1" in part else content


PROGRAMS = [prefix_parts, use_single_quotes, drop_references, rename_relations, write_strictly, space_attributes]


def formulas_of_every_kind(folder):
    """A workbook with a failed formula, one without a result, one whose result is there, and a hidden row and column."""

    def change(part, content):
        if "sheet1" not in part:
            return content
        failed = b'<c r="C2" t="e"><f>1/0</f><v>#REF!</v></c>'
        computed = b'<c r="C4"><f>1+1</f><v>2</v></c>'
        for cell, new in ((rb"C2", failed), (rb"C4", computed)):
            content = re.sub(rb'<c r="%s"[^>]*>.*?</c>' % cell, lambda _, new=new: new, content)
        return content

    path = workbook(folder, {"数据": [TITLES, DATA, ["LN-2", "=1+1", 5, None], ["LN-3", "名", 7, None]]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0].row_dimensions[4].hidden = True
    book.worksheets[0].column_dimensions["B"].hidden = True
    book.save(path)
    return with_parts(path, "formulas.xlsx", {}, change)


def test_what_a_scan_finds_is_what_the_cells_hold(tmp_path):
    reading = read_file(formulas_of_every_kind(tmp_path), venues())
    assert [(f.type, f.row, f.field, f.value) for f in reading.findings] == [
        ("hidden-cells", None, None, "4"),
        ("hidden-cells", None, None, "B"),
        ("formula-error", 2, "area_m2", "#REF!"),
        ("formula-without-value", 3, "name", None),
    ]
    assert reading.table.column("面积").to_pylist() == ["#REF!", "5", "2"]


@pytest.mark.parametrize("written", PROGRAMS)
def test_the_findings_are_the_same_whoever_wrote_the_file(tmp_path, written):
    source = formulas_of_every_kind(tmp_path)
    plain = read_file(source, venues())
    other = read_file(with_parts(source, "other.xlsx", {}, written), venues())
    assert other.findings == plain.findings
    assert other.table.to_pylist() == plain.table.to_pylist()


def test_a_sheet_in_utf_16_is_to_be_saved_again(tmp_path):
    with pytest.raises(UnreadableFile) as refused:
        read_file(with_parts(formulas_of_every_kind(tmp_path), "other.xlsx", {}, write_in_utf_16), venues())
    assert refused.value.kind == "corrupt"
    assert "另存为" in refused.value.text.zh


def test_a_type_written_as_a_character_reference_is_the_same_type():
    assert scanned('<row r="1"><c r="A1" t="&#101;"><v>#REF!</v></c></row>').failed == {(0, 0): "#REF!"}


def test_a_workbook_with_backslashes_in_its_names_is_read(tmp_path):
    source = formulas_of_every_kind(tmp_path)
    path = source.with_name("backslashes.xlsx")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            # ZipInfo turns the separator of this system into a slash, and leaves the backslash alone.
            new.writestr(zipfile.ZipInfo(part.replace("/", "\\")), old.read(part))
    assert read_file(path, venues()).findings == read_file(source, venues()).findings


def test_a_package_without_a_workbook_part_is_to_be_saved_again(tmp_path):
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("book/book.xml", "<workbook/>")
    with pytest.raises(UnreadableFile) as refused:
        read_file(path, venues())
    assert refused.value.kind == "format"
    assert "另存为" in refused.value.text.zh


@pytest.mark.parametrize(
    ("cell", "telling"),
    [
        ("<c r='B2' t='e'><v>#REF!</v></c>", True),
        ('<c r="B2"><f>1+1</f><v>2</v></c><c r="C2"><f>1</f></c>', True),
        ('<c r="B2"><f>1+1</f><v></v></c>', True),
        ('<c r="B2"><f>1+1</f><v>2</v></c><c r="C2"><f t="shared" si="0"/><v>2</v></c>', False),
        ('<c r="B2" t="&#101;"><v>1</v></c>', True),
        ('<c r="B2" s="3"><v>0.5</v></c>', True),
        ('<c r="B2" s="4"><v>0.5</v></c>', False),
    ],
)
def test_only_a_sheet_that_certainly_holds_nothing_of_it_is_not_parsed(cell, telling):
    xml = f'<worksheet><cols/><sheetData><row r="2">{cell}</row></sheetData><dataValidations/></worksheet>'.encode()
    for size in (len(xml), 100):
        pieces = [xml[at : at + size] for at in range(0, len(xml), size)]
        assert _may_hide_anything(pieces, {3}) is telling
    assert _may_hide_anything([xml.replace(b"<", b"<x:").replace(b"<x:/", b"</x:")], {3})


def test_formulas_outside_the_cells_are_no_cells():
    rules = '<extLst><ext xmlns:xm="urn:x"><xm:f>A1</xm:f><xm:c t="e"><xm:v>#REF!</xm:v></xm:c></ext></extLst>'
    found = scanned('<row r="1"><c r="A1"><v>1</v></c></row>', after=rules, root='worksheet xmlns="urn:main"')
    assert found == HiddenContent()


def test_places_are_counted_where_a_cell_has_no_reference():
    found = scanned(
        '<row><c/><c r="D1" t="e"><v>#N/A</v></c><c t="e"><v>#REF!</v></c></row><row r="7"><c t="e"><v>#NUM!</v></c></row>'
    )
    assert found.failed == {(0, 3): "#N/A", (0, 4): "#REF!", (6, 0): "#NUM!"}


def test_hidden_parts_with_absurd_numbers_are_bounded():
    found = scanned('<row r="99999999999" hidden="1"/>', before='<cols><col min="1" max="99999" hidden="1"/></cols>')
    assert (found.hidden_rows, len(found.hidden_columns)) == ({0}, 16_384)


def test_a_sheet_of_endless_elements_is_not_scanned_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.read.workbooks.workbook_xml.SCANNED_ELEMENTS", 10)
    with pytest.raises(UnreadableFile) as refused:
        read_file(formulas_of_every_kind(tmp_path), venues())
    assert refused.value.kind == "too-large"


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
    assert scanned(f"<row>{cell}</row>").uncomputed == found


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
    monkeypatch.setattr("pipelines.read.workbooks.workbook_xml._PIECE", 64)
    path = workbook(tmp_path, {"数据": [TITLES, ["LN-1", "=1+1", 1, None], ["LN-2", "=2+2", 1, None]]})
    assert [(f.row, f.field) for f in read_file(path, venues()).findings] == [(2, "name"), (3, "name")]
