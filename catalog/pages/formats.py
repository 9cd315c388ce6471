"""How a date, a moment, a number and a size of bytes are written in Chinese and in English.

Pure functions of a value and a language. Not here: words (`texts.yaml`) and templates. A language that we do not write
raises KeyError: nothing falls back to another one.
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
_UNITS = ("B", "KB", "MB", "GB", "TB")


def format_day(value: date, lang: Lang) -> str:
    """`2026年11月24日`, `24 November 2026`. Of a datetime: its day in Shanghai; ValueError if it names no zone."""
    if isinstance(value, datetime):
        value = _to_shanghai_time(value).date()
    written = {
        "zh": f"{value.year}年{value.month}月{value.day}日",
        "en": f"{value.day} {MONTHS[value.month - 1]} {value.year}",
    }
    return written[lang]


def format_moment(value: datetime, lang: Lang) -> str:
    """Day and minute in Shanghai: `2026年11月24日 09:30`, `24 November 2026, 09:30`; ValueError if it names no zone."""
    local = _to_shanghai_time(value)
    return {"zh": f"{format_day(local, 'zh')} {local:%H:%M}", "en": f"{format_day(local, 'en')}, {local:%H:%M}"}[lang]


def format_figure(value: float) -> str:
    """The full figure, in groups of three: `1 234 567`, `1 234.5`. No rounding."""
    return f"{value:,}".replace(",", THIN)


def format_number(value: float, lang: Lang) -> str:
    """The figure in words that people use: `1.2 万`, `3.5 亿` from ten thousand on; in English the full figure."""
    if lang == "en" or abs(value) < _WAN:
        return {"zh": format_figure(value), "en": format_figure(value)}[lang]
    unit, name = (_YI, "亿") if abs(value) >= _YI else (_WAN, "万")
    return f"{value / unit:.1f}".removesuffix(".0") + f" {name}"


def format_share(value: float) -> str:
    """A share between 0 and 1 in per cent; what is not quite all or nothing never looks like it: `99.9%`, not `100%`."""
    if 0 < value < 1:
        value = min(max(value, 0.001), 0.999)
    return f"{value * 100:.1f}".removesuffix(".0") + "%"


def format_size(value: int) -> str:
    """A count of bytes, in powers of a thousand: `812 B`, `1.4 MB`."""
    amount, unit = float(value), 0
    while round(amount, 1) >= _THOUSAND and unit < len(_UNITS) - 1:
        amount, unit = amount / _THOUSAND, unit + 1
    return f"{amount:.1f}".removesuffix(".0") + f" {_UNITS[unit]}"


def _to_shanghai_time(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} names no time zone")
    return value.astimezone(ZONE)
