"""Message texts of the cell checks, in both languages, as tables by frictionless error type, field type and constraint.

Not here: which message is used for what (`messages.py`). Placeholders are `{title}` (the field's title), `{value}` (already
masked and cut), `{limit}` (the constraint), `{example}`, `{label}`, `{position}`, `{other}` (a row), `{name}` (the field's
name in the data) and `{note}` (frictionless's own note).
"""

from typing import NamedTuple

from schemas.text import Text


class MessageTemplate(NamedTuple):
    """What is wrong, and how to correct it."""

    message: Text
    mend: Text


def _make_template(zh: str, en: str, mend_zh: str, mend_en: str) -> MessageTemplate:
    return MessageTemplate(Text(zh=zh, en=en), Text(zh=mend_zh, en=mend_en))


TYPES = {
    "integer": _make_template("不是整数", "is not a whole number", "请只填整数，不带单位、逗号或文字", "give a whole number only, without unit, comma or words"),
    "number": _make_template("不是数字", "is not a number", "请只填数字，不带单位、逗号或文字", "give a number only, without unit, comma or words"),
    "boolean": _make_template("不是“是/否”值", "is not a yes/no value", "请填 true 或 false", "give true or false"),
    "date": _make_template("不是有效日期", "is not a date that exists", "请按年-月-日填写日期", "write the date as year-month-day"),
    "datetime": _make_template("不是有效的日期时间", "is not a date and time that exists", "请按统一格式填写日期和时间", "write date and time in the one format"),
    "time": _make_template("不是有效时间", "is not a time of day", "请按 24 小时制填写时间", "write the time by the 24-hour clock"),
    "year": _make_template("不是年份", "is not a year", "请填四位年份", "give a year of four digits"),
    "yearmonth": _make_template("不是年月", "is not a month of a year", "请按年-月填写", "write it as year-month"),
    "duration": _make_template("不是时长", "is not a duration", "请按 ISO 8601 填写时长", "write the duration as ISO 8601 has it"),
    "geopoint": _make_template("不是坐标", "is not a point", "请按“经度,纬度”填写", "write it as longitude,latitude"),
    "geojson": _make_template("不是 GeoJSON", "is not GeoJSON", "请填一个 GeoJSON 对象", "give one GeoJSON object"),
    "object": _make_template("不是 JSON 对象", "is not a JSON object", "请填一个 JSON 对象", "give one JSON object"),
    "array": _make_template("不是 JSON 数组", "is not a JSON array", "请填一个 JSON 数组", "give one JSON array"),
    "list": _make_template("不是列表", "is not a list", "请用分隔符隔开各项", "separate the items by the delimiter"),
    "string/email": _make_template("不是电子邮箱地址", "is not an e-mail address", "请填一个电子邮箱地址", "give one e-mail address"),
    "string/uri": _make_template("不是网址", "is not a web address", "请填以 https:// 开头的完整网址", "give a whole address that begins with https://"),
    "string/uuid": _make_template("不是 UUID", "is not a UUID", "请填一个 UUID", "give one UUID"),
    "string/binary": _make_template("不是 Base64 文本", "is not Base64 text", "请填 Base64 文本", "give Base64 text"),
}  # fmt: skip

OTHER_TYPE = _make_template(
    "格式与字段要求不符", "is not of the field's type", "请按字段说明填写", "write it as the field's description says"
)

EXAMPLES = {
    "integer": "12", "number": "12.5", "date": "2026-11-25", "datetime": "2026-11-25T09:30:00", "time": "09:30:00",
    "year": "2026", "yearmonth": "2026-11", "duration": "P1DT12H", "geopoint": "123.43,41.80", "array": "[1,2]", "object": '{"a":1}',
    "string/uri": "https://tyj.ln.gov.cn/", "string/email": "bgs@tyj.ln.gov.cn",
}  # fmt: skip

CONSTRAINTS = {
    "required": _make_template("{title}不能为空", "{title} may not be empty", "请填写{title}", "fill in {title}"),
    "minLength": _make_template("{title}“{value}”太短，至少 {limit} 个字符", '{title} "{value}" is too short: at least {limit} characters', "请写满至少 {limit} 个字符", "write at least {limit} characters"),
    "maxLength": _make_template("{title}“{value}”太长，最多 {limit} 个字符", '{title} "{value}" is too long: at most {limit} characters', "请缩短到 {limit} 个字符以内", "shorten it to {limit} characters"),
    "minimum": _make_template("{title}“{value}”小于允许的最小值 {limit}", '{title} "{value}" is below the least allowed, {limit}', "请核对数值和单位，应不小于 {limit}", "check the number and its unit; it must be {limit} or more"),
    "maximum": _make_template("{title}“{value}”大于允许的最大值 {limit}", '{title} "{value}" is above the most allowed, {limit}', "请核对数值和单位，应不大于 {limit}", "check the number and its unit; it must be {limit} or less"),
    "exclusiveMinimum": _make_template("{title}“{value}”应大于 {limit}", '{title} "{value}" must be more than {limit}', "请核对数值和单位，应大于 {limit}", "check the number and its unit; it must be more than {limit}"),
    "exclusiveMaximum": _make_template("{title}“{value}”应小于 {limit}", '{title} "{value}" must be less than {limit}', "请核对数值和单位，应小于 {limit}", "check the number and its unit; it must be less than {limit}"),
    "pattern": _make_template("{title}“{value}”格式有误", '{title} "{value}" is not written as prescribed', "请按规定的格式填写", "write it as prescribed"),
    "enum": _make_template("{title}“{value}”不在允许的取值中", '{title} "{value}" is not one of the allowed values', "请从下列取值中选一个：{limit}", "take one of: {limit}"),
}  # fmt: skip

