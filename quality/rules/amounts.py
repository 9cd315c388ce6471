"""The rule that the amount of money in a running text is the amount in its column.

Only texts that tell one amount are judged, however often they tell it: of several nobody can say which one is meant. An amount that
cannot be read for certain (a range, "more than", colloquial numerals, 角 and 分) makes the whole text unreadable, never a finding.
Not here: sums and ratios of columns (`arithmetic`).
"""

from quality.rules.arithmetic import cast_number, difference_condition
from quality.rules.scope import TEXTS, RuleScope
from quality.rules.violations import SUBMITTED, Violation, join_conditions, to_literal
from quality.rules.when import build_condition
from schemas.rules.rules import AmountInText

_DIGITS = "一二三四五六七八九"
_NUMERALS = f"零{_DIGITS}十百千万亿"
_UNITS = (("十", 10), ("百", 100), ("千", 1000), ("万", 10_000), ("亿", 100_000_000))
_WRITTEN, _READ = "壹贰叁肆伍陆柒捌玖拾佰仟两〇圆０１２３４５６７８９．", f"{_DIGITS}十百千二零元0123456789."
"""Characters of certificates and of full width, and the plain ones in their places. Source: 支付结算办法, appendix 1, on amounts in words."""
_NUMBER = f"[0-9.,，{_NUMERALS}]+"
_AMOUNT = rf"(?:{_NUMBER}元?[-—~～至到])?{_NUMBER}元(?:[0-9{_NUMERALS}]+[角分])*(?:以上|以下|以内|左右|上下)?"
"""Whatever looks like an amount in 元, with what makes it an inexact one."""
_IN_DIGITS = "(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:[.][0-9]+)?(?:[十百千]?[万]?|亿)元"
_SECTION = f"(?:[{_DIGITS}]千)?零?(?:[{_DIGITS}]百)?零?(?:[{_DIGITS}]?十)?零?[{_DIGITS}]?"
_IN_WORDS = f"(?:{_SECTION}万)?{_SECTION}元"
_COLLOQUIAL = f"[万千百][{_DIGITS}]元"
"""三万五 is 35 000 in speech and 30 005 by its characters."""


def compile_amount_in_text(rule: AmountInText, scope: RuleScope) -> tuple[Violation, ...]:
    """The text tells one amount, and the column holds another one; an empty text or column is skipped."""
    text = f"translate({scope.typed_column(rule, rule.text, TEXTS)}, {to_literal(_WRITTEN)}, {to_literal(_READ)})"
    found = rf"regexp_extract_all(regexp_replace({text}, '[\s　]+', '', 'g'), {to_literal(_AMOUNT)})"
    amount = cast_number(rule, scope, rule.field, "DOUBLE")
    when = build_condition(rule, rule.when, scope)
    source = (
        f"(SELECT position, list_transform({found}, lambda one: {_read_amount('one')}) AS amounts, {amount} AS amount "
        f"FROM {SUBMITTED} WHERE {join_conditions([when, f'{amount} IS NOT NULL'])})"
    )
    single = ["list_unique(amounts) = 1", "len(list_filter(amounts, lambda one: one IS NULL)) = 0"]
    shown = f"list_max(amounts) / {to_literal(float(rule.unit))}"
    differs = difference_condition(shown, "amount", rule.tolerance, [shown, "amount"])
    return (Violation(rule.field, join_conditions([*single, differs]), source),)


def _read_amount(amount: str) -> str:
    """Returns the amount in yuan as SQL, NULL if it cannot be read for certain."""
    number = f"replace(regexp_extract({amount}, '^[0-9.,]+'), ',', '')"
    plain = f"CAST({number} AS DOUBLE) * {_read_unit(amount)}"
    high = _read_section(f"regexp_extract({amount}, '^(.*)万', 1)")
    low = _read_section(f"regexp_extract({amount}, '([^万]*)元', 1)")
    return (
        f"CASE WHEN regexp_full_match({amount}, {to_literal(_IN_DIGITS)}) THEN {plain} "
        f"WHEN regexp_matches({amount}, {to_literal(_COLLOQUIAL)}) THEN NULL "
        f"WHEN regexp_full_match({amount}, {to_literal(_IN_WORDS)}) THEN nullif({high} * 10000 + {low}, 0) END"
    )


def _read_unit(amount: str) -> str:
    return " * ".join(f"CASE WHEN contains({amount}, '{unit}') THEN {factor} ELSE 1 END" for unit, factor in _UNITS)


def _read_section(numeral: str) -> str:
    """Returns a number below 10 000 in Chinese numerals as SQL; 0 for empty text."""
    thousands, hundreds, tens, ones = (
        _read_digit(f"regexp_extract({numeral}, '([{_DIGITS}]){unit}', 1)") for unit in "千百十$"
    )
    tens = f"CASE WHEN contains({numeral}, '十') THEN greatest({tens}, 1) ELSE 0 END"
    return f"({thousands} * 1000 + {hundreds} * 100 + {tens} * 10 + {ones})"


def _read_digit(digit: str) -> str:
    """Returns the value of a numeral as SQL; of empty text 0, for DuckDB finds it at the first character."""
    return f"(strpos('零{_DIGITS}', {digit}) - 1)"
