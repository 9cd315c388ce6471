"""Findings that only the reader can make, because the text table no longer shows what they are about.

Their judge is `cell`; `extra-cell`, `missing-cell` and `encoding-error` are frictionless's words, `merged-cell` and
`formula-error` are ours. Not here: looking for them.
"""

from collections.abc import Sequence

from quality.findings import Finding, shown
from schemas.text import Text

REPLACED = "\ufffd"
"""What a careless conversion puts in the place of what it cannot read."""


def ragged(row: int, cells: int, width: int, beyond: Sequence[str]) -> Finding:
    """A row that is wider or narrower than the header; `beyond` is what stands past the header."""
    more = cells > width
    return _cell(
        "extra-cell" if more else "missing-cell",
        row,
        None,
        ",".join(beyond) if more else None,
        Text(
            zh=f"第 {row} 行有 {cells} 个单元格，表头有 {width} 个",
            en=f"row {row} has {cells} cells, the header has {width}",
        ),
        Text(
            zh="检查是否多了或少了分隔符；内容里的逗号要用英文双引号括起来",
            en="look for a delimiter too many or too few; text with a comma must stand in double quotes",
        ),
    )


def lost(row: int, field: str | None, value: str) -> Finding:
    """A cell in which an earlier conversion left replacement characters."""
    return _cell(
        "encoding-error",
        row,
        field,
        value,
        Text(
            zh=f"第 {row} 行的内容含有替代字符“{REPLACED}”，原来的文字在此前转码时已经丢失",
            en=f"row {row} holds the replacement character U+FFFD: the text was lost in an earlier conversion",
        ),
        Text(zh="对照原始资料重新填写", en="fill it in again from the source"),
    )


def merged(row: int, field: str | None, area: str) -> Finding:
    """A cell covered by a merged area: only the area's first cell holds a value."""
    return _cell(
        "merged-cell",
        row,
        field,
        area,
        Text(
            zh=f"第 {row} 行的单元格在合并区域 {area} 内，只有区域左上角的单元格有值",
            en=f"row {row} lies in the merged area {area}, of which only the first cell holds a value",
        ),
        Text(zh=f"取消合并 {area}，并在每一行填写", en=f"unmerge {area} and fill in every row"),
    )


def formula_error(row: int, field: str | None, value: str) -> Finding:
    """A cell whose formula came to nothing, such as `#REF!`."""
    return _cell(
        "formula-error",
        row,
        field,
        value,
        Text(zh=f"第 {row} 行的公式出错：{value}", en=f"the formula in row {row} fails: {value}"),
        Text(zh="改为填写数值本身", en="write the value itself"),
    )


def _cell(kind: str, row: int, field: str | None, value: str | None, message: Text, mend: Text) -> Finding:
    return Finding(
        judge="cell", type=kind, severity="error", row=row, field=field, value=shown(value), message=message, mend=mend
    )
