"""Detection of rows between the data with one filled cell: headings of groups such as 二、海城市, remarks, records that were begun and left.

Such a row can be no record where a record needs several cells, and each cell that it lacks would be a finding. Not here: totals (`total_rows`), rows
below the table (`footer`).
"""

from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.marked_cells import MarkedCells
from pipelines.read.tables.header import Header
from pipelines.read.tables.row_defects import lone_cell
from quality.conformance.buffers import Places
from quality.findings import Finding, FindingKind

_REQUIRED = 4
"""Minimum number of columns that a row may not leave empty: with fewer, one cell is not far from a record."""
_KIND = FindingKind("cell", "lone-cell", "error", None)


def find_lone_cells(table: pa.Table, rows: pa.Array, header: Header, serial: Collection[int] = ()) -> MarkedCells:
    """Returns the rows with one filled cell (`lone-cell`), by that cell; none where a record needs fewer than `_REQUIRED` cells.

    `rows`: their numbers in the file. `serial`: the positions of columns with a running number, which do not count.
    """
    columns = [at for at in range(table.num_columns) if at not in serial]
    required = [at for at in columns if header.fields[at] in header.required]
    places = np.empty(0, np.int64)
    if len(required) >= _REQUIRED:
        places = _find_single(table, [*required, *(at for at in columns if at not in required)])
    numbers = rows.take(pa.array(places))
    cells = pa.chunked_array([_join_cells(table, columns, places)])
    return MarkedCells(_KIND, cells, numbers, numbers, _make_finding)


def _find_single(table: pa.Table, columns: Sequence[int]) -> Places:
    """Returns the positions of the rows with one filled cell in these columns; each column is searched where those before it leave that open."""
    left, filled = np.arange(table.num_rows), np.zeros(table.num_rows, np.int64)
    for at in columns:
        cells = table.column(at) if len(left) == table.num_rows else table.column(at).take(pa.array(left))
        filled += pc.not_equal(cells, "").to_numpy(zero_copy_only=False)
        left, filled = left[filled <= 1], filled[filled <= 1]
        if not len(left):
            break
    single: Places = left[filled == 1]
    return single


def _join_cells(table: pa.Table, columns: Sequence[int], places: Places) -> pa.Array:
    if not len(places):
        return pa.array([], pa.string())
    cells = [table.column(at).take(pa.array(places)).combine_chunks() for at in columns]
    return pc.binary_join_element_wise(*cells, "")


def _make_finding(row: int, _field: str | None, cell: str) -> Finding:
    return lone_cell(row, cell)
