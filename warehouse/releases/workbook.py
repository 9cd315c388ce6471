"""The workbook of a release: the rows on the first sheet, the data dictionary on the second.

openpyxl writes the sheets, headings, styles and filter; Arrow formats the rows block by block, because writing single cells
takes 40 µs each. The same rows give the same bytes: no file in the archive has a date. Holds cell contents and how the file
is assembled. Not here: which fields are public, and the texts of the dictionary (`warehouse/releases/package.py`).

Text stays text: codes keep leading zeros, and text that begins with `=`, `+`, `-` or `@` is marked as quoted, never a formula.
A value that a cell cannot hold exactly (NaN, whole numbers of more than 15 digits, days before March 1900, parts of a second)
is written as text in canonical spelling. Source: ECMA-376 part 1, 18.3.1.4 (cells), 18.17.4 (dates), 22.9.2.19 (escapes).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.canonical import LARGEST_EXACT, to_canonical_text

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS = 100_000  # larger tables are released as CSV and Parquet only; nobody reads them by eye
LONGEST_TEXT = 32_767  # characters in one cell, a limit of the format
BLOCK = 1024
_FIRST_DAY = -25_508  # 1900-03-01 in Unix days; the format has a 29 February 1900, which did not exist
_EPOCH = 25_569  # 1970-01-01 as a day number of the format
_DAY_MICROSECONDS = 86_400_000_000
_DATE_PROPERTIES = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_ROWS_END = b"</sheetData>"
_UNSAFE_CHARACTERS = "[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
"""Characters that XML cannot hold or would change, and text that would be read as an escape."""
_FORMULA_START = "^[=+\\-@\t\r\n]"


class WorkbookSheet(NamedTuple):
    """One sheet: its name, the heading of every column, and the rows, formatted according to `schema`."""

    name: str
    headings: Sequence[str]
    rows: pa.Table
    schema: Mapping[str, Any]


class _Styles(NamedTuple):
    """Indexes of the cell styles of one workbook."""

    text: int
    quoted: int
    day: int
    moment: int
    time: int


def fits_workbook(rows: int, longest_text: int) -> bool:
    """Whether there are at most `MOST_ROWS` rows and no text is longer than `LONGEST_TEXT` characters."""
    return rows <= MOST_ROWS and longest_text <= LONGEST_TEXT


def write_workbook(sheets: Sequence[WorkbookSheet], path: Path, about: Mapping[str, str]) -> None:
    """Writes the sheets in order, each with frozen headings and a filter; the rows must pass `fits_workbook`."""
    frame, styles = _build_empty_workbook(sheets, about)
    lines = {f"xl/worksheets/sheet{n}.xml": _row_xml(sheet, styles) for n, sheet in enumerate(sheets, 1)}
    with ZipFile(BytesIO(frame)) as source, ZipFile(path, "w") as target:
        for name in source.namelist():
            _write_zip_part(target, name, _DATE_PROPERTIES.sub(b"", source.read(name)), lines.get(name, iter(())))


def _build_empty_workbook(sheets: Sequence[WorkbookSheet], about: Mapping[str, str]) -> tuple[bytes, _Styles]:
    """Returns a workbook with everything except the rows below the headings, and its style indexes."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.title, book.properties.subject, book.properties.creator = (
        about["title"],
        about["contract"],
        "sportlake",
    )
    made = [book.create_sheet(sheet.name) for sheet in sheets]
    styles = _sheet_styles(made[0])
    for sheet, content in zip(made, sheets, strict=True):
        letters = [get_column_letter(number) for number in range(1, len(content.headings) + 1)]
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{letters[-1]}{content.rows.num_rows + 1}"
        for letter, heading in zip(letters, content.headings, strict=True):
            sheet.column_dimensions[letter].width = min(8 + 2 * len(heading), 40)
        sheet.append(_heading_cells(sheet, content.headings))
    whole = BytesIO()
    book.save(whole)
    return whole.getvalue(), styles


