"""Rules that convert dates, times and datetimes, as people and spreadsheets write them, to ISO 8601.

Only unambiguous values are rewritten: a year of two digits, or a day that may be a month, is unchanged. Midnight at the end of
a day (24:00) is written as its last minute, because Table Schema has no time after 23:59:59. Not here: full-width digits
(`blanks`).

Source: ECMA-376 part 1, §18.17.4 (serial dates count from 1899-12-30; the ambiguous numbers 60 and below are out of
range; in the date system of 1904 the number 0 is 1904-01-01).
"""

import datetime as dt
import re

from schemas.execution.late_pattern import compile_late

_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_CLOCK = r"(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{1,2})\s*分?(?:\s*:?\s*(?P<second>\d{1,2})(?:\.0+)?\s*秒?)?"
_DATE = compile_late(_DAY + r"(?:[T\s]+00?:00?(?::00?(?:\.0+)?)?)?")
_COMPACT = compile_late(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_DATETIME = compile_late(_DAY + r"(?:[T\s]*" + _CLOCK + r")?")
_DAY_PARTS = {
    "am": 0, "a.m.": 0, "上午": 0, "早上": 0, "早": 0, "凌晨": 0, "清晨": 0,
    "pm": 12, "p.m.": 12, "下午": 12, "晚上": 12, "晚": 12, "傍晚": 12, "夜间": 12,
}  # fmt: skip
_PART = "|".join(re.escape(part) for part in sorted(_DAY_PARTS, key=len, reverse=True))
_TIME = compile_late(
    rf"(?:(?:1899-12-3[01]|1900-01-0[01])[T\s]+)?(?P<before>{_PART})?\s*{_CLOCK}\s*(?P<after>{_PART})?", re.IGNORECASE
)
_HALF_HOUR = compile_late(rf"(?P<before>{_PART})?\s*(?P<hour>\d{{1,2}})\s*[时点](?:(?P<half>半)|整|钟)?")
_SHARE_OF_DAY = compile_late(r"0?\.\d{2,17}|0\.5")
_MIDNIGHT = compile_late(
    r"24\s*(?:[:：时点]\s*(?:00?\s*分?)?(?:[:：]\s*00?(?:\.0+)?)?|整)|次日\s*00?\s*[:：时点]\s*(?:00?\s*分?)?"
    r"|(?:1899-12-31|1900-01-01)[T\s]00:00(?::00)?"  # what a workbook holds for 24:00 in a cell of times
)
LAST_MINUTE = "23:59"
_SERIAL = compile_late(r"(\d{5})(?:\.(\d+))?")
_SERIAL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheet times have no time zone
_LATER = 1_462
"""Days from there to 1904-01-01."""
_FIRST, _LAST = 10_000, 73_050
_SECONDS = 86_400
_NOON = 12
_MINUTES = len("08:30")
_WHOLE_MINUTE = compile_late(r"\d{2}:\d{2}:00")


def normalise_date(cell: str) -> str:
    """Converts `2024/5/1`, `2024年5月1日`, `20240501`, `2024-05-01 00:00:00` to `2024-05-01`; others are unchanged."""
    return _format_date(_DATE.fullmatch(cell) or _COMPACT.fullmatch(cell)) or cell


def date_from_serial(cell: str, *, from_1904: bool = False) -> str:
    """Converts the serial date `45413` to `2024-05-01`, for days from 1927 to 2099; anything else is unchanged."""
    found = _SERIAL.fullmatch(cell)
    day = _day_of_serial(found, from_1904=from_1904)
    if not found or day is None or (found[2] or "").strip("0"):
        return cell
    return day.date().isoformat()


def normalise_datetime(cell: str) -> str:
    """Converts `2024/5/1 8:30` to `2024-05-01T08:30:00`; a date alone becomes midnight; others are unchanged."""
    found = _DATETIME.fullmatch(cell) or _COMPACT.fullmatch(cell)
    day = _format_date(found)
    if not found or not day:
        return cell
    clock = _format_time(found) if found.groupdict().get("hour") else "00:00:00"
    return f"{day}T{clock}" if clock else cell


def datetime_from_serial(cell: str, *, from_1904: bool = False) -> str:
    """Converts the serial date `45413.5` to `2024-05-01T12:00:00`, rounded to the second; others are unchanged."""
    found = _SERIAL.fullmatch(cell)
    day = _day_of_serial(found, from_1904=from_1904)
    if not found or day is None:
        return cell
    return (day + dt.timedelta(seconds=round(float(f"0.{found[2] or 0}") * _SECONDS))).isoformat()


def _day_of_serial(found: re.Match[str] | None, *, from_1904: bool) -> dt.datetime | None:
    """Returns the day of a serial number; None if there is none, or for a day that no record of a bureau has."""
    number = int(found[1]) + (_LATER if from_1904 else 0) if found else 0
    return _SERIAL_EPOCH + dt.timedelta(days=number) if _FIRST <= number <= _LAST else None


def normalise_time(cell: str) -> str:
    """Converts `8:30`, `8时30分`, `9:00PM`, `下午9点半` and a share of a day (`0.25`) to `08:30:00`; others are unchanged."""
    found = _TIME.fullmatch(cell) or _HALF_HOUR.fullmatch(cell)
    if found:
        return _format_clock(found) or cell
    return _time_from_share(cell) if _SHARE_OF_DAY.fullmatch(cell) else cell


def normalise_minute(cell: str) -> str:
    """Converts a time as `normalise_time` does, for fields of whole minutes (`08:30`); one with seconds is unchanged."""
    clock = normalise_time(cell)
    return clock[:_MINUTES] if _WHOLE_MINUTE.fullmatch(clock) else cell


def close_at_midnight(cell: str) -> str:
    """Converts `24:00`, `24时` and `次日0:00`, the end of a day, to its last minute; anything else is unchanged."""
    return LAST_MINUTE if _MIDNIGHT.fullmatch(cell) else cell


def close_at_midnight_second(cell: str) -> str:
    """The same for fields with seconds: the last minute is `23:59:00`."""
    return f"{LAST_MINUTE}:00" if _MIDNIGHT.fullmatch(cell) else cell


def _time_from_share(cell: str) -> str:
    seconds = round(float(cell) * _SECONDS)
    return (_SERIAL_EPOCH + dt.timedelta(seconds=seconds)).time().isoformat() if seconds < _SECONDS else cell


def _format_clock(found: re.Match[str]) -> str | None:
    """Returns the time of a match with its part of the day; None if there is no such time or it may be either noon."""
    parts = found.groupdict()
    named = [_DAY_PARTS[part.lower()] for name in ("before", "after") if (part := parts.get(name))]
    hour = int(found["hour"])
    if named and (len(named) > 1 or hour == _NOON or (hour > _NOON and not named[0])):
        return None
    if named and hour < _NOON:
        hour += named[0]
    minute = 30 if parts.get("half") else int(parts.get("minute") or 0)
    try:
        return dt.time(hour, minute, int(parts.get("second") or 0)).isoformat()
    except ValueError:
        return None


def _format_date(found: re.Match[str] | None) -> str | None:
    try:
        return dt.date(*(int(found[part]) for part in ("year", "month", "day"))).isoformat() if found else None
    except ValueError:
        return None


def _format_time(found: re.Match[str]) -> str | None:
    try:
        return dt.time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0)).isoformat()
    except ValueError:
        return None
