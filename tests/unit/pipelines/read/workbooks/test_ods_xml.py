"""What an ODS holds beyond its values, as LibreOffice writes it: failed formulas, hidden parts, what numbers show."""

import zipfile
from pathlib import Path

import pytest

from pipelines.columns.column_matching import match_columns
from pipelines.normalise import normalise_table
from pipelines.read import read_file
from pipelines.read.workbooks.ods_xml import find_ods_content
from schemas.errors import UnreadableFile
from support.contracts import contract_with
from support.files import venues

OPEN = Path(__file__).parents[4] / "golden" / "files" / "open.ods"
NAME = '<table:table-cell office:value-type="string"><text:p>和平区体育公园</text:p></table:table-cell>'
AREA = '<table:table-cell office:value-type="float" office:value="7140"/>'


def changed(folder, **cells):
    """The ODS of the golden files with some of its XML replaced."""
    path = folder / "venues.ods"
    with zipfile.ZipFile(OPEN) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "content.xml":
                xml = content.decode().replace("xmlns:office", 'xmlns:calcext="urn:libreoffice" xmlns:office', 1)
                for old_text, new_text in cells.get("texts", ()):
                    assert old_text in xml
                    xml = xml.replace(old_text, new_text, 1)
                content = xml.encode()
            new.writestr(part, content)
    return path


def test_a_failed_formula_is_no_zero_and_no_empty_cell(tmp_path):
    name = '<table:table-cell table:formula="of:=#REF!.A1" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>'
    area = '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    reading = read_file(changed(tmp_path, texts=[(NAME, name), (AREA, area)]), venues())
    assert [(f.type, f.row, f.field, f.value) for f in reading.findings] == [
        ("formula-error", 2, "name", "#REF!"),
        ("formula-error", 2, "area_m2", "#DIV/0!"),
    ]


def test_hidden_rows_and_columns_are_said(tmp_path):
    hidden = [
        ('<table:table-row><table:table-cell office:value-type="string"><text:p>LN-2', '<table:table-row table:visibility="filter"><table:table-cell office:value-type="string"><text:p>LN-2'),
        ("<table:table-row>", '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-row>'),
    ]  # fmt: skip
    reading = read_file(changed(tmp_path, texts=hidden), venues())
    assert [(f.type, f.value) for f in reading.findings] == [("hidden-cells", "3"), ("hidden-cells", "B、C")]


def test_cells_that_a_merged_area_covers_are_findings(tmp_path):
    merged = AREA.replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="2"')
    reading = read_file(changed(tmp_path, texts=[(AREA, merged)]), venues())
    assert [(f.type, f.row, f.field, f.value) for f in reading.findings] == [("merged-cell", 3, "area_m2", "C2:C3")]


def test_repeated_rows_and_columns_are_counted(tmp_path):
    error = '<table:table-cell/><table:table-cell table:number-columns-repeated="2" office:value-type="float" calcext:value-type="error"><text:p>Err:502</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="2">{error}</table:table-row></table:table>'
    found, _ = find_ods_content(changed(tmp_path, texts=[("</table:table>", rows)]), 0)
    assert sorted(found.failed) == [(3, 1), (3, 2), (4, 1), (4, 2)]


@pytest.mark.parametrize(
    ("kind", "value", "shown", "unit", "stored"),
    [
        ("percentage", "0.932", "93.2%", "%", "93.2"), ("float", "80", "80.00万元", "元", "800000"), ("float", "80", "80.00", "元", "80"),
        ("currency", "80", "¥80.00", "元", "80"), ("float", "1.5", "1.5㎡", "㎡", "1.5"), ("float", "80", "80美元", "元", "80美元"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_shown(tmp_path, kind, value, shown, unit, stored):
    contract = contract_with(["编号", {"name": "n", "title": "面积", "type": "number", "sportlake": {"unit": unit}}])
    cell = f'<table:table-cell office:value-type="{kind}" office:value="{value}"><text:p>{shown}</text:p></table:table-cell>'
    reading = read_file(changed(tmp_path, texts=[(AREA, cell)]), contract)
    matching = match_columns(reading.labels, contract, stated=reading.stated)
    normal = normalise_table(matching.arrange_columns(reading.table), reading.rows, contract, matching.units)
    assert normal.table.column("n").to_pylist()[0] == stored


def test_a_dtd_is_refused(tmp_path):
    path = changed(
        tmp_path, texts=[("<office:document-content", '<!DOCTYPE x [<!ENTITY a "b">]><office:document-content')]
    )
    with pytest.raises(UnreadableFile) as refused:
        find_ods_content(path, 0)
    assert refused.value.kind == "corrupt"
