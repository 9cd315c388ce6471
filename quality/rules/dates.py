"""Rules of time: the order of dates, and whether a date lies in the slice's period. Not here: working-day time limits."""

from quality.rules.offences import Offence, all_of, filled, literal
from quality.rules.scope import DAYS, WHOLE_NUMBERS, Scope
from schemas.rules import DateOrder, InPeriod
from schemas.slices import days_of


def date_order(rule: DateOrder, scope: Scope) -> tuple[Offence, ...]:
    """A field is earlier than the last one before it that is filled in (with `strict`: not later)."""
    columns = scope.comparable(rule, *rule.fields)
    too_early = "<=" if rule.strict else "<"
    return tuple(
        Offence(rule.fields[place], f"{columns[place]} {too_early} coalesce({', '.join(reversed(columns[:place]))})")
        for place in range(1, len(columns))
    )


def in_period(rule: InPeriod, scope: Scope) -> tuple[Offence, ...]:
    """The year or day lies outside the slice's period; empty is skipped."""
    first, last = days_of(scope.context.slice.period)
    column = scope.column_of(rule, rule.field, DAYS | WHOLE_NUMBERS)
    inside = (
        f"CAST({column} AS DATE) BETWEEN {literal(first)} AND {literal(last)}"
        if scope.type_of(rule.field) in DAYS
        else f"{column} BETWEEN {first.year} AND {last.year}"
    )
    return (Offence(rule.field, all_of([filled([column]), f"NOT ({inside})"])),)
