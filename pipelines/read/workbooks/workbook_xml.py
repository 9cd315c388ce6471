"""Content of an XLSX that only its XML holds: the workbook reader does not return it.

This covers formulas that failed or were never computed, hidden rows and columns, number formats of cells, macros, and
links to other files. The XML is read by a parser (expat), so prefixes, quotes and missing cell references make no
difference; a DTD is refused, so no entity is expanded. A sheet that certainly holds none of it is only searched for the
bytes that would say so. Not here: the parts of the archive (`workbook_parts`), what a number format shows
(`number_formats`), the size check before unpacking (`zip_archive`), reading of cells (`workbook_process`).

Source: ECMA-376 part 1, §18.3.1.4 (c), §18.3.1.13 (col), §18.3.1.40 (f), §18.3.1.73 (row), §18.18.11 (cell types).
"""

import re
import zipfile
from array import array
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from pipelines.read.reading import RAGGED_ROWS, SCANNED_ELEMENTS, refuse_file
from pipelines.read.workbooks.workbook_parts import WorkbookParts, refuse_doctype
from pipelines.read.workbooks.workbook_process import Area, corrupt_error, too_costly_error
from pipelines.read.workbooks.zip_archive import BROKEN
from schemas.text import Text

_PIECE = 2**22
ERROR_CHARACTERS = 40
COLUMNS = 16_384
_DIGITS = 7
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
# A sheet in UTF-8 whose cells have no prefix, no single quotes and no character references has no failed formula without
# `"e"`, nothing hidden without `hidden`, and no uncomputed formula if `_COMPUTED` matches every `<f`.
_TELLING = (b'"e"', b"hidden")
_SINGLE_QUOTED = re.compile(rb"=\s*'")
_FORMULA = re.compile(rb"<f[\s/>]")
_COMPUTED = re.compile(rb"<f\b(?:[^<>]*/>|[^<>]*>[^<]*</f>)\s*<v>[^<]")
_STARTS = (b"<worksheet", b"<?xml")
_TRUE = frozenset({"1", "true"})
CellAddress = tuple[int, int]


@dataclass
class HiddenContent:
    """For one sheet, from 0: error texts of failed formulas, uncomputed formulas, hidden rows and columns.

    `merged`: the merged areas of an ODS, which the reader of cells does not tell, as those of XLSX and XLS. `formatted` holds, by column and index of the cell style, the rows whose number has that style.
    """

    failed: dict[CellAddress, str] = field(default_factory=dict)
    uncomputed: set[CellAddress] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formatted: dict[tuple[int, int], "array[int]"] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)


def find_hidden_content(
    path: Path, sheet: int, styles: Collection[int] = (), columns: Collection[int] = ()
) -> HiddenContent:
    """Returns the hidden content of the sheet with that index (from 0).

    `styles` are the cell styles to look for, in those `columns` (from 0).

    Raises UnreadableFile: corrupt, also if the sheet has no part in the archive; too-large, if the sheet has more than
    `SCANNED_ELEMENTS` elements; not-a-table, if more than `RAGGED_ROWS` formulas failed or were never computed.
    """
    found = HiddenContent()
    try:
        with zipfile.ZipFile(path) as archive:
            part = WorkbookParts(path, archive).find_sheet_part(sheet)
            if part is None:
                raise corrupt_error(path)
            with closing(read_pieces(archive, part)) as pieces:
                hides = _may_hide_anything(pieces, styles)
            if hides:
                with closing(read_pieces(archive, part)) as pieces:
                    _scan_sheet(path, pieces, _SheetScan(found, styles, columns))
    except (*BROKEN, expat.ExpatError) as wrong:
        raise corrupt_error(path) from wrong
    return found


def read_number_formats(path: Path) -> list[str]:
    """Returns the code of the number format of each cell style. Raises UnreadableFile: corrupt."""
    try:
        with zipfile.ZipFile(path) as archive:
            return WorkbookParts(path, archive).read_number_formats()
    except BROKEN as wrong:
        raise corrupt_error(path) from wrong


