"""Units that departments write, and the powers of ten between them.

Here: only exact conversions (万元 to 元 shifts the decimal point, 亩 to ㎡ does not). Not here: rewriting cells (`normalise`).
Source: GB 3100 (decimal prefixes), 中文数词 千、万、亿.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

_MULTIPLES = {"": 0, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}
_BASES = {
    "元": ("元", "圆", "rmb", "cny", "yuan"),
    "m2": ("m2", "平方米", "平米", "平方公尺", "sqm", "squaremetres", "squaremeters"),
    "m": ("m", "米", "公尺", "metres", "meters"),
    "人": ("人", "名", "persons", "people"),
    "人次": ("人次", "visits"),
    "个": (*"个處处所座家项件条场次张台块片套辆批", "人份"),
    "%": ("%", "percent", "百分比"),
    "°": ("°", "度", "degrees"),
    "年": ("年", "years"),
    "天": ("天", "日", "days"),
    "小时": ("小时", "h", "hours"),
}
_OTHERS = {
    "km": ("m", 3), "公里": ("m", 3), "千米": ("m", 3), "cm": ("m", -2), "厘米": ("m", -2), "mm": ("m", -3), "毫米": ("m", -3),
    "km2": ("m2", 6), "平方公里": ("m2", 6), "平方千米": ("m2", 6), "公顷": ("m2", 4), "ha": ("m2", 4), "hectares": ("m2", 4),
    "角": ("元", -1), "分": ("元", -2), "亩": ("亩", 0), "%0": ("%", -1), "‰": ("%", -1),
}  # fmt: skip
_LONGEST = 40
_COUNTED = frozenset({"元", "m2", "m", "人", "人次"})
_ENGLISH = {"thousand": 3, "1000": 3, "1,000": 3, "10000": 4, "10,000": 4, "tenthousand": 4, "million": 6, "billion": 9}
_PARTED = re.compile(r"[,，;；、\s]+")
_UNIT_LIKE = re.compile(
    r"[十百千万亿]*(?:(?:美|欧|日|港|韩|澳|加|新台|台|外)(?:元|币)|美金|英镑|卢布)|[十百千万亿]+元整?|元整|.{0,4}(?:米|尺|寸|亩|里|顷|坪)"
    r"|(?:us|hk|nt)?\$|€|£|usd|hkd|eur|gbp|dollars?|euros?|(?:square)?feet|acres?"
)


def unit_key(unit: str) -> str:
    """Returns the comparison key of a unit: `㎡`, `m²` and ` M2 ` all give `m2`, `人民币万元` gives `万元`."""
    key = re.sub(r"\s+", "", unicodedata.normalize("NFKC", unit)).casefold().removeprefix("单位:")
    return re.sub(r"[(:]?人民币[):]?", "", key) or key


def looks_like_unit(text: str) -> bool:
    """Whether a text is written like a unit that is not one of `UNITS`, as 美元 or 平方英尺."""
    return _UNIT_LIKE.fullmatch(unit_key(text)) is not None


def _unit_spellings() -> Iterator[tuple[str, tuple[str, int]]]:
    for base, names in _BASES.items():
        for name in names:
            for multiple, exponent in _MULTIPLES.items():
                if exponent == 0 or base in _COUNTED or (base == "个" and multiple in {"万", "亿"}):
                    yield unit_key(multiple + name), (base if base != "个" else f"个:{name}", exponent)
    for word, exponent in _ENGLISH.items():
        for name in ("yuan", "rmb", "cny"):
            yield from ((unit_key(text), ("元", exponent)) for text in (f"{word} {name}", f"{name} {word}"))
    yield from ((unit_key(name), known) for name, known in _OTHERS.items())


UNITS: dict[str, tuple[str, int]] = dict(_unit_spellings())
"""(base unit, power of ten) by `unit_key`; each counting word is its own base."""


def complete_unit(text: str, stored: str) -> str:
    """Returns the unit with the base that a bare multiple leaves out: 万 in a field of 元 is 万元; other texts unchanged."""
    return f"{unit_key(text)}{stored}" if unit_key(text) in _MULTIPLES and unit_key(text) else text


def find_unit(text: str) -> str | None:
    """Returns the only unit in a text such as `万元，截至年底`; None if it names none, or several."""
    if unit_key(text) in UNITS:
        return text
    named = {word for word in _PARTED.split(text) if word and unit_key(word) in UNITS}
    return named.pop() if len(named) == 1 else None


_LARGER = {
    "元": {4: "万元", 3: "千元", 6: "百万元", 8: "亿元"},
    "m2": {4: "万㎡", 6: "km²"},
    "m": {3: "km"},
    "人": {4: "万人"},
    "人次": {4: "万人次"},
}


def larger_units(stored: str) -> dict[int, str]:
    """Returns the larger units in which figures of this unit are usually written, by power of ten, the commonest first."""
    base, exponent = UNITS.get(unit_key(stored), ("", 0))
    return _LARGER.get(base, {}) if exponent == 0 else {}


def exponent_between(reported: str, stored: str) -> int | None:
    """Returns how many places the decimal point moves right from `reported` to `stored`; None if not convertible."""
    here, there = UNITS.get(unit_key(reported)), UNITS.get(unit_key(stored))
    if here is None or there is None or here[0] != there[0]:
        return None
    return here[1] - there[1]


def shift_decimal_point(number: str, exponent: int) -> str:
    """Moves the decimal point to the right by `exponent` places, exactly: `1.50` moved by 4 is `15000`.

    A number of more than 40 characters is unchanged.
    """
    if len(number) > _LONGEST or not exponent:
        return number
    sign, digits, own = Decimal(number).as_tuple()
    if not isinstance(own, int):
        return number
    text = format(Decimal((sign, digits, own + exponent)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
