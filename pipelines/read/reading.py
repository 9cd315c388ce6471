"""What reading a file yields, how much of a file we read, and how a refusal is said.

Here: the `Reading`, the limits, the one function that words a refusal. Not here: any format (`delimited`, `workbook`,
`records`, `features`), nor judging what the cells hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyarrow as pa

from pipelines.workbook_stamp import TemplateStamp
from quality.conformance.lines import RecordLines
from quality.findings import Finding
from schemas.errors import UnreadableFile
from schemas.text import Text

FILE_BYTES = 512 * 2**20
"""A delimited file is read in a stream, so this bounds time and the text table, not a copy of the file."""
WORKBOOK_BYTES = 128 * 2**20
JSON_BYTES = 64 * 2**20
"""JSON is parsed whole: about ten times its size in memory."""
LINE_BYTES = 2**20
CELL_CHARACTERS = 32_768
"""One more than the 32 767 that a spreadsheet can hold. Source: Microsoft, Excel specifications and limits."""
COLUMNS = 1_000
ROWS = 5_000_000
TEXT_BYTES = 2**31
"""All cells together, as UTF-8: shared strings let a small workbook repeat a long text a million times."""
RAGGED_ROWS = 10_000
"""More rows of the wrong width than this are no slips: the file is cut at the wrong places."""
HEADER_WITHIN = 20
"""Records in which the header is looked for, below titles and notes."""
FOOTER_WITHIN = 30
"""Records in which notes, totals and signatures below the table are looked for."""
EXPANDED_BYTES = 2**30
EXPANSION = 200
"""A worksheet deflates about 12 to 60 times; bombs 1 000 times."""
EXPANSION_FROM = 64 * 2**20
"""Below this many bytes an expansion ratio harms nobody."""
WHOLE_PART_BYTES = 2**24
"""The list of sheets of an XLSX is looked through in one piece."""
OPENING_BYTES = 3 * 2**30
"""The workbook reader keeps 32 bytes for each cell between the first and the last, and a copy of each text."""
OPENING_SECONDS = 10
OPENING_SECONDS_PER_MB = 10
"""Seconds of the processor for any workbook, and for each megabyte of it; honest ones take a tenth of that."""


@dataclass(frozen=True)
class Reading:
    """The text of one file as it stands in it, nothing rewritten.

    `table`: one row a record of the file, all columns strings, an empty cell is `""`; columns are named by `labels`, made
    unique. `rows`: int64, beside the table, the row as a person sees it in Excel (first record = 1, skipped rows counted).
    `labels`: the header exactly as written, one a column; `columns`: where each stands in the file (1 = its first column). `decisions`: what was decided and skipped, for the receipt.
    `findings`: defects that only the reader can see (ragged rows, merged cells). `stamp`: what a workbook of ours says of itself.
    `lines`: on which line each row of a delimited file begins.
    """

    table: pa.Table
    rows: pa.Array
    labels: tuple[str, ...]
    format: str
    columns: tuple[int, ...] = ()
    encoding: str | None = None
    sheet: str | None = None
    header_row: int = 1
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Text, ...] = ()
    stamp: TemplateStamp | None = None
    lines: RecordLines | None = None

    def with_decisions(self, first: tuple[Text, ...]) -> "Reading":
        """The same reading with decisions that were taken before its rows were read."""
        return replace(self, decisions=(*first, *self.decisions))

    def with_findings(self, more: Iterable[Finding]) -> "Reading":
        """The same reading with more findings, in the order of rows."""
        return replace(self, findings=tuple(sorted((*self.findings, *more), key=lambda finding: finding.row or 0)))


def refuse_file(kind: str, zh: str, en: str) -> UnreadableFile:
    """The exception that says what is wrong, where, and how to mend it; `kind` is the receipt's stable slug."""
    return UnreadableFile(kind, Text(zh=zh, en=en))
