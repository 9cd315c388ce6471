"""How large a grid the cells of a worksheet span, told from its XML before anything lays the grid out.

The workbook reader keeps a slot for every cell between the first and the last, so two cells far apart are enough to ask
for gigabytes. Here: extents, in XLSX and in ODS parts, and the cells of an XLSX part whose formula failed (the workbook reader
shows those as empty). Not here: opening archives (`archive`), XLS (`compound`).

Source: ECMA-376 part 1, §18.3.1.4 (cell references); OpenDocument 1.3 part 3, §19.675 and §19.678 (repeated columns and rows).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_ERROR = b't="e"'
_TAG_BYTES = 256
_FORMULA_BYTES = 10_000
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_SPACED = re.compile(rb"\sr(\s+=|=\s)")
_LONGEST = 11
_PAD = b"\0" * 16
_ODS_TAG = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)\b([^<>]*)>")
_ODS_COLUMNS = re.compile(rb'table:number-columns-repeated="(\d{1,9})"')
_ODS_ROWS = re.compile(rb'table:number-rows-repeated="(\d{1,9})"')


class Extent(NamedTuple):
    """Last row and last column that hold something, counted from 1; (0, 0) if none does."""

    rows: int
    columns: int

    @property
    def cells(self) -> int:
        """Slots between A1 and the last cell."""
        return self.rows * self.columns

    def joined(self, other: "Extent") -> "Extent":
        """The smallest extent that holds both."""
        return Extent(max(self.rows, other.rows), max(self.columns, other.columns))


def xlsx_extent(xml: bytes) -> Extent | None:
    """The extent of a piece of worksheet XML cut between tags; None if it is written as no spreadsheet program writes it."""
    text = np.frombuffer(xml + _PAD, np.uint8)
    at = np.flatnonzero((text[:-_LONGEST] <= ord(" ")) & (text[1 : 1 - _LONGEST] == ord("r")))
    at = at[at < len(xml)]
    after, quote = text[at + 2], text[at + 3]
    spaced = (after <= ord(" ")) | ((after == ord("=")) & (quote <= ord(" ")))
    if any(_SPACED.match(xml, int(place)) for place in at[spaced]):
        return None
    at = at[(after == ord("=")) & ((quote == ord('"')) | (quote == ord("'")))] + 4
    rows, columns = _numbers(text, at)
    # An empty row (`<row r="1048576" …/>`) only carries a height; LibreOffice writes such rows to the very end.
    counted = (columns > 0) | ~_closed(text, at)
    return Extent(int(rows[counted].max(initial=0)), int(columns.max(initial=0)))


def _numbers(
    text: npt.NDArray[np.uint8], at: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    rows, columns = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    going = np.ones(len(at), bool)
    for step in range(_LONGEST):
        code = text[np.minimum(at + step, len(text) - 1)].astype(np.int64)
        letter = going & ((code & 0xDF) >= ord("A")) & ((code & 0xDF) <= ord("Z"))
        digit = going & (code >= ord("0")) & (code <= ord("9"))
        columns[letter] = columns[letter] * 26 + (code[letter] & 0xDF) - ord("A") + 1
        rows[digit] = rows[digit] * 10 + code[digit] - ord("0")
        going = letter | digit
    return rows, columns


def _closed(text: npt.NDArray[np.uint8], at: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    ends = np.append(np.flatnonzero(text == ord(">")), len(text) - 1)
    closed: npt.NDArray[np.bool_] = text[ends[np.searchsorted(ends, at)] - 1] == ord("/")
    return closed


def xlsx_errors(xml: bytes) -> Iterator[tuple[int, int, str]]:
    """Row, column (from 0) and text of every cell whose formula failed, such as `#REF!`."""
    at = xml.find(_ERROR)
    while at >= 0:
        start = xml.rfind(b"<", max(0, at - _TAG_BYTES), at)
        reference = _REFERENCE.search(xml, max(start, 0), at + _TAG_BYTES)
        value = xml.find(b"<v>", at, at + _FORMULA_BYTES)
        end = xml.find(b"<", value + 3, value + _TAG_BYTES)
        if reference and 0 <= start < value < end and xml.startswith(b"<c ", start):
            yield int(reference[2]) - 1, _column(reference[1]), xml[value + 3 : end].decode("ascii", "backslashreplace")
        at = xml.find(_ERROR, at + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def ods_cells(xml: bytes) -> int:
    """Slots that all tables of an ODS content.xml ask for together, repeated cells counted as often as they are repeated."""
    total, extent, row, column = 0, Extent(0, 0), 0, 0
    times = 1
    for tag in _ODS_TAG.finditer(xml):
        kind, attributes = tag[1], tag[2]
        if kind == b"table":
            total, extent, row = total + extent.cells, Extent(0, 0), 0
        elif kind == b"table-row":
            times, column = _repeated(_ODS_ROWS, attributes), 0
            row += times
        else:
            column += _repeated(_ODS_COLUMNS, attributes)
            if b"value" in attributes or b"formula" in attributes or not attributes.endswith(b"/"):
                extent = extent.joined(Extent(row, column))
    return total + extent.cells


def _repeated(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1
