"""Detection of rows that a stray double quote put into one cell.

A quote that opens by mistake runs to the next quote in the file, however many lines below: the rows between become the
text of a single cell, without an error. Such a cell is told from text with line breaks by its lines: each of them splits
into about as many cells as the header has, and what it would put into the columns of numbers, dates and codes fits
there. Not here: quotes that never end, which the strict reader refuses (`delimited_text`).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from pipelines.read.reading import CELL_CHARACTERS
from pipelines.read.tables.header import Header
from pipelines.read.tables.row_defects import fewer_rows, swallowed_rows
from quality.findings import Finding
from schemas.contract import Contract, Field
from schemas.text import Text

_LINE_END = re.compile(r"\r\n|\r|\n")
_SLACK = 10
"""A line may have a tenth more or fewer cells than the header."""
_TELLING_WIDTH = 5
"""Minimum number of columns where no column has a form by which a line could be recognised."""
_FORMS = {
    "integer": r"[+-]?\d[\d,]*(\.0+)?",
    "number": r"[¥+-]{0,2}\d[\d,]*(\.\d+)?\s*\D{0,4}",
    "year": r"\d{4}\s*年?度?",
    "date": r"\d{4}\s*[-/.年]\s*\d{1,2}.*|\d{8}|\d{5}",
    "datetime": r"\d{4}\s*[-/.年]\s*\d{1,2}.*|\d{8}|\d{5}(\.\d+)?",
    "time": r"\d{1,2}\s*[:时].*",
    "boolean": r"(?i)true|false|[01是否有无]",
}


class SwallowedRowsDetector:
    """Inspects the records of one file that span several lines, and keeps what it finds.

    Attributes:
        multi_line: Number of records that span several lines.
        taken: By row number of the record, the number of rows that one of its cells has swallowed.
        findings: One finding per such cell (`swallowed-rows`).
    """

    def __init__(self, header: Header, delimiter: str, contract: Contract | None) -> None:
        self._header = header
        self._width = len(header.labels)
        self._names = header.fields
        self._delimiter = delimiter
        fields = [contract.get_field(name) if name and contract else None for name in header.fields]
        self._forms = [_cell_form(field) for field in fields]
        self.multi_line = 0
        self.taken: dict[int, int] = {}
        self.findings: list[Finding] = []

    def inspect_record(self, row: int, line: int, record: list[str]) -> None:
        """Inspects a record that begins on `line`; a cell with rows in it is cut to the length that a cell may have."""
        self.multi_line += 1
        for at, cell in enumerate(record):
            lines = _LINE_END.split(cell)
            if len(lines) > 1 and (rows := self._count_rows(record, at, lines)):
                self.taken[row] = self.taken.get(row, 0) + rows
                field = self._names[at] if at < self._width else None
                self.findings.append(swallowed_rows(row, line, field, cell, rows))
                record[at] = cell[:CELL_CHARACTERS]
            line += len(lines) - 1

    def find_fewer_rows(self, read: int) -> list[Finding]:
        """Returns the finding on the whole file, which holds more rows than the `read` ones; none if nothing is swallowed."""
        if not self.taken:
            return []
        first = self.findings[0]
        return [fewer_rows(first.line or 0, sum(self.taken.values()), read)]

    def describe_lines(self, read: int) -> tuple[Text, ...]:
        """Returns the receipt's note on the number of records; none if each of them is one line."""
        if not self.multi_line:
            return ()
        seeming = read + sum(self.taken.values())
        return (
            Text(
                zh=f"文件估计有 {seeming} 行数据，读出 {read} 行；{self.multi_line} 行的单元格内有换行",
                en=f"the file seems to hold {seeming} rows, {read} were read; {self.multi_line} have line breaks in a cell",
            ),
        )

    def _count_rows(self, record: Sequence[str], at: int, lines: Sequence[str]) -> int:
        """Returns the number of rows that the cell has swallowed; 0 if its lines are only text."""
        first, *inner, last = (line.split(self._delimiter) for line in lines)
        inner = [cells for cells in inner if "".join(cells).strip()]
        whole = [[*record[:at], *first], *inner, [*last, *record[at + 1 :]]]
        if not self._are_complete(whole):
            return 0
        swallowed = [*inner, last]
        fitting = sum(self._fits(cells) for cells in swallowed)
        return len(swallowed) if 2 * fitting >= len(swallowed) and self._fits(last) else 0

    def _are_complete(self, rows: Sequence[Sequence[str]]) -> bool:
        odd = [at for at, cells in enumerate(rows) if not self._is_complete(len(cells))]
        # The lines between the first and the last may include a row with another defect.
        return not {0, len(rows) - 1} & set(odd) and 4 * len(odd) <= len(rows)

    def _is_complete(self, cells: int) -> bool:
        """Whether a line of so many cells may be a row; of a wide table it may lack optional cells at its end."""
        if abs(cells - self._width) <= self._width // _SLACK:
            return True
        return self._width >= _SLACK and self._width <= 2 * cells < 2 * self._width and self._header.may_lack(cells)

    def _fits(self, cells: Sequence[str]) -> bool:
        if not any(self._forms):
            return self._width >= _TELLING_WIDTH
        judged = [
            form.fullmatch(unicodedata.normalize("NFKC", cell).strip()) is not None
            for form, cell in zip(self._forms, cells, strict=False)
            if form and cell.strip()
        ]
        return bool(judged) and 2 * sum(judged) >= len(judged)


def drop_ragged(findings: Iterable[Finding], rows: Iterable[int]) -> tuple[Finding, ...]:
    """Returns the findings without those on the width of these rows, which a swallowed row explains."""
    explained = set(rows)
    return tuple(f for f in findings if not (f.row in explained and f.type in {"extra-cell", "missing-cell"}))


def _cell_form(field: Field | None) -> re.Pattern[str] | None:
    """Returns the form of the field's cells; None for free text."""
    if field is None:
        return None
    if field.type == "string":
        pattern = field.constraints.get("pattern")
        return re.compile(pattern, re.ASCII) if pattern else None
    form = _FORMS.get(field.type)
    return re.compile(form) if form else None
