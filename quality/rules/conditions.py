"""Rules that hold only where another field says so: filled in, empty, or of a certain shape. Not here: unconditional `required`."""

from quality.rules.offences import Offence, all_of, literal
from quality.rules.scope import NUMBERS, TEXTS, Scope
from schemas.errors import ContractError
from schemas.rules import Condition, EmptyWhen, MatchesWhen, RequiredWhen, Rule, Scalar
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
