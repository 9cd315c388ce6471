"""Rules over several rows at once: unique, consistent, without overlap, not far from the others. "First" is the first in the file.

The finding names the row that it conflicts with (`{other_row}`). Not here: rows of other datasets (`references`).
"""

from quality.rules.scope import NUMBERS, RuleScope
from quality.rules.violations import SUBMITTED, Violation, filled_condition, join_conditions, to_literal
from schemas.rules.group_rules import ConsistentWithin, NoOverlap, OutlierWithin, UniqueTogether

LEAST_RANGE = 0.1
"""Share of the median that counts as the interquartile range where the values are closer together than that."""


def compile_unique_together(rule: UniqueTogether, scope: RuleScope) -> tuple[Violation, ...]:
    """A row has the same `fields` as an earlier one; rows in which one of them is empty are skipped."""
    columns = [scope.quoted_column(name) for name in rule.fields]
    keys = ", ".join(f"{column} AS k{place}" for place, column in enumerate(columns))
    same = join_conditions(f"later.{column} = k{place}" for place, column in enumerate(columns))
    repeated = (
        f"SELECT {keys}, min(position) AS first FROM {SUBMITTED} WHERE {filled_condition(columns)} "
        f"GROUP BY {', '.join(columns)} HAVING count(*) > 1"
    )
    source = f"(SELECT position, first FROM {SUBMITTED} AS later JOIN ({repeated}) ON {same})"
    return (Violation(rule.fields[0], "position > first", source, displayed_fields=rule.fields, other="first"),)


def compile_consistent_within(rule: ConsistentWithin, scope: RuleScope) -> tuple[Violation, ...]:
    """A row differs from the first row of the same `key`; rows with an empty key are never compared."""
    key = scope.quoted_column(rule.key)
    return tuple(
        Violation(
            name,
            "found IS DISTINCT FROM expected",
            _build_disagreement_source(key, scope.quoted_column(name)),
            other="first",
        )
        for name in rule.fields
    )


def compile_no_overlap(rule: NoOverlap, scope: RuleScope) -> tuple[Violation, ...]:
    """An interval starts before another of the same `key` that started no later has ended.

    Reported at the one that starts later. Rows with an empty key, start or end are skipped, and so are intervals that end before
    they begin: they contain no time, and date_order reports them.
    """
    start, end = scope.comparable_columns(rule, rule.start, rule.end)
    keys = [scope.quoted_column(name) for name in rule.key]
    before = f"OVER (PARTITION BY {', '.join(keys)} ORDER BY {start}, position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    source = (
        f"(SELECT position, {start} AS start, max({end}) {before} AS busy_until, arg_max(position, {end}) {before} AS busy "
        f"FROM {SUBMITTED} WHERE {join_conditions([filled_condition([*keys, start, end]), f'{start} < {end}'])})"
    )
    return (Violation(rule.start, "start < busy_until", source, displayed_fields=(rule.start, rule.end), other="busy"),)


def compile_outlier_within(rule: OutlierWithin, scope: RuleScope) -> tuple[Violation, ...]:
    """A number is far outside the quartiles of its group. Source: Tukey, Exploratory Data Analysis, outer fences at 3 ranges."""
    keys = [scope.quoted_column(name) for name in rule.group]
    number = f"CAST({scope.typed_column(rule, rule.field, NUMBERS)} AS DOUBLE)"
    quartiles = f"quantile_cont({number}, [0.25, 0.5, 0.75]) OVER (PARTITION BY {', '.join(keys)})"
    source = (
        f"(SELECT position, {number} AS number, {quartiles} AS quartiles, count(*) OVER (PARTITION BY {', '.join(keys)}) AS counted "
        f"FROM {SUBMITTED} WHERE {join_conditions([filled_condition([*keys, number]), f'isfinite({number})'])})"
    )
    room = f"{to_literal(rule.spread)} * greatest(quartiles[3] - quartiles[1], {to_literal(LEAST_RANGE)} * abs(quartiles[2]))"
    outside = f"number < quartiles[1] - {room} OR number > quartiles[3] + {room}"
    return (Violation(rule.field, join_conditions([f"counted >= {rule.rows}", outside]), source),)


def _build_disagreement_source(key: str, column: str) -> str:
    """Returns the rows of every key whose rows do not agree on the column, each with the first row of its key."""
    disagree = f"count({column}) NOT IN (0, count(*)) OR min({column}) <> max({column})"
    split = (
        f"SELECT {key} AS key, min(position) AS first FROM {SUBMITTED} WHERE {key} IS NOT NULL "
        f"GROUP BY {key} HAVING {disagree}"
    )
    return (
        f"(SELECT own.position, own.{column} AS found, opening.{column} AS expected, first FROM ({split}) AS split "
        f"JOIN {SUBMITTED} AS own ON own.{key} = split.key JOIN {SUBMITTED} AS opening ON opening.position = first)"
    )
