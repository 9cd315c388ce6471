"""Findings that only a reader can make, because the text table no longer holds the information.

Their `judge` is `cell`, or `table` where they concern the whole file. The types `extra-cell`, `missing-cell` and
`encoding-error` are those of frictionless, the others are our own. Not here: the search for these defects.
"""

from collections.abc import Sequence

from quality.findings import Finding, masked_excerpt, proposed_value
from schemas.text import Text

REPLACED = "\ufffd"
"""U+FFFD, which a conversion with replacement writes for bytes that it cannot decode."""
FORMULA_ERRORS = frozenset(
    {
        "#REF!",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#GETTING_DATA",
    }
    | {f"Err:{code}" for code in range(501, 541)}
)
"""Texts that spreadsheet programs show for a failed formula and export as such. `#N/A` is a word for nothing (`nulls`).

Source: Microsoft, How to correct a formula error; LibreOffice Help, Error Codes in LibreOffice Calc.
"""


def ragged_row(row: int, cells: int, width: int, beyond: Sequence[str]) -> Finding:
    """Finding on a row that is wider or narrower than the header; `beyond` holds the surplus cells."""
    more = cells > width
    return _cell_finding(
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
    found = _cell_finding(
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


def doubtful_comma(row: int, field: str, value: str, decimal: str, whole: str) -> Finding:
    """Finding on a number that reads as `decimal` or as `whole`, depending on what its comma or point means."""
    return _cell_finding(
        "doubtful-comma",
        row,
        field,
        value,
        Text(
            zh=f"“{value}”有两种读法：{decimal} 或 {whole}，本列没有别的数可以判断",
            en=f"“{value}” may mean {decimal} or {whole}, and no other number of the column decides it",
        ),
        Text(
            zh=f"请核实后写成 {decimal} 或 {whole}：小数点用“.”，不写千位分隔符",
            en=f"check which one holds and write {decimal} or {whole}: a point before decimals, nothing between thousands",
        ),
    )


def lost_characters(row: int, field: str | None, value: str) -> Finding:
    """Finding on a cell with replacement characters from an earlier conversion."""
    return _cell_finding(
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


def merged_cell(row: int, field: str | None, area: str) -> Finding:
    """Finding on a cell covered by a merged area, of which only the first cell holds a value."""
    return _cell_finding(
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
    """Finding on a cell whose formula ended in an error such as `#REF!`; `value` is the error's text."""
    return _cell_finding(
        "formula-error",
        row,
        field,
        value,
        Text(zh=f"第 {row} 行的公式出错：{value}", en=f"the formula in row {row} fails: {value}"),
        Text(zh="改为填写数值本身", en="write the value itself"),
    )


def formula_without_value(row: int, field: str | None) -> Finding:
    """Finding on a cell with a formula saved without its result: it reads as empty although it is not."""
    return _cell_finding(
        "formula-without-value",
        row,
        field,
        None,
        Text(
            zh=f"第 {row} 行的公式没有保存计算结果，读出来是空白",
            en=f"the formula in row {row} was saved without its result and reads as empty",
        ),
        Text(
            zh="在 Excel 或 WPS 中打开并重新保存，或改为填写数值本身",
            en="open and save it in Excel or WPS, or write the value itself",
        ),
    )


def total_row(row: int, value: str) -> Finding:
    """Finding on a row of totals between rows of data; `value` is the cell that marks it as a total."""
    return _cell_finding(
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


def hidden_parts(what: Text, places: str) -> Finding:
    """Finding on hidden rows or columns, which were read like the others: `what` counts them, `places` lists them."""
    return Finding(
        judge="table",
        type="hidden-cells",
        severity="info",
        value=masked_excerpt(places),
        message=Text(zh=f"隐藏的{what.zh}也已读取：{places}", en=f"hidden {what.en} were read as well: {places}"),
        mend=Text(
            zh="如不应报送，请删除（而不是隐藏）后重新报送",
            en="if they are not meant for us, delete instead of hiding them and send the file again",
        ),
    )


def lost_digits(row: int, field: str | None, value: str) -> Finding:
    """Finding on a code that a spreadsheet stored as a number: digits after the 15th are lost."""
    return _cell_finding(
        "digits-lost",
        row,
        field,
        value,
        Text(
            zh=f"第 {row} 行的“{masked_excerpt(value, 40)}”是被电子表格当作数值的编码，只保留前 15 位，后面的数字已经丢失",
            en=f"“{masked_excerpt(value, 40)}” in row {row} is a code that a spreadsheet took for a number; digits after the 15th are lost",
        ),
        Text(
            zh="先把整列设为“文本”格式，再对照原始资料重新填写",
            en="format the column as text, then fill it in again from the source",
        ),
    )


def lost_zeros(row: int, field: str | None, value: str, whole: str) -> Finding:
    """Finding on a code that lost its leading zeros as a number in a spreadsheet; `whole` is the code with them."""
    return _cell_finding(
        "zeros-lost",
        row,
        field,
        value,
        Text(
            zh=f"第 {row} 行的编码“{value}”疑似丢失前面的 0，应为“{whole}”",
            en=f"the code “{value}” in row {row} seems to have lost the zeros before it; “{whole}” would be right",
        ),
        Text(zh="把整列设为“文本”格式，补上前面的 0", en="format the column as text and put the zeros back"),
        whole,
    )


def _file_finding(kind: str, message: Text, mend: Text, value: str | None = None) -> Finding:
    return Finding(judge="table", type=kind, severity="error", value=masked_excerpt(value), message=message, mend=mend)


def damaged_text(row: int, field: str | None, value: str, restored: str | None) -> Finding:
    """Finding on a cell with text in a wrong encoding; `restored` is what it probably was, None if that is lost."""
    cell, right = masked_excerpt(value, 40), masked_excerpt(restored, 40)
    said = (
        Text(zh="原来的文字已经丢失", en="the text it held is lost")
        if right is None
        else Text(zh=f"原文应为“{right}”", en=f"it seems to have been “{right}”")
    )
    return _cell_finding(
        "damaged-text",
        row,
        field,
        value,
        Text(
            zh=f"第 {row} 行的“{cell}”是转码造成的乱码，{said.zh}",
            en=f"“{cell}” in row {row} was garbled by a conversion; {said.en}",
        ),
        Text(
            zh="有建议值的，核对后改正；没有的，对照原始资料重新填写；并检查导出文件时选用的编码",
            en="check the proposed value, or fill it in again from the source; look at the encoding of your export",
        ),
        restored,
    )


def doubtful_boxes(row: int, field: str | None, value: str) -> Finding:
    """Warning on a cell in which 口口 or □□ may stand for characters that were shown as boxes."""
    cell = masked_excerpt(value, 40)
    found = _cell_finding(
        "doubtful-text",
        row,
        field,
        value,
        Text(
            zh=f"第 {row} 行的“{cell}”中的方框疑似未能显示的文字",
            en=f"the boxes in “{cell}” of row {row} look like characters that could not be shown",
        ),
        Text(zh="请核对；确实如此的不必修改", en="check it; leave it if it is right"),
    )
    return found.model_copy(update={"severity": "warning"})


def _cell_finding(
    kind: str, row: int, field: str | None, value: str | None, message: Text, mend: Text, fix: str | None = None
) -> Finding:
    return Finding(
        judge="cell",
        type=kind,
        severity="error",
        row=row,
        field=field,
        value=masked_excerpt(value),
        message=message,
        mend=mend,
        fix=proposed_value(fix),
    )
