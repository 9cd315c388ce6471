"""Content of an ODS that the workbook reader does not return: failed formulas, hidden rows and columns, merged areas, what numbers show.

LibreOffice keeps a failed formula as the number 0 or an empty text, so that it would be read as a value. The shown text of
a number stands beside it. A DTD is refused. Not here: the same for XLSX (`workbook_xml`), reading of cells
(`workbook_process`).

Source: OpenDocument 1.3 part 3, §9.1.3 (table-row), §9.1.4 (table-cell), §19.385 (office:value-type), §19.753
(table:visibility); LibreOffice, namespace calcext.
"""

import re
import zipfile
from array import array
from collections.abc import Collection
from contextlib import closing
from itertools import islice, product
from pathlib import Path
from xml.parsers import expat

from pipelines.read.reading import RAGGED_ROWS
from pipelines.read.workbooks.number_formats import NumberSection
from pipelines.read.workbooks.workbook_parts import refuse_doctype
from pipelines.read.workbooks.workbook_process import corrupt_error
from pipelines.read.workbooks.workbook_xml import (
    COLUMNS,
    ERROR_CHARACTERS,
    HiddenContent,
    failed_formulas_error,
    limit_elements,
    parse_number,
    read_pieces,
)
from pipelines.read.workbooks.zip_archive import BROKEN

_CONTENT = "content.xml"
_SHEET_ROWS = 1_048_576
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_CELLS = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_HIDDEN = frozenset({"collapse", "filter"})
_NUMBERS = frozenset({"float", "percentage", "currency"})
_SHOWN_BEHIND = re.compile(r"[\d)]\s*([^\d\s.,()+-][^\d]*)$")
Styles = dict[int, tuple[NumberSection, ...]]


def find_ods_content(path: Path, sheet: int, columns: Collection[int] = ()) -> tuple[HiddenContent, Styles]:
    """Returns the hidden content of the sheet with that index (from 0), and how its numbers are shown in those columns.

    Raises UnreadableFile: corrupt; too-large, if the file has more than `SCANNED_ELEMENTS` elements; not-a-table, if more
    than `RAGGED_ROWS` formulas failed.
    """
    scan = _TableScan(sheet, columns)
    try:
        with zipfile.ZipFile(path) as archive, closing(read_pieces(archive, _CONTENT)) as pieces:
            for piece in limit_elements(path, pieces):
                scan.parser.Parse(piece, False)
                if len(scan.found.failed) > RAGGED_ROWS:
                    raise failed_formulas_error(path)
        scan.parser.Parse(b"", True)
    except (*BROKEN, KeyError, expat.ExpatError) as wrong:
        raise corrupt_error(path) from wrong
    return scan.found, {at: (section,) for section, at in scan.sections.items()}


class _TableScan:
    """Handlers of one pass over the content of an ODS."""

    def __init__(self, sheet: int, columns: Collection[int]) -> None:
        self.found = HiddenContent()
        self.sections: dict[NumberSection, int] = {}
        self._sheet, self._columns = sheet, frozenset(columns)
        self._table = -1
        self._row, self._repeated = 0, 1
        self._column = self._grid = 0
        self._cell: dict[str, str] = {}
        self._texts: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start_element
        self.parser.EndElementHandler = self._end_element
        self.parser.StartDoctypeDeclHandler = refuse_doctype

    def _start_element(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TABLE}table":
            self._table += 1
            self._row = self._grid = 0
        elif self._table != self._sheet:
            return
        elif name in _CELLS:
            self._cell, self._texts = attributes, []
        elif name == f"{_TABLE}table-row":
            self._column, self._repeated = 0, _repetition(attributes, "rows")
            if attributes.get(f"{_TABLE}visibility") in _HIDDEN:
                self.found.hidden_rows.update(self._repeated_rows())
        elif name == f"{_TABLE}table-column":
            number = _repetition(attributes, "columns")
            if attributes.get(f"{_TABLE}visibility") in _HIDDEN:
                self.found.hidden_columns.update(range(self._grid, min(self._grid + number, COLUMNS)))
            self._grid += number
        elif name == f"{_TEXT}p":
            self.parser.CharacterDataHandler = self._texts.append

    def _end_element(self, name: str) -> None:
        if name == f"{_TEXT}p":
            self.parser.CharacterDataHandler = None
        elif self._table != self._sheet:
            return
        elif name in _CELLS:
            number = _repetition(self._cell, "columns")
            self._note_area()
            if f"{_OFFICE}value-type" in self._cell:
                self._note_cell(min(number, COLUMNS))
            self._column += number
        elif name == f"{_TABLE}table-row":
            self._row += self._repeated

    def _repeated_rows(self) -> range:
        """Returns the rows that the present element stands for; at most `RAGGED_ROWS`, and none below the end of a sheet."""
        return range(self._row, min(self._row + min(self._repeated, RAGGED_ROWS), _SHEET_ROWS))

    def _note_area(self) -> None:
        """Notes the area that the cell covers, if it covers others; at most `RAGGED_ROWS` areas, after which the file is refused."""
        down, right = (
            parse_number(self._cell.get(f"{_TABLE}number-{what}-spanned")) or 1 for what in ("rows", "columns")
        )
        if (down > 1 or right > 1) and len(self.found.merged) <= RAGGED_ROWS:
            self.found.merged.append(
                ((self._row, self._column), (self._row + down - 1, self._column + min(right, COLUMNS) - 1))
            )

    def _note_cell(self, width: int) -> None:
        kind = self._cell[f"{_OFFICE}value-type"]
        is_error = any(key.endswith(" value-type") and value == "error" for key, value in self._cell.items())
        shown = "".join(self._texts).strip()
        rows = self._repeated_rows()
        places = range(self._column, self._column + width)
        if is_error:
            left = RAGGED_ROWS + 1 - len(self.found.failed)
            self.found.failed.update(
                dict.fromkeys(islice(product(rows, places), max(0, left)), shown[:ERROR_CHARACTERS])
            )
            return
        behind = _SHOWN_BEHIND.search(shown) if kind in _NUMBERS else None
        if behind is None:
            return
        suffix = behind[1].strip()
        section = NumberSection(2 if kind == "percentage" else 0, suffix)
        style = self.sections.setdefault(section, len(self.sections))
        for column in places:
            if column in self._columns:
                self.found.formatted.setdefault((column, style), array("l")).extend(rows)


def _repetition(attributes: dict[str, str], what: str) -> int:
    number = parse_number(attributes.get(f"{_TABLE}number-{what}-repeated"))
    return 1 if number is None else number
