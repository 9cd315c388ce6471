"""Slices: the part of a dataset that one file replaces, and the days that its period covers."""

import calendar
import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from schemas.errors import UsageError
from schemas.frozen_model import FrozenModel
from schemas.text import Text

PeriodKind = Literal["year", "quarter", "month"]
SliceMode = Literal["snapshot", "append"]
_PERIOD = re.compile(r"^(20\d{2})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?$")


class SliceKey(FrozenModel):
    """One department's part of one dataset for one period (`2026`, `2026-Q3` or `2026-11`)."""

    dataset: str
    department: str
    period: str

    def __str__(self) -> str:
        """`facility/210100/2026`."""
        return f"{self.dataset}/{self.department}/{self.period}"


def parse_slice(text: str) -> SliceKey:
    """Returns the slice that `str` of a key wrote: `facility/210100/2026`. ValueError if the text has not three parts."""
    dataset, department, period = text.split("/")
    return SliceKey(dataset=dataset, department=department, period=period)


def period_days(period: str) -> tuple[date, date]:
    """Returns the first and last day of a period (`2026`, `2026-Q3` or `2026-11`); UsageError if it is not one."""
    found = _PERIOD.fullmatch(period)
    if not found:
        raise UsageError(
            Text(
                zh=f"期间 {period!r} 格式有误，应为 2026、2026-Q3 或 2026-11",
                en=f"{period!r} is no period; write 2026, 2026-Q3 or 2026-11",
            )
        )
    year, quarter, month = int(found[1]), found[2], found[3]
    first = int(month) if month else int(quarter) * 3 - 2 if quarter else 1
    last = int(month) if month else int(quarter) * 3 if quarter else 12
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def period_order(period: str) -> tuple[date, str]:
    """Returns what periods are sorted by: the last day, then the text; UsageError if it is not a period."""
    return period_days(period)[1], period


def select_current(keys: Iterable[SliceKey], mode: SliceMode) -> list[SliceKey]:
    """Returns the slices of a dataset whose rows stand: of a snapshot each department's newest period, otherwise all of them."""
    if mode == "append":
        return list(keys)
    return list({key.department: key for key in sorted(keys, key=lambda one: period_order(one.period))}.values())


def containing_period(kind: PeriodKind, day: date) -> str:
    """Returns the period of that kind that contains `day`: `2026`, `2026-Q4` or `2026-11`."""
    return {"year": f"{day:%Y}", "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}", "month": f"{day:%Y-%m}"}[kind]


def later_period(kind: PeriodKind, period: str, count: int) -> str:
    """Returns the period of that kind `count` periods after `period`, or before it if `count` is negative."""
    length = {"year": 12, "quarter": 3, "month": 1}[kind]
    first, _ = period_days(period)
    months = first.year * 12 + first.month - 1 + count * length
    return containing_period(kind, date(months // 12, months % 12 + 1, 1))
