"""Detection of rows below the header that are not data: notes, signatures and totals below the table, repeated headers.

A row is recognised only by its own text: its first filled cell is a total, or begins with a word such as 注 or 填表人. A
total between rows of data is not skipped but reported as a finding, because it is unknown what it sums. Not here:
titles above the header (`header`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.defects import total_row
from pipelines.read.header import Header
from pipelines.read.reading import FOOTER_WITHIN, RAGGED_ROWS
from pipelines.stated_units import is_unit_line
from quality.findings import Finding, masked_excerpt
from schemas.text import Text

_NOTE = re.compile(
    r"(?:附?注|备注|(?:填[表报])?说明|(?:数据|资料)?来源|口径)\s*[\d一二三四五六七八九十]*\s*[:：.、].*", re.DOTALL
)
_SIGNED = re.compile(
    r"(?:(?:单位|统计|部门)?负责人|[填制]表(?:人|日期|时间|单位)?|填报(?:人|日期|时间|单位)?|审核人?|复核人?|审批人?|经办人?"
    r"|联系人|联系电话|报出日期|(?:单位)?盖章)\s*(?:[（(](?:签字|签章|签名|盖章|公章)[)）])?\s*(?:[:：].*)?",
    re.DOTALL,
)
_TOTALS = ("合计", "总计", "小计", "共计", "累计")
_GAPS = ("", " ", "  ", "   ", "\u3000", "\u3000\u3000")
_TOTAL_CELLS = pa.array([word[0] + gap + word[1] + end for word in _TOTALS for gap in _GAPS for end in ("", ":", "：")])
_TOTAL_COLUMNS = 4
_NARROW = 3
"""Minimum number of columns for these checks: in narrower tables, rows with one filled cell are common."""
_NAMED = 3


@dataclass(frozen=True)
class DataRows:
    """The rows that are data, their row numbers, the skipped row numbers, findings on totals, and the decisions."""

    table: pa.Table
    rows: pa.Array
    skipped: frozenset[int]
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Text, ...] = ()


def find_data_rows(table: pa.Table, rows: pa.Array, header: Header) -> DataRows:
    """Returns the table without footer rows and repeated headers; unchanged if the header names no field."""
    if not header.known:
        return DataRows(table, rows, frozenset())
    decisions = []
    end, description = _find_end(table, rows)
    if description:
        decisions.append(description)
    again = _find_repeated_headers(table.slice(0, end), header)
    if again:
        decisions.append(_describe_repeats(len(again)))
    kept = [at for at in range(end) if at not in again] if again else None
    data, numbers = table.slice(0, end), rows.slice(0, end)
    if kept is not None:
        data, numbers = data.take(kept), numbers.take(pa.array(kept, pa.int64()))
    gone = {*rows.slice(end).to_pylist(), *(rows[at].as_py() for at in again)}
    return DataRows(data, numbers, frozenset(gone), tuple(_find_totals(data, numbers)), tuple(decisions))


def _find_end(table: pa.Table, rows: pa.Array) -> tuple[int, Text | None]:
    """Returns the number of rows above the footer, and the receipt's note on the footer; None if there is no footer."""
    first = max(0, table.num_rows - FOOTER_WITHIN)
    last = [[cell.strip() for cell in record.values()] for record in table.slice(first).to_pylist()]
    end = len(last)
    named: list[str] = []
    for at in range(len(last) - 1, -1, -1):
        if _is_footer_row(last[at]):
            end = at
            named.insert(0, next(cell for cell in last[at] if cell))
        elif not _may_continue_note(last[at]):
            break
    if end == len(last):
        return table.num_rows, None
    at, until = rows[first + end].as_py(), rows[-1].as_py()
    seen = "、".join(f"“{masked_excerpt(text, 20)}”" for text in named[:_NAMED])
    return first + end, Text(
        zh=f"第 {at}–{until} 行是表尾的合计、注释或签署，未作为数据读取：{seen}",
        en=f"rows {at} to {until} below the table are totals, notes or signatures and were not read as data: {seen}",
    )


def _is_footer_row(record: Sequence[str]) -> bool:
    filled = [cell for cell in record if cell]
    if not filled:
        return False
    if _NOTE.fullmatch(filled[0]) or _is_total(filled[0]) or is_unit_line(filled):
        return True
    # 负责人 alone may be data; followed by a colon, or in a row that is at least half empty, it marks a signature.
    return bool(_SIGNED.fullmatch(filled[0])) and (bool({*filled[0]} & {*":："}) or 2 * len(filled) <= len(record))


def _may_continue_note(record: Sequence[str]) -> bool:
    """Whether the row may continue a note above it: only its first cell is filled, in a table of 3 columns or more."""
    return len(record) >= _NARROW and bool(record[0]) and not any(record[1:])


def _is_total(cell: str) -> bool:
    return re.sub(r"\s", "", cell).rstrip(":：") in _TOTALS


def _find_repeated_headers(table: pa.Table, header: Header) -> set[int]:
    """Returns the positions of rows that repeat the header, as when printed pages are pasted below each other."""
    labels = [label.strip() for label in header.labels]
    at = next((at for at, label in enumerate(labels) if label), None)
    if at is None or len([label for label in labels if label]) < _NARROW or at >= table.num_columns:
        return set()
    likely = pc.equal(table.column(at), header.labels[at])
    places = pc.indices_nonzero(likely).to_pylist() if pc.any(likely).as_py() else []
    found = ([cell.strip() for cell in table.slice(place, 1).to_pylist()[0].values()] for place in places[:RAGGED_ROWS])
    return {place for place, cells in zip(places, found, strict=False) if cells == labels}


def _find_totals(table: pa.Table, rows: pa.Array) -> list[Finding]:
    """Returns one finding per row whose first filled cell is a total, at most `RAGGED_ROWS` in all."""
    places: set[int] = set()
    for column in table.columns[:_TOTAL_COLUMNS]:
        marked = pc.is_in(column, value_set=_TOTAL_CELLS)
        if pc.any(marked).as_py():
            places.update(pc.indices_nonzero(marked).to_pylist())
    found = []
    for place in sorted(places)[:RAGGED_ROWS]:
        cell = next((cell.strip() for cell in table.slice(place, 1).to_pylist()[0].values() if cell.strip()), "")
        if _is_total(cell):
            found.append(total_row(rows[place].as_py(), cell))
    return found


def _describe_repeats(times: int) -> Text:
    return Text(
        zh=f"表头在数据中又出现 {times} 次，这些行未作为数据读取",
        en=f"the header stands among the data {times} times more; those rows were not read as data",
    )