def describe_external_content(path: Path) -> tuple[Text, ...]:
    """Returns the receipt's notes on macros and links to other files; macros are never run, links never followed.

    Raises UnreadableFile: corrupt.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = WorkbookParts(path, archive).names
    except BROKEN as wrong:
        raise corrupt_error(path) from wrong
    decisions = []
    if any(name.endswith("vbaproject.bin") for name in names):
        decisions.append(
            Text(
                zh="工作簿含有宏，宏从不运行，只读取单元格",
                en="the workbook holds macros; they are never run, only cells were read",
            )
        )
    if any(name.startswith("xl/externallinks/") for name in names):
        decisions.append(
            Text(
                zh="工作簿引用了其他文件，引用从不打开，单元格取上次保存的值",
                en="the workbook links to other files; links are never followed, cells hold the values last saved",
            )
        )
    return tuple(decisions)


def failed_formulas_error(path: Path) -> Exception:
    """Returns the exception (kind `not-a-table`) for a workbook in which too many formulas fail or have no result."""
    return refuse_file(
        "not-a-table",
        f"“{path.name}”有超过 {RAGGED_ROWS} 个公式出错或没有保存结果；请把公式改为数值后重新报送",
        f"more than {RAGGED_ROWS} formulas of “{path.name}” fail or were saved without a result; replace them by their values",
    )


def read_pieces(archive: zipfile.ZipFile, part: str) -> Generator[bytes, None, None]:
    """Yields a part of an archive in pieces of 4 MiB; KeyError if it has no such part. To be closed before the archive is."""
    with archive.open(part) as unpacked:
        while piece := unpacked.read(_PIECE):
            yield piece


def _may_hide_anything(pieces: Iterable[bytes], styles: Collection[int]) -> bool:
    """Whether a sheet must be parsed. False only if its bytes certainly hold nothing that this module looks for."""
    numbers = b"|".join(b"%d" % style for style in styles)
    styled = re.compile(rb'\ss\s*=\s*"(?:%s)"' % numbers) if styles else None
    rest = b""
    for number, piece in enumerate(pieces):
        if number == 0 and (0 in styles or not _is_plain_start(piece)):
            return True
        text = rest + piece
        cut = text.rfind(b"<c ")
        whole, rest = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        if _tells_anything(whole) or (styled and styled.search(whole)):
            return True
    return _tells_anything(rest) or bool(styled and styled.search(rest))


def _is_plain_start(piece: bytes) -> bool:
    return piece.startswith(_STARTS) and b"<sheetData" in piece and b"<!" not in piece and b"\0" not in piece[:4]


def _tells_anything(cells: bytes) -> bool:
    if any(word in cells for word in _TELLING) or (b"&" in cells and b"&#" in cells):
        return True
    if b"'" in cells and _SINGLE_QUOTED.search(cells):
        return True
    return b"<f" in cells and len(_FORMULA.findall(cells)) != len(_COMPUTED.findall(cells))


def limit_elements(path: Path, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yields the pieces; raises UnreadableFile (too-large) before the one with which they have too many elements."""
    elements = 0
    for piece in pieces:
        elements += piece.count(b"<")
        if elements > 2 * SCANNED_ELEMENTS:
            raise too_costly_error(path)
        yield piece


def _scan_sheet(path: Path, pieces: Iterable[bytes], scan: "_SheetScan") -> None:
    for piece in limit_elements(path, pieces):
        scan.feed_piece(piece)
        if len(scan.found.failed) + len(scan.found.uncomputed) > RAGGED_ROWS:
            raise failed_formulas_error(path)
    scan.finish_scan()


def parse_number(text: str | None) -> int | None:
    """Returns the whole number of an attribute; None if it is missing, no number, or of more than seven digits."""
    return int(text) if text and text.isdecimal() and len(text) <= _DIGITS else None


