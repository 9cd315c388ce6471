"""Merged areas of a sheet: all cells but the first of an area look empty, and that must not pass for a blank.

Not here: titles merged above the header, which are skipped with their rows (`header`).
"""

from collections.abc import Iterator

from pipelines.read.apart import Area, Surveyed
from pipelines.read.defects import merged
from pipelines.read.header import Header
from pipelines.read.reading import RAGGED_ROWS, refusal
from quality.findings import Finding


def merged_cells(name: str, sheet: Surveyed, header: Header) -> list[Finding]:
    """A finding for every row below the header that a merged area covers beyond its first cell.

    Raises UnreadableFile: not-a-table, if the sheet is merged all over.
    """
    findings: list[Finding] = []
    for area in sheet.merged:
        for row, column in _covered(area, header.at + 1, sheet.last):
            at = column - sheet.left
            field = header.fields[at] if 0 <= at < len(header.fields) else None
            findings.append(merged(row + 1, field, _name(area)))
            if len(findings) > RAGGED_ROWS:
                raise refusal(
                    "not-a-table",
                    f"“{name}”有超过 {RAGGED_ROWS} 行落在合并单元格内；请取消全部合并单元格，逐行填写",
                    f"merged cells cover more than {RAGGED_ROWS} rows of “{name}”; unmerge them all and fill in every row",
                )
    return findings


def _covered(area: Area, first: int, last: int) -> Iterator[tuple[int, int]]:
    (top, left), (bottom, right) = area
    for row in range(max(top, first), min(bottom, last) + 1):
        if row > top:
            yield row, left
        elif right > left:
            yield row, left + 1


def _name(area: Area) -> str:
    return ":".join(f"{letters(column)}{row + 1}" for row, column in area)


def letters(column: int) -> str:
    """What a spreadsheet calls a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
