"""Conditional rules (filled in, empty, or of a certain shape where another field has a certain value) and rules of time.

Rules of time: the order of dates, and whether a date lies in the slice's period, or before or after the day of receipt. Not here: unconditional `required`;
working-day time limits.
"""

from collections.abc import Iterator
from typing import Literal

from quality.rules.scope import DAYS, TEXTS, WHOLE_NUMBERS, RuleScope
from quality.rules.violations import Violation, filled_condition, join_conditions, to_literal
from quality.rules.when import build_condition
from schemas.rules.rules import (
    BeginsWith,
    DateOrder,
    EmptyWhen,
    InPeriod,
    MatchesWhen,
    NotAfterReceipt,
    NotBeforeReceipt,
    RequiredWhen,
)
from schemas.slices import period_days


def compile_required_when(rule: RequiredWhen, scope: RuleScope) -> tuple[Violation, ...]:
    """A field is empty although the condition holds."""
    when = build_condition(rule, rule.when, scope)
    return tuple(
        Violation(name, join_conditions([when, f"{scope.quoted_column(name)} IS NULL"])) for name in rule.fields
    )


def compile_empty_when(rule: EmptyWhen, scope: RuleScope) -> tuple[Violation, ...]:
    """A field is filled in although the condition holds."""
    when = build_condition(rule, rule.when, scope)
    return tuple(
        Violation(name, join_conditions([when, f"{scope.quoted_column(name)} IS NOT NULL"])) for name in rule.fields
    )


def compile_matches_when(rule: MatchesWhen, scope: RuleScope) -> tuple[Violation, ...]:
    """The text has another shape although the condition holds; an empty field has no text and is skipped."""
    matches = f"regexp_full_match({scope.column_text(rule.field)}, {to_literal(rule.pattern)})"
    return (Violation(rule.field, join_conditions([build_condition(rule, rule.when, scope), f"NOT {matches}"])),)


def compile_begins_with(rule: BeginsWith, scope: RuleScope) -> tuple[Violation, ...]:
    """The text does not begin with the text of the other field; empty is skipped."""
    text, beginning = (scope.typed_column(rule, name, TEXTS) for name in (rule.field, rule.beginning))
    return (Violation(rule.field, f"NOT starts_with({text}, {beginning})"),)


def compile_date_order(rule: DateOrder, scope: RuleScope) -> tuple[Violation, ...]:
    """A field is earlier than the last one before it that is filled in (with `strict`: not later)."""
    columns = scope.comparable_columns(rule, *rule.fields)
    too_early = "<=" if rule.strict else "<"
    return tuple(
        Violation(rule.fields[place], f"{columns[place]} {too_early} coalesce({', '.join(reversed(columns[:place]))})")
        for place in range(1, len(columns))
    )


def compile_in_period(rule: InPeriod, scope: RuleScope) -> tuple[Violation, ...]:
    """The year or day lies outside the slice's period; empty is skipped."""
    first, last = period_days(scope.context.slice.period)
    column = scope.typed_column(rule, rule.field, DAYS | WHOLE_NUMBERS)
    inside = (
        f"CAST({column} AS DATE) BETWEEN {to_literal(first)} AND {to_literal(last)}"
        if scope.field_type(rule.field) in DAYS
        else f"{column} BETWEEN {first.year} AND {last.year}"
    )
    return (Violation(rule.field, join_conditions([filled_condition([column]), f"NOT ({inside})"])),)


def compile_not_after_receipt(rule: NotAfterReceipt, scope: RuleScope) -> tuple[Violation, ...]:
    """The day or year is later than the day of receipt; empty is skipped, and nothing is asked where that day is not known."""
    return tuple(Violation(name, later) for name, later in _compare_with_receipt(rule, ">", scope))


def compile_not_before_receipt(rule: NotBeforeReceipt, scope: RuleScope) -> tuple[Violation, ...]:
    """The day or year is earlier than the day of receipt; empty is skipped, and nothing is asked where that day is not known."""
    when = build_condition(rule, rule.when, scope)
    return tuple(
        Violation(name, join_conditions([when, earlier])) for name, earlier in _compare_with_receipt(rule, "<", scope)
    )


def _compare_with_receipt(
    rule: NotAfterReceipt | NotBeforeReceipt, sign: Literal["<", ">"], scope: RuleScope
) -> Iterator[tuple[str, str]]:
    """Yields each field of the rule with the comparison of its day or year with the day of receipt; nothing without that day."""
    received = scope.context.received
    columns = {name: scope.typed_column(rule, name, DAYS | WHOLE_NUMBERS) for name in rule.fields}
    if received is None:
        return
    for name, column in columns.items():
        is_day = scope.field_type(name) in DAYS
        yield (
            name,
            f"CAST({column} AS DATE) {sign} {to_literal(received)}" if is_day else f"{column} {sign} {received.year}",
        )
