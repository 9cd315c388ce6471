"""The condition of a rule (`when`, `where`, `total`, `parts`) as SQL over one row. Not here: the rules that take one."""

from quality.rules.scope import NUMBERS, TEXTS, RuleScope
from quality.rules.violations import to_literal
from schemas.errors import ContractError
from schemas.rule_base import Condition, Rule, Scalar
from schemas.text import Text


def build_condition(rule: Rule, when: Condition | None, scope: RuleScope) -> str:
    """Return the condition as SQL, TRUE without one; NULL where its field is empty. ContractError for a number that is none."""
    if when is None:
        return "TRUE"
    column, kind = scope.quoted_column(when.field), scope.field_type(when.field)
    if not when.is_in:
        return f"{column} IS NOT NULL"
    if kind in NUMBERS:
        return f"{column} IN ({', '.join(to_literal(_parse_number(rule, when.field, value)) for value in when.is_in)})"
    text = column if kind in TEXTS else scope.column_text(when.field)
    return f"{text} IN ({', '.join(to_literal(str(value)) for value in when.is_in)})"


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