def _heading_cells(sheet: "WriteOnlyWorksheet", headings: Sequence[str]) -> "Iterator[Cell]":
    """Yields one and the same cell with the next heading as its value each time, because styling a new cell takes longer than writing it."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(sheet)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for heading in headings:
        cell.value, cell.data_type = heading, "s"
        yield cell


def _sheet_styles(sheet: "WriteOnlyWorksheet") -> _Styles:
    from openpyxl.cell import WriteOnlyCell

    numbers = {}
    for name, number_format in {"text": "@", "quoted": "@", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss"}.items():  # fmt: skip
        cell = WriteOnlyCell(sheet)
        cell.number_format, cell.quotePrefix = number_format, name == "quoted"
        numbers[name] = cell.style_id
    return _Styles(**numbers)


def _write_zip_part(target: ZipFile, name: str, content: bytes, lines: Iterator[bytes]) -> None:
    """Writes one part of the empty workbook, with `lines`, if any, below the headings of the sheet; the part gets no date."""
    part = ZipInfo(name)
    part.compress_type, part.create_system = ZIP_DEFLATED, 0
    before, end, after = content.partition(_ROWS_END)
    with target.open(part, "w") as file:
        file.write(before)
        for line in lines:
            file.write(line)
        file.write(end + after)


def _row_xml(sheet: WorkbookSheet, styles: _Styles) -> Iterator[bytes]:
    """Yields the rows as XML in blocks of at most `BLOCK` rows, starting at row 2 (row 1 is the heading)."""
    from openpyxl.utils import get_column_letter

    first = 2
    for batch in sheet.rows.to_batches(max_chunksize=BLOCK):
        block = pa.Table.from_batches([batch])
        text = to_canonical_text(block, sheet.schema)
        numbers = pa.chunked_array([pa.array(range(first, first + block.num_rows)).cast(pa.string())])
        cells = [
            _cell_xml(
                block.column(name),
                text.column(name),
                _concat_texts(f'<c r="{get_column_letter(place)}', numbers),
                styles,
            )
            for place, name in enumerate(text.column_names, 1)
        ]
        lines = _concat_texts('<row r="', numbers, '">', *cells, "</row>")
        yield "".join(lines.to_pylist()).encode()
        first += block.num_rows


def _cell_xml(typed: pa.ChunkedArray, text: pa.ChunkedArray, at: pa.ChunkedArray, styles: _Styles) -> pa.ChunkedArray:
    """Returns one column's cells as XML: exact values in their type, other values as text, nothing for null."""
    value, kind, style = _exact_values(typed, styles)
    exact = _concat_texts(at, f'" s="{style}"{kind}><v>', value, "</v></c>")
    if exact.null_count == text.null_count:
        return pc.fill_null(exact, "")
    quoted = pc.if_else(pc.match_substring_regex(text, _FORMULA_START), str(styles.quoted), str(styles.text))
    words = ('" t="inlineStr"><is><t xml:space="preserve">', _escape_text(text), "</t></is></c>")
    return pc.fill_null(pc.coalesce(exact, _concat_texts(at, '" s="', quoted, *words)), "")


def _exact_values(typed: pa.ChunkedArray, styles: _Styles) -> tuple[pa.ChunkedArray, str, int]:
    """Returns the values that Excel stores exactly (else null), their type attribute, and their style index."""
    kind = typed.type
    if pa.types.is_integer(kind):
        exact = pc.and_(pc.less(typed, LARGEST_EXACT), pc.greater(typed, -LARGEST_EXACT))
        return pc.if_else(exact, typed.cast(pa.string()), None), "", 0
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(typed), typed.cast(pa.string()), None), "", 0
    if pa.types.is_boolean(kind):
        return pc.if_else(typed, "1", "0"), ' t="b"', 0
    if pa.types.is_date(kind):
        days = typed.cast(pa.int32())
        exact = pc.greater_equal(days, _FIRST_DAY)
        return pc.if_else(exact, pc.add(days, _EPOCH).cast(pa.string()), None), "", styles.day
    if pa.types.is_timestamp(kind):
        return _date_serials(typed.cast(pa.int64()), _EPOCH), "", styles.moment
    if pa.types.is_time(kind):
        return _date_serials(typed.cast(pa.int64()), 0), "", styles.time
    return pa.chunked_array([pa.nulls(len(typed), pa.string())]), "", 0


def _date_serials(micros: pa.ChunkedArray, epoch: int) -> pa.ChunkedArray:
    """Returns date serials (days plus fraction, offset by `epoch`); null if before March 1900 or with parts of a second."""
    seconds = pc.divide(micros, 1_000_000)
    exact = pc.and_(
        pc.equal(pc.multiply(seconds, 1_000_000), micros), pc.greater_equal(micros, _FIRST_DAY * _DAY_MICROSECONDS)
    )
    days = pc.add(pc.divide(micros.cast(pa.float64(), safe=False), float(_DAY_MICROSECONDS)), float(epoch))
    return pc.if_else(exact, days.cast(pa.string()), None)


def _escape_text(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Escapes text for XML; control characters, and text that looks like their escape, become `_xHHHH_`."""
    plain = text
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        plain = pc.replace_substring(plain, sign, entity)
    odd = pc.unique(text.filter(pc.match_substring_regex(text, _UNSAFE_CHARACTERS)))
    if len(odd) == 0:
        return plain
    written = pa.array(
        [escape(re.sub(_UNSAFE_CHARACTERS, _escape_match, value)) for value in odd.to_pylist()], pa.string()
    )
    return pc.coalesce(pc.take(written, pc.index_in(text, value_set=odd)), plain)


def _escape_match(found: re.Match[str]) -> str:
    text = found[0]
    return f"_x005F{text}" if len(text) > 1 else f"_x{ord(text):04X}_"


def _concat_texts(*parts: object) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*parts, "")
