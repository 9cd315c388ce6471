"""Detection of rows of totals: 合计, 小计, 全市合计, between the rows of data or below them.

A row is one by its own text: its first filled cell is a total. Between rows of data it is an error, because it is unknown what it sums; it is
never data. Not here: notes and totals below the table, which are skipped (`footer`).
"""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.marked_cells import MarkedCells
from pipelines.read.row_defects import total_row
from quality.findings import Finding, FindingKind

_TOTAL = re.compile(
    r"(?:全[省市县区国州盟旗]|本[页表期年月季次市县区]|以上|各[市县区]|[\u4e00-\u9fff]{2,7}[省市县区旗州盟])?"
    r"(?:合计|总计|小计|共计|累计|汇总)[数值]?(?:[（(][^（）()]*[)）])?[:：]?(?:\d[\d,.]*(?:[万亿]?元|[个条行笔项家处座人次㎡米]{0,2}))?"
)
_MARK = "计"
"""In all of them but 汇总, which Excel writes below the last row of a table and which is not sought between rows."""
_COLUMNS = 4
"""Number of first columns in one of which a total stands."""

_KIND = FindingKind("cell", "total-row", "error", None)


def is_total(cell: str) -> bool:
    """Whether the text of a cell, without blanks, is that of a total."""
    return _TOTAL.fullmatch(re.sub(r"\s", "", cell)) is not None


def find_total_rows(table: pa.Table, rows: pa.Array) -> MarkedCells:
    """Returns the rows whose first filled cell is a total (`total-row`), by that cell; `rows`: their numbers in the file."""
    columns = table.columns[:_COLUMNS]
    places = pa.concat_arrays([_find_totals(column) for column in columns]).unique().sort()
    cells = _take_first_filled(columns, places)
    found = pc.is_in(cells, value_set=_select_totals(cells))
    numbers = rows.take(places.filter(found))
    return MarkedCells(_KIND, pa.chunked_array([cells.filter(found)]), numbers, numbers, _make_finding)


def _find_totals(column: pa.ChunkedArray) -> pa.Array:
    """Returns the positions of the totals in a column."""
    marked = pc.match_substring(column, _MARK)
    cells = column.filter(marked).combine_chunks()
    return pc.indices_nonzero(marked).filter(pc.is_in(cells, value_set=_select_totals(cells)))


def _select_totals(cells: pa.Array) -> pa.Array:
    return pa.array([cell for cell in cells.unique().to_pylist() if is_total(cell)], pa.string())


def _take_first_filled(columns: Sequence[pa.ChunkedArray], places: pa.Array) -> pa.Array:
    """Returns the first cell of each of those rows that is not blank, without blanks around it."""
    cells = pa.nulls(len(places), pa.string())
    for column in columns if len(places) else ():  # of a column in pieces `take` makes a copy
        texts = pc.utf8_trim_whitespace(column.take(places)).combine_chunks()
        cells = pc.coalesce(cells, pc.if_else(pc.equal(texts, ""), None, texts))
    return cells


def _make_finding(row: int, _field: str | None, cell: str) -> Finding:
    return total_row(row, cell)
