"""Detection of rows of totals: 合计, 小计, 全市合计, 汇总, Total, between the rows of data or below them.

A row is recognised by its own text: its first filled cell is a word for a total. Between rows of data it is an error, because it is
unknown what it sums; it is never data. Not here: notes and totals below the table, which are skipped (`footer`).
"""

import re
from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.marked_cells import MarkedCells
from pipelines.read.tables.row_defects import total_row
from quality.findings import Finding, FindingKind

_TOTAL = re.compile(
    r"(?:全[省市县区国州盟旗]|本[页表期年月季次市县区]|以上|各[市县区]|[\u4e00-\u9fff]{2,7}[省市县区旗州盟])?"
    r"(?:合计|总计|小计|共计|累计|汇总|(?i:(?:grand|sub)?-?total))[数值行]?(?:[（(][^（）()]*[)）])?[:：]?(?:\d[\d,.]*(?:[万亿]?元|[个条行笔项家处座人次㎡米]{0,2}))?"
)
_MARKED = "计|汇总|otal|OTAL"
"""What each of them has in it."""
_BLANK = r"^[\t-\r\x1c-\x20\x85\p{Z}]*$"
_COLUMNS = 4
"""Number of first columns in one of which a total stands."""

_KIND = FindingKind("cell", "total-row", "error", None)


def is_total(cell: str) -> bool:
    """Whether a cell, without blanks, is a word for a total."""
    return _TOTAL.fullmatch(re.sub(r"\s", "", cell)) is not None


def find_total_rows(table: pa.Table, rows: pa.Array, serial: Collection[int] = ()) -> MarkedCells:
    """Returns the rows whose first filled cell is a word for a total, as marked cells (`total-row`).

    `rows`: the row numbers of the table. `serial`: positions of columns with a running number; these are skipped, because a row of totals
    may have one.
    """
    columns = [column for at, column in enumerate(table.columns) if at not in serial][:_COLUMNS]
    places, cells = _find_totals(columns)
    order = pc.sort_indices(places)
    numbers = rows.take(places.take(order))
    return MarkedCells(_KIND, pa.chunked_array([cells.take(order)]), numbers, numbers, _make_finding)


def _find_totals(columns: Sequence[pa.ChunkedArray]) -> tuple[pa.Array, pa.Array]:
    """Returns the positions of the rows of totals, and the first filled cell of each. A column is searched only in rows in which the columns before it are blank."""
    places, found = [pa.array([], pa.uint64())], [pa.array([], pa.string())]
    left: pa.Array | None = None
    for column in columns:
        texts = column if left is None else column.take(left)
        likely = pc.indices_nonzero(pc.match_substring_regex(texts, _MARKED))
        cells = pc.utf8_trim_whitespace(texts.take(likely)).combine_chunks()
        sure = pc.is_in(cells, value_set=_select_totals(cells))
        here = likely.filter(sure)
        places.append(here if left is None else left.take(here))
        found.append(cells.filter(sure))
        blank = pc.indices_nonzero(pc.match_substring_regex(texts, _BLANK))
        left = blank if left is None else left.take(blank)
        if not len(left):
            break
    return pa.concat_arrays(places), pa.concat_arrays(found)


def _select_totals(cells: pa.Array) -> pa.Array:
    return pa.array([cell for cell in cells.unique().to_pylist() if is_total(cell)], pa.string())


def _make_finding(row: int, _field: str | None, cell: str) -> Finding:
    return total_row(row, cell)
