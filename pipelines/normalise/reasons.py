"""Why a cell was rewritten: the stable slug of a rewrite, and how people are told. Not here: the rules themselves."""

from schemas.text import Text

REASONS: dict[str, Text] = {
    "invisible": Text(zh="去掉不可见字符", en="invisible characters removed"),
    "blanks": Text(zh="去掉首尾空白", en="blanks at either end removed"),
    "null-word": Text(
        zh="表示“没有”的写法（--、/、无、N/A 等）改为空白", en="a word for nothing (--, /, 无, N/A …) became empty"
    ),
    "width": Text(zh="全角字符改为半角", en="full-width characters became ASCII"),
    "thousands": Text(zh="去掉千位分隔符", en="thousands separators removed"),
    "currency": Text(zh="去掉货币符号", en="currency sign removed"),
    "unit": Text(zh="换算为规定的单位", en="converted to the unit of the contract"),
    "decimal-zero": Text(zh="整数去掉“.0”", en="“.0” of a whole number removed"),
    "year": Text(zh="年份去掉“年”字", en="the word for year removed"),
    "date": Text(zh="日期改为 2024-05-01 的写法", en="date written as 2024-05-01"),
    "serial-date": Text(zh="Excel 日期序号改为日期", en="serial number of Excel became a date"),
    "time": Text(zh="时间改为 08:30:00 的写法", en="time written as 08:30:00"),
    "answer": Text(zh="是、否、不详改为代码", en="yes, no, not known became their codes"),
    "datum": Text(zh="偏移坐标换算为 CGCS2000", en="offset coordinates converted to CGCS2000"),
    "zone": Text(zh="高斯-克吕格平面坐标换算为经纬度", en="Gauss-Krüger metres converted to degrees"),
    "correction": Text(zh="按已审核的更正记录改正", en="corrected as reviewed"),
}
