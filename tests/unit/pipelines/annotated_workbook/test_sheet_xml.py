"""Rows copied: only what is marked changes, no formula stays, and what no spreadsheet program writes is refused."""

from xml.parsers.expat import ExpatError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.annotated_workbook.cell_xml import looks_like_formula
from pipelines.annotated_workbook.job import PlacedText
from pipelines.annotated_workbook.sheet_xml import (
    RowAnnotations,
    annotate_rows,
    find_formula_texts,
    split_rows,
    strip_namespace_prefix,
    verify_xml_stream,
)
from pipelines.annotated_workbook.styles import WorkbookStyles


def rows_of(rows, marks=None, suspicious=()):
    return b"".join(annotate_rows(rows, RowAnnotations(marks or {}, WorkbookStyles(), frozenset(suspicious)))).decode()


def test_a_row_without_marks_is_copied_as_it_stands():
    row = b'<row r="2" spans="1:2" ht="20"><c r="A2" s="3" t="s"><v>7</v></c><c r="B2"><v>1.5</v></c></row>'
    assert rows_of(row) == row.decode().replace(' spans="1:2"', "")


def test_a_mark_on_a_cell_that_is_not_there_makes_one_in_its_place():
    said = rows_of(b'<row r="2"><c r="A2"/><c r="D2"/></row>', {2: {3: "mend", 6: "look"}})
    assert [said.index(f'r="{cell}2"') for cell in "ACDF"] == sorted(said.index(f'r="{cell}2"') for cell in "ACDF")


def test_rows_and_cells_may_leave_out_their_numbers():
    said = rows_of(b"<row><c><v>1</v></c></row><row><c><v>2</v></c><c><v>3</v></c></row>", {2: {2: "mend"}})
    assert '<c r="B2"' in said
    assert '<c r="A2" s="0" t="n"><v>2</v></c>' in said


@pytest.mark.parametrize(
    "formula",
    [
        "<f>1+1</f>",
        "<f/>",
        '<f t="shared" ref="A1:A9" si="0">HYPERLINK(&quot;x&quot;)</f>',
        '<f t="array"\n ref="A1">X()</f>',
    ],
)
def test_no_formula_stays(formula):
    said = rows_of(f'<row r="1"><c r="A1" t="str">{formula}<v>=x</v></c></row>'.encode())
    assert "<f" not in said
    assert "<v>=x</v>" in said


def test_a_formula_that_hides_is_noticed_by_the_parser():
    hidden = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><f >1</f ></worksheet>'
    with pytest.raises(ValueError, match="main f"):
        list(verify_xml_stream(iter([hidden])))
    with pytest.raises(ValueError, match="urn:x y"):
        list(verify_xml_stream(iter([hidden.replace(b"<f >1</f >", b'<y xmlns="urn:x"/>')])))
    with pytest.raises(ExpatError):
        list(verify_xml_stream(iter([b"<worksheet><row></worksheet>"])))


@pytest.mark.parametrize(
    "odd",
    [b"<row r='1'></row>", b'<row r="1"></row>text', b'<row r="1"><c r="A1"/>odd<f/></row>'],
)
def test_what_no_program_writes_is_refused(odd):
    with pytest.raises(ValueError, match="row"):
        rows_of(odd)


@pytest.mark.parametrize("odd", [b"<worksheet><!-- x --><sheetData/></worksheet>", "<worksheet/>".encode("utf-16")])
def test_comments_and_other_encodings_are_refused(odd):
    with pytest.raises(ValueError, match=r"<!|UTF-8"):
        split_rows(odd)


def test_prefixes_of_the_main_namespace_are_taken_off():
    part = b'<x:worksheet xmlns:x="main"><x:sheetData><x:row/></x:sheetData></x:worksheet>'
    assert strip_namespace_prefix(part) == b'<worksheet xmlns="main"><sheetData><row/></sheetData></worksheet>'


def test_shared_texts_that_look_like_formulas_are_found_in_any_spelling():
    shared = b"<sst><si><t>good</t></si><si><t>&#61;1+1</t></si><si/><si><r><rPr/><t>@x</t></r></si><si><t xml:space='preserve'>  -1</t></si></sst>"
    assert find_formula_texts(shared) == {1, 3, 4}


@given(st.text())
def test_only_text_that_begins_actively_is_suspicious(text):
    assert looks_like_formula(text) == (text.lstrip(" ")[:1] in set("=+-@\t\r\n＝＋－＠") and text.strip(" ") != "")


def placed(row, column, text, look="proposal"):
    return {row: {column: PlacedText(row, column, text, look)}}


def test_a_text_of_ours_stands_in_its_cell_whatever_was_there():
    ink = RowAnnotations({2: {1: "mend"}}, WorkbookStyles(), frozenset(), texts=placed(2, 3, "=1"))
    for cells in (
        b'<c r="A2"/><c r="C2" t="s"><v>7</v></c><c r="D2"><v>8</v></c>',
        b'<c r="A2"/><c r="D2"><v>8</v></c>',
    ):
        said = b"".join(annotate_rows(b'<row r="2">' + cells + b"</row>", ink)).decode()
        assert [said.count(f'r="{cell}2"') for cell in "ACD"] == [1, 1, 1]
        assert said.index('r="A2"') < said.index(">=1</t>") < said.index('r="D2"')
        assert "<v>7</v>" not in said


def test_columns_of_an_earlier_workbook_are_emptied_from_the_header_on():
    ink = RowAnnotations({}, WorkbookStyles(), frozenset(), cleared=frozenset({2}), header=2)
    rows = b"".join(b'<row r="%d"><c r="A%d"/><c r="B%d"><v>1</v></c></row>' % (at, at, at) for at in (1, 2, 3))
    said = b"".join(annotate_rows(rows, ink)).decode()
    assert [f'r="B{at}"' in said for at in (1, 2, 3)] == [True, False, False]
