"""Content of an XLSX that only its XML holds: the workbook reader does not return it.

This covers formulas that failed or were never computed, hidden rows and columns, macros, and links to other files. A
sheet is searched in pieces by patterns of bounded length; the XML is not parsed, so no entity is expanded. Not here:
the size check before unpacking (`zip_archive`), reading of cells (`workbook_process`).

Source: ECMA-376 part 1, §18.3.1.4 (c), §18.3.1.13 (col), §18.3.1.40 (f), §18.3.1.73 (row), §18.18.11 (cell types).
"""

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.read.reading import RAGGED_ROWS, WHOLE_PART_BYTES, refuse_file
from pipelines.read.workbook_process import corrupt_error
from pipelines.read.zip_archive import BROKEN
from schemas.text import Text

_PIECE = 2**23
_TAG_BYTES = 256
_FORMULA_BYTES = 10_000
_ERROR = b't="e"'
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*?\br:id=\"([^\"<>]*)\"")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_ATTRIBUTE = re.compile(rb"\b(Id|Target)=\"([^\"<>]*)\"")
_HIDDEN_ROW = re.compile(rb'<row\b(?=[^<>]{0,400}\shidden="(?:1|true)")[^<>]{0,400}?\sr="(\d{1,7})"')
_HIDDEN_COLUMN = re.compile(rb'<col\b(?=[^<>]{0,400}\shidden="(?:1|true)")[^<>]{0,400}>')
_SPAN = re.compile(rb'\s(min|max)="(\d{1,5})"')
# A computed cell has a <v> element, which is empty only if the result is an empty text (t="str").
_UNCOMPUTED = re.compile(
    rb"<c ([^<>]{0,400})>\s*<f\b(?:[^<>]{0,400}/>|[^<>]{0,400}>[^<]{0,10000}</f>)\s*(<v\s*/>|<v></v>)?\s*</c>"
)
_COLUMNS = 16_384
CellAddress = tuple[int, int]


@dataclass
class HiddenContent:
    """For one sheet, from 0: error texts of failed formulas, uncomputed formulas, hidden rows and columns."""

    failed: dict[CellAddress, str] = field(default_factory=dict)
    uncomputed: set[CellAddress] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def find_hidden_content(path: Path, sheet: int) -> HiddenContent:
    """Returns the hidden content of the sheet with that index (from 0); empty if the index has no part in the archive.

    Raises UnreadableFile: corrupt; not-a-table, if more than `RAGGED_ROWS` formulas failed or were never computed.
    """
    found = HiddenContent()
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _sheet_parts(path, archive)
            if sheet >= len(parts) or parts[sheet] not in archive.namelist():
                return found
            for piece in _read_pieces(archive, parts[sheet]):
                _scan_piece(piece, found)
                if len(found.failed) + len(found.uncomputed) > RAGGED_ROWS:
                    raise _failed_formulas_error(path)
    except BROKEN as wrong:
        raise corrupt_error(path) from wrong
    return found


def describe_external_content(path: Path) -> tuple[Text, ...]:
    """Returns the receipt's notes on macros and links to other files; macros are never run, links never followed.

    Raises UnreadableFile: corrupt.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except BROKEN as wrong:
        raise corrupt_error(path) from wrong
    decisions = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        decisions.append(
            Text(
                zh="工作簿含有宏，宏从不运行，只读取单元格",
                en="the workbook holds macros; they are never run, only cells were read",
            )
        )
    if any(name.startswith("xl/externalLinks/") for name in names):
        decisions.append(
            Text(
                zh="工作簿引用了其他文件，引用从不打开，单元格取上次保存的值",
                en="the workbook links to other files; links are never followed, cells hold the values last saved",
            )
        )
    return tuple(decisions)


def _failed_formulas_error(path: Path) -> Exception:
    return refuse_file(
        "not-a-table",
        f"“{path.name}”有超过 {RAGGED_ROWS} 个公式出错或没有保存结果；请把公式改为数值后再交",
        f"more than {RAGGED_ROWS} formulas of “{path.name}” fail or were saved without a result; replace them by their values",
    )


def _scan_piece(xml: bytes, found: HiddenContent) -> None:
    found.failed.update(_find_error_cells(xml))
    if b"<f" in xml:
        found.uncomputed.update(_find_uncomputed(xml))
    if b"hidden=" in xml:
        found.hidden_rows.update(int(row[1]) - 1 for row in _HIDDEN_ROW.finditer(xml))
        for column in _HIDDEN_COLUMN.finditer(xml):
            span = {name: int(number) for name, number in _SPAN.findall(column[0])}
            found.hidden_columns.update(range(span.get(b"min", 1) - 1, min(span.get(b"max", 0), _COLUMNS)))


def _find_error_cells(xml: bytes) -> Iterator[tuple[CellAddress, str]]:
    at = xml.find(_ERROR)
    while at >= 0:
        start = max(xml.rfind(b"<", max(0, at - _TAG_BYTES), at), 0)
        reference = _REFERENCE.search(xml, start, at + _TAG_BYTES)
        value = xml.find(b"<v>", at, at + _FORMULA_BYTES)
        end = xml.find(b"<", value + 3, value + _TAG_BYTES)
        if reference and start < value < end and xml.startswith(b"<c ", start):
            yield _parse_reference(reference), xml[value + 3 : end].decode("ascii", "backslashreplace")
        at = xml.find(_ERROR, at + 1)


def _find_uncomputed(xml: bytes) -> Iterator[CellAddress]:
    for cell in _UNCOMPUTED.finditer(xml):
        reference = _REFERENCE.search(b" " + cell[1])
        if reference and not (cell[2] and b't="str"' in cell[1]):
            yield _parse_reference(reference)


def _parse_reference(reference: re.Match[bytes]) -> CellAddress:
    number = 0
    for letter in reference[1]:
        number = number * 26 + letter - ord("A") + 1
    return int(reference[2]) - 1, number - 1


def _read_pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yields the part in pieces, split before a cell so that each cell is complete in one piece."""
    rest = b""
    with archive.open(part) as unpacked:
        while piece := unpacked.read(_PIECE):
            rest += piece
            cut = max(rest.rfind(b"<c "), 0) or len(rest)
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _sheet_parts(path: Path, archive: zipfile.ZipFile) -> list[str]:
    workbook, relations = (
        _read_whole(path, archive, f"xl/{part}") for part in ("workbook.xml", "_rels/workbook.xml.rels")
    )
    named = [dict(_ATTRIBUTE.findall(tag)) for tag in _RELATION.findall(relations)]
    targets = {relation.get(b"Id"): html.unescape(relation.get(b"Target", b"").decode()) for relation in named}
    parts = [targets.get(sheet, "") for sheet in _SHEET.findall(workbook)]
    return [part.removeprefix("/") if part.startswith("/") else f"xl/{part}" for part in parts]


def _read_whole(path: Path, archive: zipfile.ZipFile, part: str) -> bytes:
    if part not in archive.namelist() or archive.getinfo(part).file_size > WHOLE_PART_BYTES:
        raise corrupt_error(path)
    return archive.read(part)
