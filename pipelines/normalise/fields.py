"""Rules that apply to each field of the contract, patterns of cells that need none, and the reasons for a change.

`REASONS` maps the stable slug of each rule to its text in zh and en. Not here: the rules themselves (`blanks`, `nulls`,
`numbers`, `moments`), or applying them to a table (`table`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from pipelines.normalise.blanks import BLANK, INVISIBLE, to_half_width, to_half_width_code
from pipelines.normalise.labels import CodeLabels
from pipelines.normalise.moments import (
    close_at_midnight,
    close_at_midnight_second,
    date_from_serial,
    datetime_from_serial,
    normalise_date,
    normalise_datetime,
    normalise_minute,
    normalise_time,
)
from pipelines.normalise.nulls import (
    NULL_WORDS,
    NULL_WORDS_FOR_CODES,
    NULL_WORDS_FOR_VALUES,
    answer_code,
    answer_truth,
    is_noted_null,
)
from pipelines.normalise.numbers import (
    convert_unit,
    normalise_year,
    remove_currency,
    remove_decimal_zero,
    remove_thousands,
    replace_decimal_comma,
)
from pipelines.normalise.radicals import LOOKALIKES
from pipelines.normalise.text_rules import Rule, apply_rule, clean_text
from pipelines.units.spellings import UNITS, unit_key
from schemas.contract import Contract, Field
from schemas.rules.group_rules import NoOverlap
from schemas.text import Text

_NUMBERS = frozenset({"integer", "number", "year"})
_MOMENTS = frozenset({"date", "datetime", "time"})
# RE2 patterns of cells that no rule of the type changes; the rules run only on the other cells.
_CLEAN = {
    "integer": r"^-?\d+$",
    "number": r"^-?\d+(\.\d+)?$",
    "year": r"^\d{4}$",
    "date": r"^\d{4}-\d{2}-\d{2}$",
    "datetime": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}$",
    "time": r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$",
    "minute": r"^([01]\d|2[0-3]):[0-5]\d$",
    "boolean": r"^(true|false|TRUE|FALSE|True|False|0|1)$",
}
# A cell with one of these may hold an escape (`&amp;`, `\u6c88`, `_x000D_`), a line end or a radical.
_SUSPICIOUS = rf"{INVISIBLE}&\\_\r{LOOKALIKES}"
_ODD = f"='‘’＇`{BLANK}{_SUSPICIOUS}"
_CLEAN_TEXT = f"^[^{_ODD}]([^{_SUSPICIOUS}]*[^{BLANK}{_SUSPICIOUS}])?$"
_PLAIN = r"!-%(-<>-\[\]^`-~"
_CLEAN_CODE = rf"^[{_PLAIN}][!-%'-\[\]^`-~]*$"
_FROM_1904: Mapping[Rule, Rule] = {
    rule: partial(rule, from_1904=True) for rule in (date_from_serial, datetime_from_serial)
}
_CURRENCY = "元"
_MINUTES = "%H:%M"


@dataclass(frozen=True)
class FieldSpellings:
    """The rules of one field, in order.

    Attributes:
        clean: RE2 pattern of cells that no rule changes, unless they are one of `nulls`.
        nulls: Words that stand for an empty cell.
        keep: Whether a trimmed cell is valid as it is and must not be changed further.
        rules: Pairs of a slug (a key of `REASONS`) and a rule.
        noted_nulls: Whether a dash with a note in brackets is an empty cell.
        always: Whether the rules run on every filled cell, because the label names another unit.
        unclean: RE2 class of signs of which every filled cell that is not clean has one; empty where there is no such class.
    """

    clean: str
    nulls: frozenset[str]
    keep: Callable[[str], bool]
    rules: tuple[tuple[str, Rule], ...]
    noted_nulls: bool = False
    always: bool = False
    unclean: str = ""

    def with_decimal_commas(self) -> "FieldSpellings":
        """The same rules for a column in which a comma stands before decimals."""
        first = (("width", to_half_width), ("decimal-comma", replace_decimal_comma))
        return replace(self, rules=(*first, *self.rules))

    def with_days_from_1904(self) -> "FieldSpellings":
        """The same rules for a workbook in which numbers in place of dates count from 1904."""
        rules = (
            ("serial-date-1904", _FROM_1904[rule]) if rule in _FROM_1904 else (slug, rule) for slug, rule in self.rules
        )
        return replace(self, rules=tuple(rules))

    def may_change(self, cell: str) -> bool:
        """Whether a rule may change a filled cell, as `clean` and `nulls` say it."""
        return self.always or cell in self.nulls or self._clean.fullmatch(cell) is None

    @cached_property
    def _clean(self) -> re.Pattern[str]:
        return re.compile(self.clean, re.ASCII)

    def rewrite_cell(self, cell: str) -> tuple[str | None, str]:
        """Returns the cell in the contract's spelling (None: null word) and the slug of the last rule that changed it.

        The slug is "" if no rule changed the cell.
        """
        text, why = clean_text(cell)
        if not text or self.keep(text):
            return text, why
        if text in self.nulls or (self.noted_nulls and is_noted_null(text)):
            return None, "null-word"
        for slug, rule in self.rules:
            text, why = apply_rule(text, why, slug, rule)
        return text, why


def field_spellings(
    field: Field, contract: Contract, units: Mapping[str, str], labels: CodeLabels | None = None
) -> FieldSpellings:
    """Returns the rules of one field.

    `units` maps field names to units in labels that differ from the field's; `labels` are the names of the field's codes.
    """
    known = _type_spellings(field, contract, units)
    if labels is not None:
        known = _add_labels(known, field, contract, labels)
    own = frozenset(field.policy.empty_words)
    return replace(known, nulls=known.nulls | own) if own else known


def _add_labels(known: FieldSpellings, field: Field, contract: Contract, labels: CodeLabels) -> FieldSpellings:
    """Returns the rules of a field with a code list: only its codes are clean, and a name of a code is no null word."""
    kept = _kept_values(field, contract) | labels.valid
    return replace(
        known,
        clean=f"^({'|'.join(re.escape(code) for code in sorted(labels.valid))})$",
        unclean="",
        nulls=frozenset(
            word for word in known.nulls if not labels.find_codes(word) and not _is_wide_code(word, kept.__contains__)
        ),
        keep=lambda cell: cell in kept,
        rules=(*known.rules, ("label", labels.replace_label)),
    )


def _type_spellings(field: Field, contract: Contract, units: Mapping[str, str]) -> FieldSpellings:
    keep = _keep_predicate(field, contract)
    if field.type in _NUMBERS:
        return FieldSpellings(
            clean=_CLEAN[field.type],
            nulls=NULL_WORDS_FOR_VALUES,
            keep=keep,
            rules=_numeric_rules(field, units.get(field.name)),
            noted_nulls=True,
            always=field.name in units,
        )
    if kind := _moment_kind(field):
        rules = _moment_rules(kind, closing=field.name in _closing_fields(contract))
        return FieldSpellings(_CLEAN[kind], NULL_WORDS_FOR_VALUES, keep, rules)
    if is_answer(field):
        return FieldSpellings(
            r"^[012]$",
            NULL_WORDS_FOR_CODES - {"无"},
            keep,
            (("width", to_half_width), ("decimal-zero", remove_decimal_zero), ("answer", answer_code)),
        )
    if field.type == "boolean":
        return FieldSpellings(
            _CLEAN["boolean"], NULL_WORDS_FOR_CODES - {"无"}, keep, (("width", to_half_width), ("answer", answer_truth))
        )
    if is_code(field):
        nulls = frozenset(word for word in NULL_WORDS_FOR_CODES if not _is_wide_code(word, keep))
        return FieldSpellings(_CLEAN_CODE, nulls, keep, (("width", to_half_width_code),), unclean=f"[^{_PLAIN}]")
    return FieldSpellings(_CLEAN_TEXT, NULL_WORDS, keep, (), unclean=f"[{_ODD}]")


def _is_wide_code(word: str, keep: Callable[[str], bool]) -> bool:
    """Whether a word is a valid code in full-width letters: where NA is a code, ＮＡ is that code too."""
    return not word.isascii() and any(map(str.isalpha, word)) and keep(to_half_width_code(word))


def is_answer(field: Field) -> bool:
    """Whether the field is a question with the codes 0, 1 and 2 (code list `tri_state`, or an enum of these)."""
    codes = {str(code) for code in field.constraints.get("enum", ())}
    return field.policy.codelist == "tri_state" or codes == {"0", "1", "2"}


def is_code(field: Field) -> bool:
    """Whether the field holds codes, not free text: it has a code list, a pattern or an enum."""
    return field.policy.codelist is not None or "pattern" in field.constraints or "enum" in field.constraints


def _keep_predicate(field: Field, contract: Contract) -> Callable[[str], bool]:
    """Returns the test for cells that are valid as they are.

    These are the contract's missing values, values of the field's enum, and text that matches its pattern.
    """
    kept = _kept_values(field, contract)
    pattern = (
        re.compile(field.constraints["pattern"], re.ASCII)
        if field.type == "string" and "pattern" in field.constraints
        else None
    )
    return lambda cell: cell in kept or (pattern is not None and pattern.fullmatch(cell) is not None)


def _kept_values(field: Field, contract: Contract) -> frozenset[str]:
    return frozenset({*contract.missing_values, *(str(value) for value in field.constraints.get("enum", ()))})


def _moment_kind(field: Field) -> str | None:
    """Returns `date`, `datetime`, `time`, or `minute` for a time without seconds; None for any other type or format."""
    if field.type == "time" and field.format == _MINUTES:
        return "minute"
    known = field.format == "default" or (field.type, field.format) == ("time", "%H:%M:%S")
    return field.type if field.type in _MOMENTS and known else None


def _closing_fields(contract: Contract) -> Iterable[str]:
    """Returns the fields that end a span of time, in which midnight is the end of the day."""
    return {rule.end for rule in contract.rules if isinstance(rule, NoOverlap)}


def _numeric_rules(field: Field, reported: str | None) -> tuple[tuple[str, Rule], ...]:
    rules: list[tuple[str, Rule]] = [("width", to_half_width), ("thousands", remove_thousands)]
    if field.type == "year":
        return (*rules, ("year", normalise_year), ("decimal-zero", remove_decimal_zero))
    unit = field.policy.unit
    if unit and UNITS.get(unit_key(unit), ("", 0))[0] == _CURRENCY:
        rules += [("currency", remove_currency), ("thousands", remove_thousands)]
    if unit:
        rules.append(("unit", lambda cell: convert_unit(cell, unit, reported)))
    return (*rules, ("decimal-zero", remove_decimal_zero)) if field.type == "integer" else tuple(rules)


def _moment_rules(kind: str, *, closing: bool) -> tuple[tuple[str, Rule], ...]:
    rules: dict[str, tuple[tuple[str, Rule], ...]] = {
        "date": (("date", normalise_date), ("serial-date", date_from_serial)),
        "datetime": (("date", normalise_datetime), ("serial-date", datetime_from_serial)),
        "time": (("time", normalise_time),),
        "minute": (("minute", normalise_minute),),
    }
    ends: dict[str, Rule] = {"time": close_at_midnight_second, "minute": close_at_midnight}
    midnight = (("midnight", ends[kind]),) if closing and kind in ends else ()
    return (("width", to_half_width), *midnight, *rules[kind])


REASONS: dict[str, Text] = {
    "invisible": Text(zh="去掉不可见字符", en="invisible characters removed"),
    "blanks": Text(zh="去掉首尾空白", en="blanks at either end removed"),
    "escape": Text(
        zh="转义写法（&#27784;、\\u6c88、_x000D_ 等）还原为文字",
        en="escapes (&#27784;, \\u6c88, _x000D_ …) became text",
    ),
    "line-ends": Text(zh="单元格内的换行符统一", en="line ends inside cells made uniform"),
    "guard": Text(
        zh='去掉防止电子表格改写的符号（="…"、单引号）',
        en='signs that guard a cell from spreadsheets removed (="…", \')',
    ),
    "radicals": Text(
        zh="部首和兼容字形（如从 PDF 复制的“⼤”）改为通用汉字",
        en="radicals and compatibility forms, as copied from PDF, became ordinary characters",
    ),
    "null-word": Text(
        zh="表示“没有”的写法（--、/、无、N/A 等）改为空白", en="a word for nothing (--, /, 无, N/A …) became empty"
    ),
    "width": Text(zh="全角字符改为半角", en="full-width characters became ASCII"),
    "thousands": Text(zh="去掉千位分隔符", en="thousands separators removed"),
    "decimal-comma": Text(zh="小数点由逗号改为“.”", en="decimal comma became a point"),
    "currency": Text(zh="去掉货币符号", en="currency sign removed"),
    "unit": Text(zh="换算为规定的单位", en="converted to the unit of the contract"),
    "decimal-zero": Text(zh="整数去掉“.0”", en="“.0” of a whole number removed"),
    "year": Text(zh="年份去掉“年”字", en="the word for year removed"),
    "date": Text(zh="日期统一为 2024-05-01 的格式", en="date written as 2024-05-01"),
    "serial-date": Text(zh="Excel 日期序号改为日期", en="serial number of Excel became a date"),
    "serial-date-1904": Text(
        zh="Excel 日期序号改为日期（该工作簿从 1904 年起计日，请核对）",
        en="serial number of Excel became a date, counted from 1904 as the workbook says; please check",
    ),
    "time": Text(zh="时间统一为 08:30:00 的格式", en="time written as 08:30:00"),
    "minute": Text(zh="时间统一为 08:30 的格式", en="time written as 08:30"),
    "midnight": Text(zh="开放到零点（24:00）记作 23:59", en="closing at midnight (24:00) kept as 23:59"),
    "label": Text(zh="代码表中的名称改为代码", en="names of the code list became codes"),
    "answer": Text(zh="是、否、不详改为代码", en="yes, no, not known became their codes"),
    "datum": Text(zh="偏移坐标换算为 CGCS2000", en="offset coordinates converted to CGCS2000"),
    "zone": Text(zh="高斯-克吕格平面坐标换算为经纬度", en="Gauss-Krüger metres converted to degrees"),
    "proposal": Text(zh="采纳建议值（标注工作簿“建议值”列）", en="proposed values accepted in the marked workbook"),
    "correction": Text(zh="按已审核的更正记录改正", en="corrected as reviewed"),
}