class _SheetScan:
    """Handlers of one pass over a sheet's XML; element names are those of the namespace of the root element."""

    def __init__(self, found: HiddenContent, styles: Collection[int] = (), columns: Collection[int] = ()) -> None:
        self.found = found
        self._styles = {str(style): style for style in styles}
        self._plain = "0" if "0" in self._styles else None
        self._columns = frozenset(columns)
        self._kinds: Mapping[str, str] | None = None
        self._row = -1
        self._hidden = 0
        self._reference: str | None = None
        self._after = -1
        self._type: str | None = None
        self._noted = self._formula = False
        self._value: list[str] | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start_element
        self._parser.StartDoctypeDeclHandler = refuse_doctype

    def feed_piece(self, piece: bytes) -> None:
        """Parses one more piece of the sheet. Raises ExpatError: not well-formed, or with a DTD."""
        self._parser.Parse(piece, False)

    def finish_scan(self) -> None:
        """Parses the end of the sheet. Raises ExpatError: cut off."""
        self._parser.Parse(b"", True)
        self._finish_cell()

    def _start_element(self, name: str, attributes: dict[str, str]) -> None:
        if self._kinds is None:
            space = name.rpartition(" ")[0]
            self._kinds = {f"{space} {kind}".lstrip(): kind for kind in ("c", "v", "f", "is", "row", "col")}
        kind = self._kinds.get(name)
        if kind == "c":
            self._begin_cell(attributes)
        elif kind == "v":
            if self._noted:
                self._value = []
                self._parser.CharacterDataHandler = self._value.append
        elif kind == "row":
            self._begin_row(attributes)
        elif kind == "f":
            self._noted = self._formula = True
        elif kind == "is":
            self._formula = False
        elif kind == "col" and attributes.get("hidden") in _TRUE:
            first, last = parse_number(attributes.get("min")), parse_number(attributes.get("max"))
            # Areas come in order; one that begins before the end of another would only be recorded twice.
            self.found.hidden_columns.update(range(max((first or 1) - 1, self._hidden), min(last or 0, COLUMNS)))
            self._hidden = max(self._hidden, min(last or 0, COLUMNS))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if self._noted:
            self._finish_cell()
        reference = attributes.get("r")
        if reference:
            self._reference, self._after = reference, 0
        else:
            self._after += 1
        kind = self._type = attributes.get("t")
        if kind == "e":
            self._noted = True
        elif self._styles and kind in {None, "n"} and (style := attributes.get("s", self._plain)) in self._styles:
            row, column = self._cell_address()
            if column in self._columns:
                self.found.formatted.setdefault((column, self._styles[style]), array("l")).append(row)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        if self._noted:
            self._finish_cell()
        number = parse_number(attributes.get("r"))
        self._row = self._row + 1 if number is None else number - 1
        self._reference, self._after = None, -1
        if attributes.get("hidden") in _TRUE:
            self.found.hidden_rows.add(self._row)

    def _cell_address(self) -> CellAddress:
        parsed = _REFERENCE.fullmatch(self._reference) if self._reference else None
        if parsed is None:
            return self._row, self._after
        number = 0
        for letter in parsed[1].upper():
            number = number * 26 + ord(letter) - ord("A") + 1
        return int(parsed[2]) - 1, number - 1 + self._after

    def _finish_cell(self) -> None:
        """Records the cell that has just ended, if its formula failed or has no result.

        A result is the text of a <v> element, which is empty only if the result is an empty text (t="str").
        """
        value = None if self._value is None else "".join(self._value).strip()
        if self._type == "e" and value:
            self.found.failed[self._cell_address()] = value[:ERROR_CHARACTERS]
        elif self._formula and not value and not (self._type == "str" and value is not None):
            self.found.uncomputed.add(self._cell_address())
        self._noted = self._formula = False
        self._value = None
        self._parser.CharacterDataHandler = None
