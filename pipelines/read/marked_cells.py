"""Cells that are lost or in doubt by their text, of which a column may be full.

They are replacement characters, the errors of failed formulas, text in a wrong encoding, and numbers that can be read in two ways. A
column may have such a cell in each of its rows: the first are findings, of the others the row numbers are known, until all are asked for.
Not here: what a finding says (`defects.py`), formulas of a workbook that failed (`pipelines/read/workbooks/workbook.py`), the search for damaged text
(`damaged_text.py`) and for such numbers (`pipelines/read/delimited/decimal_commas.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.defects import FORMULA_ERRORS, REPLACED, formula_error, lost_characters
from quality.brief_findings import MOST_MADE, UnlistedFindings, leave_unlisted
from quality.findings import Finding, FindingKind
from schemas.execution.spilled_table import map_columns

_MADE_AT_ONCE = 1 << 16

MakeFinding = Callable[[int, str | None, str], Finding]
"""Makes the finding on a row, a field and the text of the cell."""


@dataclass(frozen=True)
class MarkedCells:
    """The marked cells of one column: `column`, its cells with the row numbers `numbers`; `rows`, those of the marked ones, ascending.

    `kind`: that of their findings, which `make` makes.
    """

    kind: FindingKind
    column: pa.ChunkedArray
    numbers: pa.Array
    rows: pa.Array
    make: MakeFinding

    def list_first(self) -> list[int]:
        """Returns the rows of the first `MOST_MADE` findings."""
        return self.rows[:MOST_MADE].to_pylist()  # type: ignore[no-any-return]

    def make_first(self) -> Iterator[Finding]:
        """Yields the first `MOST_MADE` findings."""
        return self._make_findings(self.rows[:MOST_MADE])

    def make_all(self) -> Iterator[Finding]:
        """Yields all findings."""
        yield from self.make_first()
        yield from self.make_others()

    def make_others(self) -> Iterator[Finding]:
        """Yields the findings after the first ones."""
        for start in range(MOST_MADE, len(self.rows), _MADE_AT_ONCE):
            yield from self._make_findings(self.rows[start : start + _MADE_AT_ONCE])

    def leave_others(self) -> UnlistedFindings:
        """Returns the findings after the first ones without making them."""
        return leave_unlisted(self.kind, self.rows[MOST_MADE:])

    def drop_rows(self, rows: Sequence[int]) -> "MarkedCells":
        """Returns the cells that are in none of these rows."""
        return replace(self, rows=self.rows.filter(pc.invert(pc.is_in(self.rows, pa.array(rows, pa.int64())))))

    def _make_findings(self, rows: pa.Array) -> Iterator[Finding]:
        texts = self.column.take(pc.index_in(rows, value_set=self.numbers))
        for row, text in zip(rows.to_pylist(), texts.to_pylist(), strict=True):
            yield self.make(row, self.kind.field, text)


def find_replacements(table: pa.Table, rows: pa.Array, fields: Sequence[str | None]) -> Iterator[MarkedCells]:
    """Yields the cells of each column with a replacement character (`encoding-error`); `fields`: that of each column."""
    marks = map_columns(lambda column: pc.match_substring(column, REPLACED), table.columns, table.num_rows)
    for field, column, marked in zip(fields, table.columns, marks, strict=True):
        yield mark_cells("encoding-error", field, column, rows, marked, lost_characters)


def find_formula_errors(table: pa.Table, rows: pa.Array, fields: Sequence[str | None]) -> Iterator[MarkedCells]:
    """Yields the cells of each field that hold the error text of a failed formula (`formula-error`)."""
    words = pa.array(sorted(FORMULA_ERRORS))
    marks = map_columns(lambda column: pc.is_in(column, value_set=words), table.columns, table.num_rows)
    for field, column, marked in zip(fields, table.columns, marks, strict=True):
        if field:
            yield mark_cells("formula-error", field, column, rows, marked, formula_error)


def mark_cells(
    type_: str, field: str | None, column: pa.ChunkedArray, rows: pa.Array, marked: pa.ChunkedArray, make: MakeFinding
) -> MarkedCells:
    """Returns the cells of a column that are `marked`, of which each is an error of that type; `rows`: the row numbers of the column."""
    kind = FindingKind("cell", type_, "error", field)
    return MarkedCells(kind, column, rows, pa.chunked_array([rows]).filter(marked).combine_chunks(), make)
