"""Detection of rows below the header that are not data: notes, signatures, totals and counts below the table.

A row is recognised only by its own text: its first filled cell is a total, a number of records, 以下空白, or begins with
a word such as 注 or 填表人. Rows that hold nothing but a running number are no data either. Not here: titles above the header
(`header`), further headers (`repeated_header`), totals between rows of data (`total_rows`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipelines.columns.column_labels import SERIAL, label_key
from pipelines.read.marked_cells import MarkedCells
from pipelines.read.reading import FOOTER_WITHIN, list_rows
from pipelines.read.tables.header import Header
from pipelines.read.tables.lone_cells import find_lone_cells
from pipelines.read.tables.repeated_header import describe_repeats, find_other_headers, find_repeated_headers
from pipelines.read.tables.row_defects import fewer_than_announced
from pipelines.read.tables.total_rows import find_total_rows, is_total
from pipelines.units.statements import is_unit_line
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
_BLANK_BELOW = re.compile(r"[\W_]*(?:此行|本行|本页|本表)?以下(?:均?为)?(?:空白|无正文|无数据|无内容|无)[\W_]*")
_COUNTS = tuple(
    re.compile(rf"(?i)[\W_]*{pattern}")
    for pattern in (
        r"(?:总共|总计|合计|共计|共有|共|查询到|检索到|导出)\s*[:：]?\s*(\d[\d,]*)\s*[条行笔个项]?\s*(?:记录|数据|结果).{0,20}",
        r"(?:总共|共计|共有|共|已选择|选定了?|已导出)\s*[:：]?\s*(\d[\d,]*)\s*[条行笔][\W_]*",
        r"(?:总?(?:记录|数据|行|条)总?数|受影响的行|total(?:\s+(?:rows|records))?)\s*[:：]\s*(\d[\d,]*)\s*[条行]?[\W_]*",
        r"(\d[\d,]*)\s*行(?:记录|受影响|已选择|数据)?[\W_]*",
        r"(?:fetched\s+|query ok,\s*)?(\d[\d,]*)\s*(?:rows?|row\(s\)|records?)(?:\s+[a-z]+){0,2}[\W_]*(?:[\d.]+\s*m?s(?:ec)?)?[\W_]*",
    )
)
_TOOL = re.compile(r"(?i)(?:SQL>.*|(?:completion time|完成时间|elapsed|已用时间|time taken)\s*[:：].*)", re.DOTALL)
_RULE = re.compile(r"[-=_—]{3,}")
_NARROW = 3
"""Minimum number of columns for these checks: in narrower tables, rows with one filled cell are common."""
_NAMED = 3
NO_RECORDS = frozenset({"total-row", "lone-cell"})
"""Types of the findings on rows between the data that are no records."""
_JOINT = 5
"""Number of rows above a further header that are searched for the end of one file and the title of the next."""


@dataclass(frozen=True)
class DataRows:
    """The rows that are data, their row numbers, the skipped row numbers, the totals and lone cells among the rows, other findings, and the decisions."""

    table: pa.Table
    rows: pa.Array
    skipped: frozenset[int]
    no_records: tuple[MarkedCells, ...] = ()
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Text, ...] = ()


def find_data_rows(table: pa.Table, rows: pa.Array, header: Header) -> DataRows:
    """Returns the table without footer rows and further headers; unchanged if the header names no field.

    Findings: a further header with other columns; a number of records below the table that is higher than that of the rows above it.
    """
    if not header.known:
        return DataRows(table, rows, frozenset())
    serial = [at for at, label in enumerate(header.labels) if header.fields[at] is None and label_key(label) in SERIAL]
    filled, decisions = _find_filled_end(table, rows, serial)
    end, named, described = _find_end(table.slice(0, filled), rows, serial)
    again = find_repeated_headers(table.slice(0, end), header)
    above = _find_rows_above(table, again.places)
    rule = _find_rule_below_header(table.slice(0, end))
    skipped = {*again.places, *again.others, *above, *rule}
    decisions += [*described, *describe_repeats(again, len(above)), *(_describe_rule(rows[at].as_py()) for at in rule)]
    kept = [at for at in range(end) if at not in skipped] if skipped else None
    data, numbers = table.slice(0, end), rows.slice(0, end)
    if kept is not None:
        places = pa.array(kept, pa.int64())
        data, numbers = data.take(places), numbers.take(places)
    left_out = {*rows.slice(end).to_pylist(), *(rows[at].as_py() for at in skipped)}
    findings = [
        *_find_fewer_than_counted(named, data.num_rows),
        *find_other_headers(table, rows, again, header),
    ]
    totals = find_total_rows(data, numbers, serial)
    lone = find_lone_cells(data, numbers, header, serial).drop_rows(totals.rows.to_pylist())
    return DataRows(data, numbers, frozenset(left_out), (totals, lone), tuple(findings), tuple(decisions))


def _find_filled_end(table: pa.Table, rows: pa.Array, serial: Sequence[int]) -> tuple[int, list[Text]]:
    """Returns the number of rows left when the rows at the end that hold only a running number are dropped, and the note on the dropped ones."""
    end = table.num_rows
    while serial and end and not any(_list_cells(table.slice(end - 1, 1).to_pylist()[0], serial)):
        end -= 1
    if end == table.num_rows:
        return end, []
    note = Text(
        zh=f"第 {rows[end].as_py()} 行起只有序号，没有数据，未读取",
        en=f"the rows from {rows[end].as_py()} on hold a running number and no data and were not read",
    )
    return end, [note]


def _find_end(table: pa.Table, rows: pa.Array, serial: Sequence[int]) -> tuple[int, list[str], list[Text]]:
    """Returns the number of rows above the footer, the texts that mark it, and the receipt's note on it."""
    first = max(0, table.num_rows - FOOTER_WITHIN)
    last = [_list_cells(record, serial) for record in table.slice(first).to_pylist()]
    end = len(last)
    named: list[str] = []
    for at in range(len(last) - 1, -1, -1):
        if _is_footer_row(last[at]):
            end = at
            named.insert(0, next(cell for cell in last[at] if cell))
        elif not _may_continue_note(last[at]):
            break
    if end == len(last):
        return table.num_rows, [], []
    at, until = rows[first + end].as_py(), rows[table.num_rows - 1].as_py()
    seen = "、".join(f"“{masked_excerpt(text, 20)}”" for text in named[:_NAMED])
    where, are = (f"{at}–{until}", f"rows {at} to {until}") if until > at else (str(at), f"row {at}")
    note = Text(
        zh=f"第 {where} 行是表尾的合计、注释或签署，未作为数据读取：{seen}",
        en=f"not read as data: {are} below the table, with totals, notes or signatures: {seen}",
    )
    return first + end, named, [note]


