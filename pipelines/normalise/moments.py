"""Rules that convert dates, times and datetimes, as people and spreadsheets write them, to ISO 8601.

Only unambiguous values are rewritten: a year of two digits, or a day that may be a month, is unchanged. Not here:
full-width digits (`blanks`).

Source: ECMA-376 part 1, §18.17.4 (serial dates count from 1899-12-30; the ambiguous numbers 60 and below are out of
range).
"""

import datetime as dt
import re

_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_CLOCK = r"(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{1,2})\s*分?(?:\s*:?\s*(?P<second>\d{1,2})(?:\.0+)?\s*秒?)?"
_DATE = re.compile(_DAY + r"(?:[T\s]+00?:00?(?::00?(?:\.0+)?)?)?")
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_DATETIME = re.compile(_DAY + r"(?:[T\s]*" + _CLOCK + r")?")
_TIME = re.compile(_CLOCK)
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
_SERIAL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheet times have no time zone
_FIRST, _LAST = 10_000, 73_050
_SECONDS = 86_400


def normalise_date(cell: str) -> str:
    """Converts `2024/5/1`, `2024年5月1日`, `20240501`, `2024-05-01 00:00:00` to `2024-05-01`; others are unchanged."""
    return _format_date(_DATE.fullmatch(cell) or _COMPACT.fullmatch(cell)) or cell


def date_from_serial(cell: str) -> str:
    """Converts the serial date `45413` to `2024-05-01`, for days from 1927 to 2099; anything else is unchanged."""
    found = _SERIAL.fullmatch(cell)
    if not found or not _FIRST <= int(found[1]) <= _LAST or (found[2] or "").strip("0"):
        return cell
    return (_SERIAL_EPOCH + dt.timedelta(days=int(found[1]))).date().isoformat()


def normalise_datetime(cell: str) -> str:
    """Converts `2024/5/1 8:30` to `2024-05-01T08:30:00`; a date alone becomes midnight; others are unchanged."""
    found = _DATETIME.fullmatch(cell) or _COMPACT.fullmatch(cell)
    day = _format_date(found)
    if not found or not day:
        return cell
    clock = _format_time(found) if found.groupdict().get("hour") else "00:00:00"
    return f"{day}T{clock}" if clock else cell


def datetime_from_serial(cell: str) -> str:
    """Converts the serial date `45413.5` to `2024-05-01T12:00:00`, rounded to the second; others are unchanged."""
    found = _SERIAL.fullmatch(cell)
    if not found or not _FIRST <= int(found[1]) <= _LAST:
        return cell
    seconds = round(float(f"0.{found[2] or 0}") * _SECONDS)
    return (_SERIAL_EPOCH + dt.timedelta(days=int(found[1]), seconds=seconds)).isoformat()


def normalise_time(cell: str) -> str:
    """Converts `8:30`, `8时30分` to `08:30:00`; anything else is unchanged."""
    found = _TIME.fullmatch(cell)
    return (_format_time(found) if found else None) or cell


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
