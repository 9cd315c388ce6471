"""Rules of numbers: sums, balances, percentages, comparisons, products.

Numbers in a file are decimal, DOUBLE is binary: 0.1 + 0.2 must still be 0.3. So every tolerance is widened by the largest
error that rounding alone can make. Whole numbers are added as HUGEINT, exactly. Not here: ranges of one cell (Table Schema).
"""

from collections.abc import Sequence

from quality.rules.scope import NUMBERS, WHOLE_NUMBERS, Scope
from quality.rules.violations import Offence, all_of, filled, literal
from schemas.rules import Balance, BothOrNeither, Compare, Percentage, ProductNear, Rule, SumOfColumns

UNIT_ROUNDOFF = 2.0**-53
"""Largest relative error of one rounding of a DOUBLE. Source: IEEE 754-2019, binary64."""


def sum_of_columns(rule: SumOfColumns, scope: Scope) -> tuple[Offence, ...]:
    """`total` differs from the sum of `parts`."""
    kind, slack = _kind_of(scope, (rule.total, *rule.parts))
    total = _number(rule, scope, rule.total, kind)
    parts = [f"coalesce({_number(rule, scope, part, kind)}, 0)" for part in rule.parts]
    where = all_of(
        [filled([total]), _apart(" + ".join(parts), total, rule.tolerance, [total, *parts] if slack else [])]
    )
    return (Offence(rule.total, where),)


def balance(rule: Balance, scope: Scope) -> tuple[Offence, ...]:
    """`closing` differs from `plus` less `minus`."""
    kind, slack = _kind_of(scope, (rule.closing, *rule.plus, *rule.minus))
    closing, *terms = [
        f"coalesce({_number(rule, scope, name, kind)}, 0)" for name in (rule.closing, *rule.plus, *rule.minus)
    ]
    plus, minus = terms[: len(rule.plus)], terms[len(rule.plus) :]
    expected = " - ".join([" + ".join(plus), *minus])
    return (Offence(rule.closing, _apart(expected, closing, rule.tolerance, [closing, *terms] if slack else [])),)


def percentage(rule: Percentage, scope: Scope) -> tuple[Offence, ...]:
    """`printed` differs from `part` / `whole` x 100."""
    part, whole, printed = (_number(rule, scope, name, "DOUBLE") for name in (rule.part, rule.whole, rule.printed))
    computed = f"{part} / {whole} * 100"
    apart = [_apart(computed, printed, rule.tolerance, [computed, printed])]
    if rule.up_to is not None:
        apart.append(f"NOT {_apart(computed, printed, rule.up_to, [computed, printed])}")
    return (Offence(rule.printed, all_of([filled([part, whole, printed]), f"{whole} <> 0", *apart])),)


def compare(rule: Compare, scope: Scope) -> tuple[Offence, ...]:
    """`left` does not stand to `right` or `value` as `op` says."""
    if rule.right is not None:
        left, right = scope.comparable(rule, rule.left, rule.right)
    else:
        left, right = scope.column_of(rule, rule.left, NUMBERS), literal(float(rule.value or 0))
    return (Offence(rule.left, all_of([filled([left, right]), f"NOT ({left} {rule.op} {right})"])),)


def both_or_neither(rule: BothOrNeither, scope: Scope) -> tuple[Offence, ...]:
    """Some of `fields` are above 0 and some are not; points at the first that is not."""
    above = [f"coalesce({scope.column_of(rule, name, NUMBERS)}, 0) > 0" for name in rule.fields]
    mixed = " OR ".join(above)
    return tuple(
        Offence(name, all_of([mixed, *above[:place], f"NOT ({above[place]})"]))
        for place, name in enumerate(rule.fields)
    )


def product_near(rule: ProductNear, scope: Scope) -> tuple[Offence, ...]:
    """The product of `factors` is too far from `product`."""
    factors = [_number(rule, scope, name, "DOUBLE") for name in rule.factors]
    product = _number(rule, scope, rule.product, "DOUBLE")
    computed = " * ".join(factors)
    near = f"abs({computed} - {product}) / abs({product}) <= {literal(rule.tolerance + len(factors) * UNIT_ROUNDOFF)}"
    return (Offence(rule.product, all_of([filled([*factors, product]), f"{product} <> 0", f"NOT ({near})"])),)


def _kind_of(scope: Scope, names: Sequence[str]) -> tuple[str, bool]:
    exact = all(scope.type_of(name) in WHOLE_NUMBERS for name in names)
    return ("HUGEINT", False) if exact else ("DOUBLE", True)


def _number(rule: Rule, scope: Scope, name: str, kind: str) -> str:
    return f"CAST({scope.column_of(rule, name, NUMBERS)} AS {kind})"


def _apart(computed: str, printed: str, tolerance: float, rounded: Sequence[str]) -> str:
    """More than `tolerance` lies between the two; `rounded` are the terms whose rounding is forgiven. NaN is apart from all."""
    size = " + ".join(f"abs({term})" for term in rounded)
    slack = f" - {literal((len(rounded) + 2) * UNIT_ROUNDOFF)} * ({size})" if rounded else ""
    return f"NOT (abs({computed} - ({printed})){slack} <= {literal(tolerance)})"
