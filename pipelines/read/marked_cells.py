"""Marked cells: cells whose text shows that their value is lost or doubtful. There may be as many of them as the column has rows.

They hold replacement characters, the errors of failed formulas, text in a wrong encoding, or numbers that can be read in two ways. Of
each column only the first marked cells become findings at once; of the others the row numbers are kept, and findings are made if a caller
asks for all. Not here: what a finding says (`defects.py`), formulas of a workbook that failed (`pipelines/read/workbooks/workbook.py`),
the search for damaged text (`damaged_text.py`) and for such numbers (`pipelines/read/delimited/decimal_commas.py`).
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
    """The marked cells of one column.

    `column`, `numbers`: all cells of the column, and the row number of each. `rows`: the row numbers of the marked cells, ascending.
    `kind`: the kind of their findings. `make`: the function that makes one of these findings.
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
        """Returns kind and rows of the findings after the first ones, without making these findings."""
        return leave_unlisted(self.kind, self.rows[MOST_MADE:])

    def drop_rows(self, rows: Sequence[int]) -> "MarkedCells":
        """Returns the marked cells without those in these rows."""
        return replace(self, rows=self.rows.filter(pc.invert(pc.is_in(self.rows, pa.array(rows, pa.int64())))))

    def _make_findings(self, rows: pa.Array) -> Iterator[Finding]:
        texts = self.column.take(pc.index_in(rows, value_set=self.numbers))
        for row, text in zip(rows.to_pylist(), texts.to_pylist(), strict=True):
            yield self.make(row, self.kind.field, text)


def find_replacements(table: pa.Table, rows: pa.Array, fields: Sequence[str | None]) -> Iterator[MarkedCells]:
    """Yields, for each column, the cells with a replacement character (`encoding-error`); `fields`: the field of each column, None if it has none."""
    marks = map_columns(lambda column: pc.match_substring(column, REPLACED), table.columns, table.num_rows)
    for field, column, marked in zip(fields, table.columns, marks, strict=True):
        yield mark_cells("encoding-error", field, column, rows, marked, lost_characters)


def find_formula_errors(table: pa.Table, rows: pa.Array, fields: Sequence[str | None]) -> Iterator[MarkedCells]:
    """Yields, for each column with a field, the cells that hold the error text of a failed formula (`formula-error`)."""
    words = pa.array(sorted(FORMULA_ERRORS))
    marks = map_columns(lambda column: pc.is_in(column, value_set=words), table.columns, table.num_rows)
    for field, column, marked in zip(fields, table.columns, marks, strict=True):
        if field:
            yield mark_cells("formula-error", field, column, rows, marked, formula_error)


def mark_cells(
    type_: str, field: str | None, column: pa.ChunkedArray, rows: pa.Array, marked: pa.ChunkedArray, make: MakeFinding
) -> MarkedCells:
    """Returns the marked cells of a column, each an error of the type `type_`.

    `rows`: the row number of each cell. `marked`: for each cell whether it is marked.
    """
    kind = FindingKind("cell", type_, "error", field)
    return MarkedCells(kind, column, rows, pa.chunked_array([rows]).filter(marked).combine_chunks(), make)
