"""The condition of a rule (`when`, `where`, `total`, `parts`) as SQL over one row. Not here: the rules that take one."""

from collections.abc import Iterable

from quality.rules.scope import NUMBERS, TEXTS, RuleScope
from quality.rules.violations import join_conditions, to_literal
from schemas.errors import ContractError
from schemas.rules.rule_base import AllOf, AnyOf, Condition, NumberCondition, RowCondition, Rule, Scalar, WordCondition
from schemas.text import Text


def build_condition(rule: Rule, when: RowCondition | None, scope: RuleScope) -> str:
    """Returns the condition as SQL, TRUE without one; NULL where its field is empty.

    NULL counts as not true, so that one of several conditions may hold though the field of another is empty. ContractError for a
    number that is none, and for a field of the wrong type.
    """
    match when:
        case None:
            return "TRUE"
        case AllOf():
            return join_conditions(build_condition(rule, one, scope) for one in when.all_of)
        case AnyOf():
            return _join_alternatives(build_condition(rule, one, scope) for one in when.any_of)
        case NumberCondition():
            return _compare_number(rule, when, scope)
        case WordCondition():
            text = scope.typed_column(rule, when.field, TEXTS)
            return _join_alternatives(f"contains({text}, {to_literal(word)})" for word in when.contains)
        case Condition():
            return _find_value(rule, when, scope)


def _find_value(rule: Rule, when: Condition, scope: RuleScope) -> str:
    column, kind = scope.quoted_column(when.field), scope.field_type(when.field)
    if not when.is_in:
        return f"{column} IS NOT NULL"
    if kind in NUMBERS:
        return f"{column} IN ({', '.join(to_literal(_parse_number(rule, when.field, value)) for value in when.is_in)})"
    text = column if kind in TEXTS else scope.column_text(when.field)
    return f"{text} IN ({', '.join(to_literal(str(value)) for value in when.is_in)})"


def _compare_number(rule: Rule, when: NumberCondition, scope: RuleScope) -> str:
    column = scope.typed_column(rule, when.field, NUMBERS)
    bounds = ((">", when.above), ("<", when.below))
    return join_conditions(f"{column} {sign} {to_literal(bound)}" for sign, bound in bounds if bound is not None)


def _join_alternatives(conditions: Iterable[str]) -> str:
    return " OR ".join(f"({condition})" for condition in conditions)


def _parse_number(rule: Rule, field: str, value: Scalar) -> float:
    try:
        return float(value)
    except ValueError as wrong:
        raise ContractError(
            Text(
                zh=f"规则 {rule.id}：数值字段 {field} 不可能等于 {value!r}；请改 is_in",
                en=f"rule {rule.id}: the number {field} can never be {value!r}; change is_in",
            )
        ) from wrong