CODED = Text(zh="代码见采集模板的“代码表”页", en="the codes are on a sheet of the template")
"""Where to find the codes, if the cells of a field are codes of a list."""

OTHER_CONSTRAINT = _make_template(
    "{title}“{value}”不符合规定：{note}",
    '{title} "{value}" breaks a rule: {note}',
    "请按字段说明修改",
    "mend it as the field's description says",
)

ROWS = {
    "blank-row": _make_template("整行为空", "the whole row is empty", "请删除空行", "delete the empty row"),
    "missing-cell": _make_template("这一行缺少{title}这一格", "the row has no cell for {title}", "请补齐该行，各行的列数应与表头一致", "complete the row: every row has as many cells as the header"),
    "extra-cell": _make_template("这一行多出一格“{value}”，表头没有对应的列", 'the row has one cell too many, "{value}", without a column in the header', "请删除多出的格，或检查是否多了分隔符", "delete the cell, or look for a delimiter too many"),
    "unique-error": _make_template("{title}“{value}”与第 {other} 行重复", '{title} "{value}" is the same as in row {other}', "{title}不得重复，请核对后修改或删除一行", "{title} must be different in every row: mend or delete one"),
    "primary-key": _make_template("编码“{value}”与第 {other} 行重复", 'the key "{value}" is the same as in row {other}', "编码（{title}）不得重复，请核对后修改或删除一行", "the key ({title}) must be different in every row: mend or delete one"),
    "empty-key": _make_template("编码（{title}）为空", "the key ({title}) is empty", "请填写编码（{title}）", "fill in the key ({title})"),
    "foreign-key": _make_template("{title}“{value}”在被引用的表“{other}”中不存在", '{title} "{value}" is not in the table referred to, "{other}"', "请核对编码，或先在被引用的表中登记", "check the code, or register it in that table first"),
}  # fmt: skip

LABELS = {
    "blank-header": _make_template("表头为空", "the header is empty", "请在第一行填写列名", "write the names of the columns in the first row"),
    "unmatched-header": _make_template("表头没有一列与说明相符", "no column of the header is known", "请使用规定的列名", "use the prescribed names of columns"),
    "blank-label": _make_template("第 {position} 列没有列名，应为“{name}”", 'column {position} has no name; it should be "{name}"', "请填写列名“{name}”", 'write "{name}"'),
    "duplicate-label": _make_template("列名“{label}”重复（第 {position} 列）", 'the name "{label}" stands twice (column {position})', "请删除或改正重复的列", "delete or rename one of the columns"),
    "extra-label": _make_template("多出一列“{label}”（第 {position} 列）", 'column "{label}" (column {position}) is not expected', "请删除这一列", "delete the column"),
    "missing-label": _make_template("缺少“{name}”列", 'column "{name}" is missing', "请补上“{name}”列", 'add the column "{name}"'),
    "incorrect-label": _make_template("第 {position} 列的列名“{label}”应为“{name}”", 'column {position} is called "{label}"; it should be "{name}"', "请把列名改为“{name}”", 'rename it "{name}"'),
}  # fmt: skip

FILES = {
    "source-error": _make_template("文件内容无法作为表格读取：{note}", "the contents cannot be read as a table: {note}", "请检查文件内容后重新保存", "check the contents and save the file again"),
    "scheme-error": _make_template("文件无法打开：{note}", "the file cannot be opened: {note}", "请检查文件是否存在、是否可读", "see whether the file is there and may be read"),
    "format-error": _make_template("文件格式不对或已损坏：{note}", "the file is of another format or damaged: {note}", "请另存为 CSV 或 XLSX", "save it as CSV or XLSX"),
    "encoding-error": _make_template("文件不是所声明的编码：{note}", "the file is not in the declared encoding: {note}", "请另存为 UTF-8 编码", "save it in UTF-8"),
    "hash-count": _make_template("文件的校验值与说明不符：{note}", "the checksum is not what the descriptor says: {note}", "请重新取得文件，或更新说明中的校验值", "get the file again, or correct the descriptor"),
    "byte-count": _make_template("文件的大小与说明不符：{note}", "the size is not what the descriptor says: {note}", "请重新取得文件，或更新说明中的大小", "get the file again, or correct the descriptor"),
    "field-count": _make_template("列数与说明不符：{note}", "the number of fields is not what the descriptor says: {note}", "请补齐列，或更新说明", "complete the columns, or correct the descriptor"),
    "row-count": _make_template("行数与说明不符：{note}", "the number of rows is not what the descriptor says: {note}", "请补齐行，或更新说明", "complete the rows, or correct the descriptor"),
}  # fmt: skip

OTHER = _make_template(
    "说明文件有误：{note}",
    "the descriptor is wrong: {note}",
    "请改正说明文件后再检查",
    "correct the descriptor and check again",
)
