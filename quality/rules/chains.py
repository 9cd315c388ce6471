"""The rule that rows follow each other: what one row ends with, the next begins with.

It wants the group complete, like counts and sums (`group_totals`): where a row is left out, the next one seems not to follow. Not
here: other comparisons of two rows (`groups`).
"""

from quality.rules.arithmetic import cast_number, difference_condition, value_kind
from quality.rules.scope import NUMBERS, RuleScope
from quality.rules.violations import SUBMITTED, Violation, filled_condition, join_conditions
from schemas.rules.group_rules import Chain


def compile_chain(rule: Chain, scope: RuleScope) -> tuple[Violation, ...]:
    """A row begins with something else than the row before it in its group ends with.

    Rows with the same place in the order follow each other as they do in the file. ContractError if the two fields cannot be
    compared, or the order is none.
    """
    keys = [scope.quoted_column(name) for name in rule.group]
    opening, closing = scope.comparable_columns(rule, rule.opening, rule.closing)
    (order,) = scope.comparable_columns(rule, rule.order)
    differs = "opening <> closing"
    if scope.field_type(rule.opening) in NUMBERS:
        kind, rounds = value_kind(scope, (rule.opening, rule.closing))
        opening, closing = (cast_number(rule, scope, name, kind) for name in (rule.opening, rule.closing))
        differs = difference_condition("opening", "closing", rule.tolerance, ["opening", "closing"] if rounds else [])
    before = f"OVER (PARTITION BY {', '.join(keys)} ORDER BY {order}, position)"
    source = (
        f"(SELECT position, {opening} AS opening, lag({closing}) {before} AS closing, lag(position) {before} AS previous "
        f"FROM {SUBMITTED} WHERE {filled_condition([*keys, order])})"
    )
    where = join_conditions([filled_condition(["opening", "closing"]), differs])
    return (Violation(rule.opening, where, source, other="previous"),)
