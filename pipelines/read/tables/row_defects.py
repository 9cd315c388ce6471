"""Findings on rows that are lost, doubled, cut or out of place, which only a reader can make.

The types `extra-cell` and `missing-cell` are those of frictionless, the others are our own. Not here: findings on cells
(`defects`), the search for these defects.
"""

from collections.abc import Sequence

from pipelines.read.defects import cell_finding
from quality.findings import Finding, masked_excerpt
from schemas.text import Text


def ragged_row(row: int, cells: int, width: int, beyond: Sequence[str]) -> Finding:
    """Finding on a row that is wider or narrower than the header; `beyond` holds the surplus cells."""
    more = cells > width
    return cell_finding(
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


def swallowed_rows(row: int, line: int, field: str | None, value: str, rows: int) -> Finding:
    """Finding on a cell that holds whole rows, because a quote opens on `line` that should not be there."""
    found = cell_finding(
        "swallowed-rows",
        row,
        field,
        value,
        Text(
            zh=f"第 {line} 行的双引号没有配对，后面 {rows} 行都被并进了这一个单元格",
            en=f"the double quote that opens on line {line} has no partner: the next {rows} rows became part of this one cell",
        ),
        Text(
            zh=f'删去第 {line} 行多余的双引号；内容里确有双引号的要写两遍（""），或改用 XLSX 报送',
            en=f'delete the stray quote on line {line}; a quote inside a text is written twice (""), or send XLSX',
        ),
    )
    return found.model_copy(update={"line": line})


def fewer_rows(line: int, swallowed: int, read: int) -> Finding:
    """Finding on a file of which only `read` rows could be read, because a quote on `line` swallowed others."""
    return _file_finding(
        "fewer-rows",
        Text(
            zh=f"文件估计有 {read + swallowed} 行数据，只读到 {read} 行：自第 {line} 行起的双引号没有配对，有 {swallowed} 行被并进了单元格",
            en=f"the file seems to hold {read + swallowed} rows, of which {read} could be read: from the double quote on line {line} on, {swallowed} rows became part of a cell",
        ),
        Text(
            zh=f"用记事本打开，删去第 {line} 行多余的双引号后重新报送，或改用 XLSX 报送",
            en=f"open the file in a text editor, delete the stray quote on line {line} and send it again, or send XLSX",
        ),
    )


def fewer_than_announced(announced: int, read: int, where: Text) -> Finding:
    """Finding on a file that says it has `announced` rows and holds fewer; `where` says where it does."""
    return _file_finding(
        "fewer-rows",
        Text(
            zh=f"{where.zh}共 {announced} 行，文件中只有 {read} 行，疑似只导出了一部分",
            en=f"{where.en} {announced} rows, but it holds {read}: it seems to be only a part",
        ),
        Text(
            zh="请导出全部数据后重新报送；确已齐全的，请改正文件中的总数",
            en="export all of it and send it again; if it is complete, correct the number in the file",
        ),
    )


def more_pages(read: int, key: str) -> Finding:
    """Finding on a file that says that more follows after its rows, under `key`."""
    return _file_finding(
        "fewer-rows",
        Text(
            zh=f"文件有 {read} 行，并注明后面还有（{masked_excerpt(key, 40)}），疑似只导出了一页",
            en=f"the file holds {read} rows and says that more follow ({masked_excerpt(key, 40)}): it seems to be one page of several",
        ),
        Text(zh="请导出全部各页，合并后重新报送", en="export all pages and send them as one file"),
    )


def other_header(row: int, first: int, value: str) -> Finding:
    """Finding on a second header among the data whose columns are not those of the first, in row `first`."""
    return _file_finding(
        "second-header",
        Text(
            zh=f"第 {row} 行又是一个表头，列的顺序与第 {first} 行的表头不同，其下各行会读错列",
            en=f"row {row} is another header, whose columns do not stand as in row {first}; the rows below it would be read into the wrong columns",
        ),
        Text(
            zh="把两部分的列按同一顺序排好，合并成一张表，只留一个表头",
            en="put both parts into the same order of columns, under one header",
        ),
        value,
    )


def two_row_header(row: int, groups: Sequence[tuple[str, str, str]]) -> Finding:
    """Finding on a header in the rows `row` and `row + 1`; `groups`: labels over several columns, each with its first and last label below."""
    over = [[str(masked_excerpt(text, 20)) for text in group] for group in groups]
    zh = "、".join(f"“{parent}”下分“{first}”至“{last}”" for parent, first, last in over)
    en = ", ".join(f"“{parent}” over “{first}” to “{last}”" for parent, first, last in over)
    return _file_finding(
        "two-row-header",
        Text(
            zh=f"表头占了第 {row}、{row + 1} 两行（{zh}）",
            en=f"the header takes the two rows {row} and {row + 1} ({en})",
        ),
        Text(
            zh="请取消表头的合并单元格，改成一行，每列都用采集模板的列名",
            en="unmerge the header and put it into one row, with the label of the template over each column",
        ),
    )


def continued_sheet(sheet: str, first: int, last: int, read: str) -> Finding:
    """Finding on a sheet without a header whose rows, numbers `first` to `last`, look like those of the sheet that was read."""
    name, other, rows = masked_excerpt(sheet, 31), masked_excerpt(read, 31), last - first + 1
    return _file_finding(
        "continued-sheet",
        Text(
            zh=f"工作表“{name}”没有表头，第 {first} 至 {last} 行（共 {rows} 行）的内容与“{other}”的各列相似，未读取",
            en=f"the sheet “{name}” has no header, and its rows {first} to {last} ({rows}) look like those of “{other}”: they were not read",
        ),
        Text(
            zh=f"应报送的，请接到“{other}”末尾；不应报送的，请删去该工作表",
            en=f"put them below the last row of “{other}”, or delete the sheet if they are not meant for us",
        ),
        sheet,
    )


def total_row(row: int, value: str) -> Finding:
    """Finding on a row of totals between rows of data; `value` is the cell that marks it as a total."""
    return cell_finding(
        "total-row",
        row,
        None,
        value,
        Text(
            zh=f"第 {row} 行是“{value}”行，夹在数据中间，不能当作一条记录",
            en=f"row {row} is a total ({value}) among the data and no record",
        ),
        Text(zh="删去合计、小计行，平台会自行汇总", en="delete totals and subtotals; the platform sums by itself"),
    )


def lone_cell(row: int, value: str) -> Finding:
    """Finding on a row between rows of data of which only the cell `value` is filled."""
    shown = masked_excerpt(value, 40)
    return cell_finding(
        "lone-cell",
        row,
        None,
        value,
        Text(
            zh=f"第 {row} 行只有一个单元格有内容（“{shown}”），不能当作一条记录",
            en=f"row {row} has one filled cell (“{shown}”) and is no record",
        ),
        Text(
            zh="分组标题、说明等请删去；确是一条记录的，请补填其余各列",
            en="delete headings and remarks between the rows; if it is a record, fill in its other columns",
        ),
    )


def _file_finding(kind: str, message: Text, mend: Text, value: str | None = None) -> Finding:
    return Finding(judge="table", type=kind, severity="error", value=masked_excerpt(value), message=message, mend=mend)
