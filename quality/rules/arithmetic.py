"""Rules of numbers: sums, balances, percentages, ratios, comparisons, products.

Numbers in a file are decimal, DOUBLE is binary: 0.1 + 0.2 must still equal 0.3. So every tolerance is widened by the largest
error that rounding alone can make. Whole numbers are added as HUGEINT, exactly. Not here: ranges of one cell (Table Schema).
"""

from collections.abc import Sequence

from quality.rules.scope import NUMBERS, WHOLE_NUMBERS, RuleScope
from quality.rules.violations import Violation, filled_condition, join_conditions, to_literal
from quality.rules.when import build_condition
from schemas.rules.rule_base import Rule
from schemas.rules.rules import Balance, BothOrNeither, Compare, Percentage, ProductNear, Ratio, SumOfColumns

UNIT_ROUNDOFF = 2.0**-53
"""Largest relative error of one rounding of a DOUBLE. Source: IEEE 754-2019, binary64."""


def compile_sum_of_columns(rule: SumOfColumns, scope: RuleScope) -> tuple[Violation, ...]:
    """`total` differs from the sum of `parts`."""
    kind, slack = value_kind(scope, (rule.total, *rule.parts))
    total = cast_number(rule, scope, rule.total, kind)
    parts = [f"coalesce({cast_number(rule, scope, part, kind)}, 0)" for part in rule.parts]
    where = join_conditions(
        [
            filled_condition([total]),
            difference_condition(" + ".join(parts), total, rule.tolerance, [total, *parts] if slack else []),
        ]
    )
    return (Violation(rule.total, where),)


def compile_balance(rule: Balance, scope: RuleScope) -> tuple[Violation, ...]:
    """`closing` differs from `plus` less `minus`."""
    kind, slack = value_kind(scope, (rule.closing, *rule.plus, *rule.minus))
    closing, *terms = [
        f"coalesce({cast_number(rule, scope, name, kind)}, 0)" for name in (rule.closing, *rule.plus, *rule.minus)
    ]
    plus, minus = terms[: len(rule.plus)], terms[len(rule.plus) :]
    expected = " - ".join([" + ".join(plus), *minus])
    return (
        Violation(
            rule.closing, difference_condition(expected, closing, rule.tolerance, [closing, *terms] if slack else [])
        ),
    )


def compile_percentage(rule: Percentage, scope: RuleScope) -> tuple[Violation, ...]:
    """`printed` differs from `part` / `whole` x 100."""
    part, whole, printed = (cast_number(rule, scope, name, "DOUBLE") for name in (rule.part, rule.whole, rule.printed))
    computed = f"{part} / {whole} * 100"
    apart = [difference_condition(computed, printed, rule.tolerance, [computed, printed])]
    if rule.up_to is not None:
        apart.append(f"NOT {difference_condition(computed, printed, rule.up_to, [computed, printed])}")
    return (
        Violation(rule.printed, join_conditions([filled_condition([part, whole, printed]), f"{whole} <> 0", *apart])),
    )


def compile_compare(rule: Compare, scope: RuleScope) -> tuple[Violation, ...]:
    """`left` and `right` (or `value`) do not satisfy the comparison `op`."""
    if rule.right is not None:
        left, right = scope.comparable_columns(rule, rule.left, rule.right)
    else:
        left, right = scope.typed_column(rule, rule.left, NUMBERS), to_literal(float(rule.value or 0))
    when = build_condition(rule, rule.when, scope)
    return (
        Violation(
            rule.left, join_conditions([when, filled_condition([left, right]), f"NOT ({left} {rule.op} {right})"])
        ),
    )


def compile_ratio(rule: Ratio, scope: RuleScope) -> tuple[Violation, ...]:
    """`part` / `whole` is below `minimum` or above `maximum`, or no number."""
    part, whole = (cast_number(rule, scope, name, "DOUBLE") for name in (rule.part, rule.whole))
    ratio = f"({part} / {whole})"
    within = [f"NOT isnan({ratio})"]
    for sign, bound in ((">=", rule.minimum), ("<=", rule.maximum)):
        if bound is not None:
            slack = f"{to_literal(3 * UNIT_ROUNDOFF)} * abs({ratio})"
            within.append(f"{ratio} {'+' if sign == '>=' else '-'} {slack} {sign} {to_literal(bound)}")
    judged = [build_condition(rule, rule.when, scope), filled_condition([part, whole]), f"{whole} <> 0"]
    return (Violation(rule.part, join_conditions([*judged, f"NOT ({join_conditions(within)})"])),)


def compile_both_or_neither(rule: BothOrNeither, scope: RuleScope) -> tuple[Violation, ...]:
    """Some of `fields` are above 0 and some are not; reported at the first that is not."""
    above = [f"coalesce({scope.typed_column(rule, name, NUMBERS)}, 0) > 0" for name in rule.fields]
    mixed = " OR ".join(above)
    return tuple(
        Violation(name, join_conditions([mixed, *above[:place], f"NOT ({above[place]})"]))
        for place, name in enumerate(rule.fields)
    )


def compile_product_near(rule: ProductNear, scope: RuleScope) -> tuple[Violation, ...]:
    """The product of `factors` is too far from `product`."""
    factors = [cast_number(rule, scope, name, "DOUBLE") for name in rule.factors]
    product = cast_number(rule, scope, rule.product, "DOUBLE")
    computed = " * ".join(factors)
    near = (
        f"abs({computed} - {product}) / abs({product}) <= {to_literal(rule.tolerance + len(factors) * UNIT_ROUNDOFF)}"
    )
    return (
        Violation(
            rule.product, join_conditions([filled_condition([*factors, product]), f"{product} <> 0", f"NOT ({near})"])
        ),
    )


def value_kind(scope: RuleScope, names: Sequence[str]) -> tuple[str, bool]:
    """Returns the SQL type in which these fields are added up, and whether it rounds."""
    exact = all(scope.field_type(name) in WHOLE_NUMBERS for name in names)
    return ("HUGEINT", False) if exact else ("DOUBLE", True)


def cast_number(rule: Rule, scope: RuleScope, name: str, kind: str) -> str:
    """Returns the field as SQL of that type; ContractError unless it is a number."""
    return f"CAST({scope.typed_column(rule, name, NUMBERS)} AS {kind})"


def difference_condition(computed: str, printed: str, tolerance: float, rounded: Sequence[str]) -> str:
    """Returns the condition that the two differ by more than `tolerance`; rounding of the terms `rounded` is allowed for. NaN differs from everything."""
    size = " + ".join(f"abs({term})" for term in rounded)
    slack = f" - {to_literal((len(rounded) + 2) * UNIT_ROUNDOFF)} * ({size})" if rounded else ""
    return f"NOT (abs({computed} - ({printed})){slack} <= {to_literal(tolerance)})"
