"""Rules that count or add up the rows of a group: the total row equals the sum, two sides are equal, a number is within bounds.

A group that lacks a row is another group, so these rules want the group complete (`pipelines/submissions/checks/row_rules.py` sees to
that). Not here: rules that compare two rows (`groups`), sums within one row (`arithmetic`).
"""

from quality.rules.arithmetic import UNIT_ROUNDOFF, cast_number, value_kind
from quality.rules.scope import RuleScope
from quality.rules.violations import SUBMITTED, Violation, filled_condition, join_conditions, to_literal
from quality.rules.when import build_condition
from schemas.population import count_residents
from schemas.rules.group_rules import CountWithin, DistinctWithin, PerHead, RowsBalance, SumOfGroup, SumOfRows


def compile_sum_of_rows(rule: SumOfRows, scope: RuleScope) -> tuple[Violation, ...]:
    """A total row differs from the sum of the parts of its group."""
    keys = [scope.quoted_column(name) for name in rule.group]
    kind, rounds = value_kind(scope, (rule.field,))
    number = cast_number(rule, scope, rule.field, kind)
    total = f"coalesce({build_condition(rule, rule.total, scope)}, FALSE)"
    part = f"coalesce({build_condition(rule, rule.parts, scope)}, FALSE)" if rule.parts else f"NOT {total}"
    own = f"NOT ({total}) AND ({part})"
    of_parts = f"FILTER (WHERE {own}) OVER (PARTITION BY {', '.join(keys)})"
    source = (
        f"(SELECT position, {number} AS printed, {total} AS is_total, count(*) {of_parts} AS parts, "
        f"coalesce(sum({number}) {of_parts}, 0) AS computed, coalesce(sum(abs({number})) {of_parts}, 0) AS size "
        f"FROM {SUBMITTED} WHERE {filled_condition(keys)})"
    )
    slack = f" - {to_literal(UNIT_ROUNDOFF)} * (parts + 3) * (size + abs(printed))" if rounds else ""
    differs = f"NOT (abs(computed - printed){slack} <= {to_literal(rule.tolerance)})"
    return (Violation(rule.field, join_conditions(["is_total", "parts > 0", "printed IS NOT NULL", differs]), source),)


def compile_sum_of_group(rule: SumOfGroup, scope: RuleScope) -> tuple[Violation, ...]:
    """The rows of a group add up to something else than the total that they repeat; reported at the first row of the group."""
    keys = [scope.quoted_column(name) for name in rule.group]
    kind, rounds = value_kind(scope, (rule.field, rule.total))
    number, total = (cast_number(rule, scope, name, kind) for name in (rule.field, rule.total))
    source = (
        f"(SELECT min(position) AS position, arg_min({{total: {total}}}, position).total AS printed, count(*) AS parts, "
        f"coalesce(sum({number}), 0) AS computed, coalesce(sum(abs({number})), 0) AS size "
        f"FROM {SUBMITTED} WHERE {filled_condition(keys)} GROUP BY {', '.join(keys)})"
    )
    slack = f" - {to_literal(UNIT_ROUNDOFF)} * (parts + 3) * (size + abs(printed))" if rounds else ""
    off = "abs(computed - printed)" if rule.op == "=" else "computed - printed"
    differs = f"NOT ({off}{slack} <= {to_literal(rule.tolerance)})"
    return (Violation(rule.total, join_conditions(["printed IS NOT NULL", differs]), source),)


def compile_rows_balance(rule: RowsBalance, scope: RuleScope) -> tuple[Violation, ...]:
    """The two sides of a group add up to different sums; reported at the first row of the group."""
    keys = [scope.quoted_column(name) for name in rule.group]
    kind, rounds = value_kind(scope, (rule.field,))
    number = f"coalesce({cast_number(rule, scope, rule.field, kind)}, 0)"
    plus, minus = (f"FILTER (WHERE {build_condition(rule, side, scope)})" for side in (rule.plus, rule.minus))
    source = (
        f"(SELECT min(position) AS position, sum({number}) {plus} AS plus, sum({number}) {minus} AS minus, count(*) AS parts, "
        f"sum(abs({number})) AS size FROM {SUBMITTED} WHERE {filled_condition(keys)} GROUP BY {', '.join(keys)})"
    )
    slack = f" - {to_literal(UNIT_ROUNDOFF)} * (parts + 3) * size" if rounds else ""
    differs = f"NOT (abs(plus - minus){slack} <= {to_literal(rule.tolerance)})"
    shown = "printf('%.15g / %.15g', CAST(plus AS DOUBLE), CAST(minus AS DOUBLE))"
    return (
        Violation(rule.field, join_conditions([filled_condition(["plus", "minus"]), differs]), source, value=shown),
    )


def compile_per_head(rule: PerHead, scope: RuleScope) -> tuple[Violation, ...]:
    """The rows that count add up to too little or too much for the residents of the department's area."""
    residents = count_residents(scope.context.department.area)
    number = cast_number(rule, scope, rule.field, "DOUBLE")
    if residents is None:
        return ()
    counts = f"{number} IS NOT NULL AND {build_condition(rule, rule.where, scope)}"
    source = (
        f"(SELECT min(position) AS position, sum({number}) / {to_literal(residents / rule.per)} AS share "
        f"FROM {SUBMITTED} WHERE {counts})"
    )
    outside = [f"NOT (share >= {to_literal(rule.minimum)})"] if rule.minimum is not None else []
    outside += [f"NOT (share <= {to_literal(rule.maximum)})"] if rule.maximum is not None else []
    where = join_conditions([filled_condition(["position"]), " OR ".join(outside)])
    return (Violation(rule.field, where, source, value="printf('%.4g', share)"),)


def compile_count_within(rule: CountWithin, scope: RuleScope) -> tuple[Violation, ...]:
    """A group has too few or too many rows that count; reported at its first row."""
    return _judge_counts(rule, f"count(*) FILTER (WHERE {build_condition(rule, rule.where, scope)})", scope)


def compile_distinct_within(rule: DistinctWithin, scope: RuleScope) -> tuple[Violation, ...]:
    """A group has too few or too many different values of the field; reported at its first row."""
    return _judge_counts(rule, f"count(DISTINCT {scope.quoted_column(rule.field)})", scope)


def _judge_counts(rule: CountWithin | DistinctWithin, counts: str, scope: RuleScope) -> tuple[Violation, ...]:
    keys = [scope.quoted_column(name) for name in rule.group]
    source = (
        f"(SELECT min(position) AS position, {counts} AS counted FROM {SUBMITTED} "
        f"WHERE {filled_condition(keys)} GROUP BY {', '.join(keys)})"
    )
    outside = [f"counted < {rule.minimum}"] if rule.minimum is not None else []
    outside += [f"counted > {rule.maximum}"] if rule.maximum is not None else []
    return (Violation(rule.group[0], " OR ".join(outside), source, displayed_fields=rule.group),)
