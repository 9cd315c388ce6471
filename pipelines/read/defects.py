"""Findings on cells that only a reader can make, because the text table no longer holds the information.

Their `judge` is `cell`, or `table` where they concern the whole file. The type `encoding-error` is that of frictionless, the
others are our own. Not here: findings on rows (`row_defects`), the search for these defects.
"""

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
FORMULA_SIGNS = frozenset({"#", "Err:"})
"""What one of `FORMULA_ERRORS` begins with."""


def doubtful_comma(row: int, field: str | None, value: str, decimal: str, whole: str) -> Finding:
    """Finding on a number that reads as `decimal` or as `whole`, depending on what its comma or point means."""
    return cell_finding(
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
    return cell_finding(
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


def nested_value(row: int, field: str | None, value: str) -> Finding:
    """Finding on a value of JSON that is an object or a list; `value` is its JSON text."""
    return cell_finding(
        "nested-value",
        row,
        field,
        value,
        Text(
            zh=f"第 {row} 行的“{masked_excerpt(value, 40)}”是 JSON 的对象或列表，不是一个值",
            en=f"“{masked_excerpt(value, 40)}” in row {row} is an object or a list of JSON and not one value",
        ),
        Text(
            zh="每个字段只填一个文字或数值；有几项的请用顿号连成文字，或按模板分列填写",
            en="give one text or number for each field; write several as one text, or in the fields that the template has for them",
        ),
    )


def merged_cell(row: int, field: str | None, area: str) -> Finding:
    """Finding on a cell covered by a merged area, of which only the first cell holds a value."""
    return cell_finding(
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
    return cell_finding(
        "formula-error",
        row,
        field,
        value,
        Text(zh=f"第 {row} 行的公式出错：{value}", en=f"the formula in row {row} fails: {value}"),
        Text(zh="改为填写数值本身", en="write the value itself"),
    )


def formula_without_value(row: int, field: str | None) -> Finding:
    """Finding on a cell with a formula saved without its result: it reads as empty although it is not."""
    return cell_finding(
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
    return cell_finding(
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
    return cell_finding(
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


def damaged_text(row: int, field: str | None, value: str, restored: str | None) -> Finding:
    """Finding on a cell with text in a wrong encoding; `restored` is what it probably was, None if that is lost."""
    cell, right = masked_excerpt(value, 40), masked_excerpt(restored, 40)
    sentence = (
        Text(zh="原来的文字已经丢失", en="the text it held is lost")
        if right is None
        else Text(zh=f"原文应为“{right}”", en=f"it seems to have been “{right}”")
    )
    return cell_finding(
        "damaged-text",
        row,
        field,
        value,
        Text(
            zh=f"第 {row} 行的“{cell}”是转码造成的乱码，{sentence.zh}",
            en=f"“{cell}” in row {row} was garbled by a conversion; {sentence.en}",
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
    found = cell_finding(
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


def cell_finding(
    kind: str, row: int, field: str | None, value: str | None, message: Text, mend: Text, fix: str | None = None
) -> Finding:
    """Finding of severity error on a cell, or on a row if `field` is None."""
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