def _list_cells(record: dict[str, str], serial: Sequence[int] = ()) -> list[str]:
    """Returns the cells of a row without blanks at their ends; a running number in one of the `serial` columns is empty."""
    cells = [cell.strip() for cell in record.values()]
    return ["" if at in serial and cell.isdigit() else cell for at, cell in enumerate(cells)]


def _is_footer_row(record: Sequence[str]) -> bool:
    filled = [cell for cell in record if cell]
    if not filled:
        return False
    if _NOTE.fullmatch(filled[0]) or is_total(filled[0]) or _BLANK_BELOW.fullmatch(filled[0]) or is_unit_line(filled):
        return True
    if all(_RULE.fullmatch(cell) for cell in filled):
        return True
    if len(filled) == 1 and (_TOOL.fullmatch(filled[0]) or _read_count(filled[0]) is not None):
        return True
    # 负责人 alone may be data. It marks a signature if a colon follows, or if the row is at least half empty.
    return bool(_SIGNED.fullmatch(filled[0])) and (bool({*filled[0]} & {*":："}) or 2 * len(filled) <= len(record))


def _may_continue_note(record: Sequence[str]) -> bool:
    """Whether the row may continue a note above it: only its first cell is filled, in a table of 3 columns or more."""
    return len(record) >= _NARROW and bool(record[0]) and not any(record[1:])


def _read_count(cell: str) -> int | None:
    """Returns the number of records that a cell such as `(20 rows affected)` or 共 20 条记录 states."""
    found = next((found for count in _COUNTS if (found := count.fullmatch(cell))), None)
    return int(found[1].replace(",", "")) if found else None


def _find_fewer_than_counted(named: Sequence[str], read: int) -> list[Finding]:
    counts = [(count, cell) for cell in named if (count := _read_count(cell)) is not None]
    if not counts or max(counts)[0] <= read:
        return []
    count, cell = max(counts)
    where = Text(
        zh=f"表尾“{masked_excerpt(cell, 40)}”注明", en=f"the line “{masked_excerpt(cell, 40)}” below the table counts"
    )
    return [fewer_than_announced(count, read, where)]


def _find_rule_below_header(table: pa.Table) -> set[int]:
    """Returns the position of a line of dashes under the header, as SQL tools draw it."""
    cells = [cell for record in table.slice(0, 1).to_pylist() for cell in _list_cells(record) if cell]
    return {0} if len(cells) >= _NARROW and all(_RULE.fullmatch(cell) for cell in cells) else set()


def _describe_rule(row: int) -> Text:
    return Text(
        zh=f"第 {row} 行是表头下的分隔线，未作为数据读取",
        en=f"row {row} is a line below the header and was not read as data",
    )


def _find_rows_above(table: pa.Table, headers: Sequence[int]) -> set[int]:
    """Returns the positions of titles and footers directly above further headers: the ends of joined files."""
    above: set[int] = set()
    places = headers
    for _ in range(_JOINT):
        before = [place - 1 for place in places if place]
        rows = zip(before, list_rows(table, before), strict=True)
        places = [place for place, cells in rows if _is_end_of_file([*map(str.strip, cells)])]
        above.update(places)
    return above


def _is_end_of_file(record: Sequence[str]) -> bool:
    return _is_footer_row(record) or _may_continue_note(record)
