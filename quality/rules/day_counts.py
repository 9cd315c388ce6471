"""Rules on the number of days between two dates, in calendar days or working days, and on a date some years after another.

Working days up to a day are those from Monday to Friday, less the holidays among them, plus the weekend days that are worked:
the two differences are summed from the table of `schemas/time_limits/workdays.py`. Not here: the table; the order of dates (`conditions`).
"""

from collections.abc import Iterable
from datetime import date

from quality.rules.scope import DAYS, NUMBERS, RuleScope
from quality.rules.violations import Violation, filled_condition, join_conditions, to_literal
from quality.rules.when import build_condition
from schemas.rules.rules import DaysBetween, YearsAfter
from schemas.time_limits.workdays import read_workdays

_MONDAY = date(1, 1, 1)
_WEEK, _WORKED = 7, 5
_MOST_YEARS = 1000
"""More than that is no number of years, and DuckDB adds only so many."""


def compile_days_between(rule: DaysBetween, scope: RuleScope) -> tuple[Violation, ...]:
    """There are fewer days than `at_least`, or more than `at_most`."""
    first, last = (f"CAST({scope.typed_column(rule, name, DAYS)} AS DATE)" for name in (rule.first, rule.last))
    judged = [build_condition(rule, rule.when, scope), filled_condition([first, last])]
    judged += [f"{first} <= {last}"] if rule.only_in_order else []
    number = f"date_diff('day', {first}, {last})"
    if rule.count == "working":
        number = f"({_count_workdays(last)} - {_count_workdays(first)})"
        years = ", ".join(map(str, sorted(read_workdays().years)))
        judged += [f"year({day}) IN ({years})" for day in (first, last)]
    outside = [f"{number} < {rule.at_least}"] if rule.at_least is not None else []
    outside += [f"{number} > {rule.at_most}"] if rule.at_most is not None else []
    return (Violation(rule.last, join_conditions([*judged, " OR ".join(outside)])),)


def compile_years_after(rule: YearsAfter, scope: RuleScope) -> tuple[Violation, ...]:
    """`last` is more than `tolerance` days away from `first` and the years."""
    first, last = (f"CAST({scope.typed_column(rule, name, DAYS)} AS DATE)" for name in (rule.first, rule.last))
    years = scope.typed_column(rule, rule.years, NUMBERS)
    whole = f"CAST(greatest(least({years}, {_MOST_YEARS}), -{_MOST_YEARS}) AS INTEGER)"
    away = f"abs(date_diff('day', CAST({first} + to_years({whole}) AS DATE), {last}))"
    return (
        Violation(rule.last, join_conditions([filled_condition([first, years, last]), f"{away} > {rule.tolerance}"])),
    )


def _count_workdays(day: str) -> str:
    """Returns the number of working days up to and with `day`, from a Monday on, as SQL. Listed days are numbers, which are parsed sooner than dates."""
    days = f"(date_diff('day', {to_literal(_MONDAY)}, {day}) + 1)"
    weekdays = f"({days} // {_WEEK} * {_WORKED} + least({days} % {_WEEK}, {_WORKED}))"
    named = read_workdays().named
    worked = [day for day, works in named.items() if works and day.weekday() >= _WORKED]
    free = [day for day, works in named.items() if not works and day.weekday() < _WORKED]
    return f"({weekdays} + {_count_up_to(worked, days)} - {_count_up_to(free, days)})"


def _count_up_to(listed: Iterable[date], days: str) -> str:
    """Returns how many of the listed days are up to the day that is so many days from a Monday on, as SQL."""
    numbers = ", ".join(str((day - _MONDAY).days + 1) for day in sorted(listed))
    return f"len(list_filter([{numbers}], lambda one: one <= {days}))"
