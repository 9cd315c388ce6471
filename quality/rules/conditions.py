"""Rules that hold only where another field says so: filled in, empty, or of a certain shape. Not here: unconditional `required`."""

from quality.rules.scope import DAYS, NUMBERS, TEXTS, WHOLE_NUMBERS, Scope
from quality.rules.violations import Offence, all_of, filled, literal
from schemas.errors import ContractError
from schemas.rules import Condition, DateOrder, EmptyWhen, InPeriod, MatchesWhen, RequiredWhen, Rule, Scalar
from schemas.slices import days_of
from schemas.text import Text


def required_when(rule: RequiredWhen, scope: Scope) -> tuple[Offence, ...]:
    """A field is empty although the condition holds."""
    when = _holds(rule, rule.when, scope)
    return tuple(Offence(name, all_of([when, f"{scope.column(name)} IS NULL"])) for name in rule.fields)


def empty_when(rule: EmptyWhen, scope: Scope) -> tuple[Offence, ...]:
    """A field is filled in although the condition holds."""
    when = _holds(rule, rule.when, scope)
    return tuple(Offence(name, all_of([when, f"{scope.column(name)} IS NOT NULL"])) for name in rule.fields)


def matches_when(rule: MatchesWhen, scope: Scope) -> tuple[Offence, ...]:
    """The text is of another shape although the condition holds; an empty field has no text and is skipped."""
    matches = f"regexp_full_match({scope.text(rule.field)}, {literal(rule.pattern)})"
    return (Offence(rule.field, all_of([_holds(rule, rule.when, scope), f"NOT {matches}"])),)


def _holds(rule: Rule, when: Condition, scope: Scope) -> str:
    column, kind = scope.column(when.field), scope.type_of(when.field)
    if not when.is_in:
        return f"{column} IS NOT NULL"
    if kind in NUMBERS:
        return f"{column} IN ({', '.join(literal(_number(rule, when.field, value)) for value in when.is_in)})"
    text = column if kind in TEXTS else scope.text(when.field)
    return f"{text} IN ({', '.join(literal(str(value)) for value in when.is_in)})"


def _number(rule: Rule, field: str, value: Scalar) -> float:
    try:
        return float(value)
    except ValueError as wrong:
        raise ContractError(
            Text(
                zh=f"规则 {rule.id}：数值字段 {field} 不可能等于 {value!r}；请改 is_in",
                en=f"rule {rule.id}: the number {field} can never be {value!r}; change is_in",
            )
        ) from wrong


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
