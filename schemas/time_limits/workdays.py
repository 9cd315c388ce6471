"""Working days in China, and the last day of a time limit counted in working days.

The table is `calendar/workdays.csv`: grain one day that the State Council's yearly notice makes a holiday or, on a weekend,
a working day; key `date`. A day that is not in the table is a working day from Monday to Friday. Not here: which limit a
dataset has (its contract), nor what is overdue (the scorecard).

Source: 国务院办公厅关于部分节假日安排的通知, by year, as the `notice` column says.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.errors import ContractError, UsageError
from schemas.text import Text

FILE = Path(__file__).parents[1] / "calendar" / "workdays.csv"
COLUMNS = ("date", "kind", "name", "notice")
KINDS = frozenset({"holiday", "workday"})
MOST_DAYS = 10_000
"""Longest accepted limit in working days, about forty years. No law has a longer one; a larger number is a mistake."""

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class Deadline(NamedTuple):
    """The last day of a limit; `provisional` if the holidays of a year that it covers are not in the table."""

    day: date
    provisional: bool


@dataclass(frozen=True)
class Workdays:
    """The days in the table (True: working day), and the years whose notice is in the table."""

    named: Mapping[date, bool]
    years: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is a working day."""
        return self.named.get(day, day.weekday() < _SATURDAY)

    def has_notice_for(self, day: date) -> bool:
        """Whether the notice for the year of `day` is in the table."""
        return day.year in self.years


@cache
def read_workdays(file: Path = FILE) -> Workdays:
    """Reads the table in `file`, cached; ContractError names the line that does not parse or repeats a day."""
    named: dict[date, bool] = {}
    for number, (day, works) in enumerate(_read_lines(file), start=2):
        if day in named:
            raise _calendar_error(file, number, f"{day} 已经有了", f"{day} is there already")
        named[day] = works
    return Workdays(named, frozenset(day.year for day in named))


def add_working_days(start: date, days: int) -> Deadline:
    """Returns the last day of a limit of `days` working days that begins on `start`.

    The day `start` does not count; with 0 days the limit ends on it, even if it is not a working day. UsageError below 0 or
    above `MOST_DAYS`. Source: 民法典 art. 201, the first day is not counted.
    """
    if not 0 <= days <= MOST_DAYS:
        raise UsageError(
            Text(zh=f"工作日天数 {days} 应在 0 到 {MOST_DAYS} 之间", en=f"{days} working days: give 0 to {MOST_DAYS}")
        )
    table = read_workdays()
    day, left, provisional = start, days, not table.has_notice_for(start)
    while left:
        day += _ONE_DAY
        left -= table.is_working_day(day)
        provisional = provisional or not table.has_notice_for(day)
    return Deadline(day, provisional)


def _read_lines(file: Path) -> Iterator[tuple[date, bool]]:
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise _calendar_error(file, 1, f"列应为 {COLUMNS}", f"the columns must be {COLUMNS}")
        for number, row in enumerate(reader, start=2):
            yield _parse_day(file, number, row["date"]), _parse_kind(file, number, row["kind"])


def _parse_day(file: Path, number: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise _calendar_error(
            file, number, f"日期 {text!r} 应写作 2026-01-01", f"{text!r} is no day; write 2026-01-01"
        ) from wrong


def _parse_kind(file: Path, number: int, kind: str) -> bool:
    if kind not in KINDS:
        raise _calendar_error(
            file, number, f"类别 {kind!r} 应为 holiday 或 workday", f"{kind!r} is neither holiday nor workday"
        )
    return kind == "workday"


def _calendar_error(file: Path, number: int, zh: str, en: str) -> ContractError:
    return ContractError(Text(zh=f"{file.name} 第 {number} 行：{zh}", en=f"line {number} of {file.name}: {en}"))
