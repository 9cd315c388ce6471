"""Formats of dates, moments, numbers, shares and byte sizes in Chinese and in English.

Pure functions of a value and, where the format depends on it, a language. An unknown language raises KeyError; there is
no fallback. Not here: texts (`texts.yaml`) and templates.
"""

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
ZONE = ZoneInfo("Asia/Shanghai")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
THIN = "\N{NARROW NO-BREAK SPACE}"
_WAN, _YI = 10_000, 100_000_000
_THOUSAND = 1000
_ROUND = 100
_ENGLISH_UNITS = {
    "元": "yuan",
    "万元": "10 000 yuan",
    "㎡": "m²",
    "m": "m",
    "年": "years",
    "天": "days",
    "小时": "hours",
}
_UNITS = ("B", "KB", "MB", "GB", "TB")


def format_day(value: date, lang: Lang) -> str:
    """`2026年11月24日`, `24 November 2026`. For a datetime: its day in Shanghai; ValueError if it has no time zone."""
    if isinstance(value, datetime):
        value = _to_shanghai_time(value).date()
    texts = {
        "zh": f"{value.year}年{value.month}月{value.day}日",
        "en": f"{value.day} {MONTHS[value.month - 1]} {value.year}",
    }
    return texts[lang]


def format_moment(value: datetime, lang: Lang) -> str:
    """Day and minute in Shanghai: `2026年11月24日 09:30`, `24 November 2026, 09:30`; ValueError without a time zone."""
    local = _to_shanghai_time(value)
    return {"zh": f"{format_day(local, 'zh')} {local:%H:%M}", "en": f"{format_day(local, 'en')}, {local:%H:%M}"}[lang]


def format_machine_time(value: date) -> str:
    """The value of a `datetime` attribute: the day, or the moment to the second, since HTML allows three digits of a fraction only."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def format_figure(value: float) -> str:
    """All digits, in groups of three: `1 234 567`, `1 234.5`. No rounding."""
    return f"{value:,}".replace(",", THIN)


def format_number(value: float, lang: Lang) -> str:
    """In Chinese `1.2 万`, `3.5 亿` from ten thousand on, rounded to one decimal; otherwise and in English all digits."""
    if lang == "en" or abs(value) < _WAN:
        return {"zh": format_figure(value), "en": format_figure(value)}[lang]
    unit, name = (_YI, "亿") if abs(value) >= _YI else (_WAN, "万")
    return f"{value / unit:.1f}".removesuffix(".0") + f" {name}"


def format_amount(value: float, unit: str | None, lang: Lang) -> str:
    """A number with its unit as people say it: `3.4 亿元`, `1.2 万 ㎡`, `12 人`; in English all digits, and units that it has a word for.

    From 100 on it is rounded to a whole number, below to one decimal. An amount in 万元 is said in 元.
    """
    value, unit = (value * _WAN, "元") if unit == "万元" else (value, unit)
    rounded = round(value, 1 if abs(value) < _ROUND else None) + 0.0
    text = format_number(int(rounded) if rounded.is_integer() else rounded, lang)
    if lang == "en":
        return f"{text} {_ENGLISH_UNITS[unit]}" if unit in _ENGLISH_UNITS else text
    joint = "" if text[-1] in "万亿" and unit and "一" <= unit[0] <= "鿿" else " "
    return f"{text}{joint}{unit}" if unit else text


def format_unit(unit: str | None, lang: Lang) -> str:
    """The name of a unit; empty without a unit, and in English if there is no word for it."""
    return (unit or "") if lang == "zh" else _ENGLISH_UNITS.get(unit or "", "")


def format_share(value: float) -> str:
    """A share (0 to 1) in per cent. A value strictly between 0 and 1 never becomes `0%` or `100%`: `0.1%`, `99.9%`."""
    if 0 < value < 1:
        value = min(max(value, 0.001), 0.999)
    return f"{value * 100:.1f}".removesuffix(".0") + "%"


def format_size(value: int) -> str:
    """A number of bytes in powers of 1000, with at most one decimal: `812 B`, `1.4 MB`."""
    amount, unit = float(value), 0
    while round(amount, 1) >= _THOUSAND and unit < len(_UNITS) - 1:
        amount, unit = amount / _THOUSAND, unit + 1
    return f"{amount:.1f}".removesuffix(".0") + f" {_UNITS[unit]}"


def _to_shanghai_time(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} names no time zone")
    return value.astimezone(ZONE)
