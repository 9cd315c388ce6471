"""The result of reading a file (`Reading`), the size limits of all readers, and the exception of a refused file.

Not here: any format (`delimited_text`, `workbook`, `json_records`, `features`, `parquet`), or validation of the cells.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import pyarrow as pa

from pipelines.read.marked_cells import MarkedCells
from pipelines.units.statements import StatedUnits
from pipelines.workbook_stamp import TemplateStamp
from quality.brief_findings import MOST_MADE, BriefFindings
from quality.conformance.lines import RecordLines
from quality.findings import Finding
from schemas.errors import UnreadableFile
from schemas.text import Text

FILE_BYTES = 512 * 2**20
"""Maximum size of a delimited file. It is read in a stream, so this bounds time and the text table only."""
WORKBOOK_BYTES = 128 * 2**20
WORKBOOK_CHARACTERS = 2**28
"""Maximum number of characters of the cells read from a workbook: each is copied out of the worker process, and one shared text may repeat."""
JSON_BYTES = 64 * 2**20
"""Maximum size of a JSON file. JSON is parsed whole and takes about ten times its size in memory."""
JSON_CONTAINERS = 4_000_000
"""Maximum number of objects and lists in a JSON file: one of seven bytes takes 170 in memory."""
LINE_BYTES = 2**20
CELL_CHARACTERS = 32_768
"""Maximum length of a cell, one more than in a spreadsheet (32 767).

Source: Microsoft, Excel specifications and limits.
"""
COLUMNS = 1_000
ROWS = 5_000_000
TEXT_BYTES = 2**31
"""Maximum size of all cells as UTF-8: shared strings let a small workbook repeat a long text a million times."""
RAGGED_ROWS = 10_000
"""Maximum number of rows of the wrong width; more means that the file is split at the wrong places."""
HEADER_WITHIN = 20
"""Number of first records that are searched for the header, below titles and notes."""
FOOTER_WITHIN = 30
"""Number of last records that are searched for notes, totals and signatures below the table."""
EXPANDED_BYTES = 2**30
EXPANSION = 200
"""Maximum ratio of unpacked to packed size: a worksheet compresses about 12 to 60 times, a ZIP bomb 1 000 times."""
EXPANSION_FROM = 64 * 2**20
"""The expansion ratio is not checked up to this many unpacked bytes."""
WHOLE_PART_BYTES = 2**24
"""Maximum size of the list of sheets of an XLSX, which is searched in one piece."""
SCANNED_ELEMENTS = 30_000_000
"""Maximum number of XML elements of a sheet that is parsed for hidden content, which takes about a second for two million."""
OPENING_BYTES = 3 * 2**30
"""Memory for opening a workbook. The reader keeps 32 bytes per cell between first and last, and a copy of each text."""
OPENING_SECONDS = 10
OPENING_SECONDS_PER_MB = 10
"""Processor seconds for any workbook (above) plus those for each megabyte of it; ordinary ones take a tenth of that."""
_AT_ONCE = 8_192
"""Rows whose cells are in memory at a time."""


class ProposalCells(NamedTuple):
    """The columns of proposals of one field in a marked workbook, one cell a row; `columns` are their positions in the file.

    `written`: what the cells held when the proposals were made; None if that column was deleted.
    """

    written: pa.ChunkedArray | None
    proposed: pa.ChunkedArray
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """The text of one file exactly as written; no value is rewritten.

    Attributes:
        table: One row per record of the file. All columns are strings, an empty cell is `""`; columns are named by
            `labels`, made unique.
        rows: int64, one per row of `table`: the row number as shown in Excel (first record = 1, skipped rows counted).
        labels: The header exactly as written, one per column.
        columns: The position of each label in the file (1 = first column).
        last_column: The position of the last column in use, apart from those of proposals; 0 if it is the last of `columns`.
        findings: Defects that only the reader can see (ragged rows, merged cells), of marked cells the first of each column.
        marked: The columns with more marked cells than have a finding.
        decisions: What was decided and skipped, for the receipt.
        stamp: The stamp of a template or excerpt written by us, if the workbook has one.
        complete: Whether the sheet of instructions of a template says that the file is complete.
        lines: The line on which each row of a delimited file begins.
        decimal_commas: Names of the fields whose numbers have a comma before their decimals.
        days_from_1904: Whether the numbers of days in its cells count from 1904, not from 1900 (`workbooks/date_system.py`).
        stated: What the file says of units outside its labels.
        proposals: The columns of proposals of a marked workbook, by field; they are no part of `table`.
    """

    table: pa.Table
    rows: pa.Array
    labels: tuple[str, ...]
    format: str
    columns: tuple[int, ...] = ()
    last_column: int = 0
    encoding: str | None = None
    sheet: str | None = None
    header_row: int = 1
    findings: tuple[Finding, ...] = ()
    marked: tuple[MarkedCells, ...] = ()
    decisions: tuple[Text, ...] = ()
    stamp: TemplateStamp | None = None
    complete: bool = False
    lines: RecordLines | None = None
    decimal_commas: frozenset[str] = frozenset()
    days_from_1904: bool = False
    stated: StatedUnits = field(default_factory=StatedUnits)
    proposals: Mapping[str, ProposalCells] = field(default_factory=dict)

    def with_decisions(self, first: tuple[Text, ...]) -> "Reading":
        """A copy of the reading with `first`, decisions taken before its rows were read, put before its own."""
        return replace(self, decisions=(*first, *self.decisions))

    def with_findings(self, more: Iterable[Finding]) -> "Reading":
        """A copy of the reading with further findings, sorted by row; findings without a row come first."""
        return replace(self, findings=tuple(sorted((*self.findings, *more), key=lambda finding: finding.row or 0)))

    def with_marked(self, more: Iterable[MarkedCells]) -> "Reading":
        """A copy of the reading with further marked cells, of which the first of each column are findings."""
        cells = [*more]
        first = (finding for one in cells for finding in one.make_first())
        kept = (*self.marked, *(one for one in cells if len(one.rows) > MOST_MADE))
        return replace(self.with_findings(first), marked=kept)

    def list_found(self, *, in_full: bool = False) -> BriefFindings:
        """The findings of the reader; those on marked cells after the first ones of a column are made only `in_full`."""
        if not in_full:
            return BriefFindings([*self.findings], tuple(cells.leave_others() for cells in self.marked))
        others = (finding for cells in self.marked for finding in cells.make_others())
        return BriefFindings([*self.with_findings(others).findings])


def refuse_file(kind: str, zh: str, en: str) -> UnreadableFile:
    """Returns the exception for a refused file: what is wrong, where, and how to correct it.

    `kind` is the stable slug in the receipt.
    """
    return UnreadableFile(kind, Text(zh=zh, en=en))


def list_marked_cells(column: pa.ChunkedArray, rows: pa.Array, marked: pa.ChunkedArray) -> Iterator[tuple[int, str]]:
    """Yields row number and text of the cells of a column that are marked, from the top."""
    numbers = pa.chunked_array([rows]).filter(marked)
    yield from zip(numbers.to_pylist(), column.filter(marked).to_pylist(), strict=True)


def list_rows(table: pa.Table, places: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Yields the cells of the rows at those positions, in their order."""
    for start in range(0, len(places), _AT_ONCE):
        wanted = pa.array(places[start : start + _AT_ONCE], pa.int64())
        yield from zip(*(column.take(wanted).to_pylist() for column in table.columns), strict=True)
