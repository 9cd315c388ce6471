"""Units that the rows around the data state: the lines above the header, a row of units below it, the notes below the table.

Not here: how a statement of units is written (`pipelines/units/statements.py`), which rows are notes (`footer`).
"""

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.tables.header import Header
from pipelines.units.statements import UnitStatement, find_statements, find_statements_above, find_unit_row
from quality.findings import masked_excerpt
from schemas.text import Text

_SEARCHED = 100


@dataclass(frozen=True)
class RowsBelowUnits:
    """The rows of the file without the row of units; the number and units of that row, and the receipt's note on it."""

    table: pa.Table
    rows: pa.Array
    row: int | None = None
    statements: tuple[UnitStatement, ...] = ()
    decisions: tuple[Text, ...] = ()


def split_unit_row(table: pa.Table, rows: pa.Array, header: Header) -> RowsBelowUnits:
    """Takes the row of units off the table, if its first row is one; unchanged if the header names no field."""
    if not header.known or not table.num_rows:
        return RowsBelowUnits(table, rows)
    number, cells = rows[0].as_py(), [column[0].as_py() for column in table.columns]
    statements = find_unit_row(number, cells, header.fields)
    if not statements:
        return RowsBelowUnits(table, rows)
    seen = "、".join(str(masked_excerpt(cell.strip(), 20)) for cell in cells if cell.strip())
    decision = Text(
        zh=f"第 {number} 行是各列的单位（{seen}），未作为数据读取",
        en=f"row {number} holds the units of the columns ({seen}) and was not read as data",
    )
    return RowsBelowUnits(table.slice(1), rows.slice(1), number, tuple(statements), (decision,))


def find_units_above(header: Header) -> tuple[UnitStatement, ...]:
    """Returns the units that the lines above the header state; none if the header names no field."""
    return tuple(find_statements_above(header.above, header.fields)) if header.known else ()


def find_units_below(units: RowsBelowUnits, skipped: Collection[int]) -> tuple[UnitStatement, ...]:
    """Returns the units that the skipped rows, notes below the table among them, state; only the last 100 are searched."""
    if not skipped:
        return ()
    marked = pc.is_in(units.rows, value_set=pa.array(sorted(skipped)[-_SEARCHED:], pa.int64()))
    records = units.table.filter(marked).to_pylist()
    lines = zip(units.rows.filter(marked).to_pylist(), (list(record.values()) for record in records), strict=True)
    return tuple(find_statements(lines))
