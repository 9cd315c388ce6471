"""Numbers as people write them in a sheet: 约500人, 伍万元整, 五万, 5w.

Only texts of one reading give a number: 三万五, 二三百 and 十几 do not. Not here: numbers with digits and an ordinary unit (3.5万元), which are
converted before (`pipelines/normalise/numbers.py`).

Sources: GB/T 15835-2011 (numerals in Chinese); 票据法实施管理办法 and 支付结算办法, annex 1 (the capital forms of bills, 壹 to 玖, 拾, 佰, 仟).
"""

import unicodedata

from pipelines.normalise.numbers import convert_unit
from pipelines.units.spellings import UNITS, complete_unit, exponent_between, shift_decimal_point, unit_key
from schemas.execution.late_pattern import compile_late

_CAPITALS = str.maketrans("〇壹贰叁肆伍陆柒捌玖两拾佰仟圆", "零一二三四五六七八九二十百千元")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_POWERS = {"十": 10, "百": 100, "千": 1_000}
_ONE = "[一二三四五六七八九]"
_TENS = f"{_ONE}?十{_ONE}?"
_HUNDREDS = f"{_ONE}百(?:零{_ONE}|{_ONE}十{_ONE}?)?"
_THOUSANDS = f"{_ONE}千(?:零{_ONE}|零{_TENS}|{_HUNDREDS})?"
_BELOW = f"(?:{_THOUSANDS}|{_HUNDREDS}|{_TENS}|{_ONE})"
_REST = f"(?:{_THOUSANDS}|零(?:{_HUNDREDS}|{_TENS}|{_ONE}))"
_WHOLE = compile_late(f"(?:(?P<myriads>{_BELOW})万(?P<rest>{_REST})?|(?P<below>{_BELOW}|零))")
_SHORT = {"w": "万", "k": "千"}
_LOOKALIKES = str.maketrans("OoIl", "0011")
_WORDS = compile_late(r"(?<![\d\s余多])[\s余多]++|[\s余多]++(?!\d)")
"""Blanks and words that may be left out; not between two figures (3 5, 2多3), which are two numbers as often as one."""
_ABOUT = compile_late(
    r"(?:约|大约|近|共|超过|逾|≥|>|人民币|¥)?(?P<number>-?\d+(?:,\d{3})*(?:\.\d+)?|[〇零一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟]+)"
    r"(?P<unit>[^\d.,+-]*?)(?:左右|以上|整)*"
)
_COUNTED = compile_late("人次?|[名个座条场年米元%]|平方米|m2")
"""Words after a number that say no more than its column does."""
_MEASURED = frozenset({"元", "m2", "m", "%", "°", "年", "天", "小时"})
"""Base units of measured quantities: a number in another unit is another number. Counting words (人, 个, 名) stand for each other."""


def read_chinese_number(text: str) -> int | None:
    """Returns the number below 100 million that Chinese numerals say, of one reading only; None for any other text."""
    found = _WHOLE.fullmatch(text.translate(_CAPITALS))
    if found is None:
        return None
    myriads, rest, below = (_add_places(found[part] or "") for part in ("myriads", "rest", "below"))
    return myriads * 10_000 + rest + below


def propose_number(cell: str, stored: str | None, reported: str | None = None, *, whole: bool = False) -> str | None:
    """Returns the one number in a text of words about it; None for several numbers, another quantity, or decimals where `whole` ones are asked for.

    `stored`: the unit of the field. `reported`: the unit that the file gives for the column, if that is another one: the number
    then has its unit written out, because the hand-in with a bare one would convert it.
    """
    text = _WORDS.sub("", unicodedata.normalize("NFKC", cell))
    found = _ABOUT.fullmatch(text) or _ABOUT.fullmatch(text.translate(_LOOKALIKES))
    number = _read_digits(found["number"]) if found else None
    exponent = _find_exponent(found["number"], found["unit"], stored, reported) if found else None
    if number is None or exponent is None:
        return None
    value = shift_decimal_point(number, exponent)
    if whole and "." in value:
        return None
    if reported is None or stored is None:
        return value
    return written if convert_unit(written := f"{value}{stored}", stored, reported) == value else None


def _read_digits(number: str) -> str | None:
    """Returns a number without separators, in digits; None for Chinese numerals of no or several readings."""
    if number[-1].isascii():
        return number.replace(",", "")
    chinese = read_chinese_number(number)
    return None if chinese is None else str(chinese)


def _find_exponent(number: str, written: str, stored: str | None, reported: str | None) -> int | None:
    """Returns how many places the point moves right, from the unit written after the number to the stored one; None for another quantity.

    五万 is five myriads of the unit without a multiple, whatever the column is in, as 5万 is.
    """
    if not written and "万" in number:
        return 0 if stored is None or UNITS.get(unit_key(stored), ("", 0))[1] == 0 else None
    if not written:
        return exponent_between(reported, stored) if reported and stored else 0
    unit = _SHORT.get(written[0].casefold(), written[0]) + written[1:]
    exponent = exponent_between(complete_unit(unit, stored), stored) if stored else None
    if exponent is None and _COUNTED.fullmatch(unit):
        bases = {UNITS.get(unit_key(one), ("", 0))[0] for one in (unit, stored)} if stored else set()
        return None if bases & _MEASURED else 0
    return exponent


def _add_places(numerals: str) -> int:
    total = pending = 0
    for numeral in numerals:
        if numeral in _POWERS:
            total += (pending or 1) * _POWERS[numeral]
            pending = 0
        else:
            pending = _DIGITS[numeral]
    return total + pending
