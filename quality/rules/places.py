"""Rules of place: division codes of the department's area, points in the contract's province, and points too near each other.

Not here: converting coordinates.
"""

from math import cos, radians

from quality.rules.scope import NUMBERS, TEXTS, RuleScope
from quality.rules.violations import SUBMITTED, Violation, filled_condition, join_conditions, to_literal
from schemas.rules.group_rules import Apart
from schemas.rules.rule_base import Rule
from schemas.rules.rules import InArea, PointInProvince, PointSwapped, PointZero

TOLERANCE = 0.02
"""Degrees that a point may lie outside the box: more than the shift of any datum in use here (BD-09: about 0.013)."""

METRES_A_DEGREE = 111_195.08
"""Of a great circle. Source: mean radius of the earth, 6 371 008.8 m (WGS 84, IUGG)."""
WIDE = 16
"""Fine cells along a side of a coarse one."""
MOST_IN_A_CELL = 50
"""Rows of one kind in a cell with which others are compared: ten thousand at one point must not cost a hundred million comparisons."""


def compile_in_area(rule: InArea, scope: RuleScope) -> tuple[Violation, ...]:
    """The division code lies outside the department's area; empty is skipped."""
    column = scope.typed_column(rule, rule.field, TEXTS)
    return (Violation(rule.field, f"NOT starts_with({column}, {to_literal(scope.context.department.area)})"),)


def compile_point_zero(rule: PointZero, scope: RuleScope) -> tuple[Violation, ...]:
    """The point is (0, 0) or the same number twice; skipped where one of the two is empty."""
    lon, lat = _point_columns(rule, rule.lon, rule.lat, scope)
    return (Violation(rule.lon, _zero_condition(lon, lat), displayed_fields=(rule.lon, rule.lat)),)


def compile_point_swapped(rule: PointSwapped, scope: RuleScope) -> tuple[Violation, ...]:
    """The point lies in the province only if its two numbers are exchanged."""
    lon, lat = _point_columns(rule, rule.lon, rule.lat, scope)
    return (Violation(rule.lon, _inside_condition(lat, lon, scope), displayed_fields=(rule.lon, rule.lat)),)


def compile_point_in_province(rule: PointInProvince, scope: RuleScope) -> tuple[Violation, ...]:
    """The point lies outside the province, and is neither zero nor swapped."""
    lon, lat = _point_columns(rule, rule.lon, rule.lat, scope)
    elsewhere = [
        f"NOT ({holds})"
        for holds in (_inside_condition(lon, lat, scope), _zero_condition(lon, lat), _inside_condition(lat, lon, scope))
    ]
    return (
        Violation(
            rule.lon, join_conditions([filled_condition([lon, lat]), *elsewhere]), displayed_fields=(rule.lon, rule.lat)
        ),
    )


def compile_apart(rule: Apart, scope: RuleScope) -> tuple[Violation, ...]:
    """Two rows of one kind and different owners are too near; reported at the later one.

    Points are compared with those of their own cell of a grid and the cells around it, whose sides are `metres` long or more. Most points have
    no other owner anywhere near: a coarse grid, of which each cell holds the fine cells around it too, leaves them out first.
    """
    lon, lat = _point_columns(rule, rule.lon, rule.lat, scope)
    keys = {f"k{place}": scope.quoted_column(name) for place, name in enumerate(rule.same)}
    differ = scope.quoted_column(rule.differ)
    height = rule.metres / METRES_A_DEGREE * 1.01
    width = height / cos(radians(max(map(abs, scope.contract.policy.province.latitudes)) + TOLERANCE))
    named = ", ".join(f"{column} AS {key}" for key, column in keys.items())
    there = join_conditions([filled_condition([*keys.values(), differ, lon, lat]), _inside_condition(lon, lat, scope)])
    everywhere = (
        f"everywhere AS MATERIALIZED (SELECT position, {lon} AS lon, {lat} AS lat, {named}, {differ} AS owner, "
        f"CAST(floor({lon} / {width!r}) AS BIGINT) AS x, CAST(floor({lat} / {height!r}) AS BIGINT) AS y FROM {SUBMITTED} WHERE {there})"
    )
    listed = ", ".join(keys)
    mixed = (
        f"mixed AS (SELECT {listed}, wide_x, wide_y FROM everywhere, UNNEST({_wide_cells('x')}) AS a(wide_x), UNNEST({_wide_cells('y')}) AS b(wide_y) "
        f"GROUP BY {listed}, wide_x, wide_y HAVING min(owner) <> max(owner))"
    )
    within = " AND ".join(
        [*(f"mixed.{key} = everywhere.{key}" for key in keys), f"wide_x = x // {WIDE}", f"wide_y = y // {WIDE}"]
    )
    points = f"points AS MATERIALIZED (FROM everywhere SEMI JOIN mixed ON {within})"
    firsts = f"firsts AS (FROM points QUALIFY row_number() OVER (PARTITION BY {listed}, x, y ORDER BY position) <= {MOST_IN_A_CELL})"
    around = "(SELECT UNNEST([-1, 0, 1]) AS dx) CROSS JOIN (SELECT UNNEST([-1, 0, 1]) AS dy)"
    near = join_conditions([
        *(f"later.{key} = earlier.{key}" for key in keys),
        "later.x = earlier.x + dx", "later.y = earlier.y + dy", "earlier.position < later.position", "earlier.owner <> later.owner",
        f"{_distance('later', 'earlier')} < {to_literal(rule.metres)}",
    ])  # fmt: skip
    source = (
        f"(SELECT later.position, min(earlier.position) AS earlier FROM (FROM firsts CROSS JOIN {around}) AS earlier "
        f"JOIN points AS later ON {near} GROUP BY later.position)"
    )
    return (
        Violation(
            rule.lon,
            "TRUE",
            source,
            displayed_fields=(rule.lon, rule.lat),
            other="earlier",
            common_tables=(everywhere, mixed, points, firsts),
        ),
    )


def _wide_cells(place: str) -> str:
    """Returns the list of coarse cells to which a fine cell belongs along one side: its own and, at the edge, the next one."""
    return f"range(({place} - 1) // {WIDE}, ({place} + 1) // {WIDE} + 1)"


def _distance(one: str, other: str) -> str:
    """Returns the distance of two points in metres as SQL; right to a millimetre in a metre for points this near."""
    east = f"({one}.lon - {other}.lon) * cos(radians(({one}.lat + {other}.lat) / 2))"
    return f"(sqrt(pow({one}.lat - {other}.lat, 2) + pow({east}, 2)) * {METRES_A_DEGREE!r})"


def _point_columns(rule: Rule, lon: str, lat: str, scope: RuleScope) -> tuple[str, str]:
    return scope.typed_column(rule, lon, NUMBERS), scope.typed_column(rule, lat, NUMBERS)


def _zero_condition(lon: str, lat: str) -> str:
    """(0, 0) is the same number twice as well."""
    return f"{lon} = {lat}"


def _inside_condition(lon: str, lat: str, scope: RuleScope) -> str:
    province = scope.contract.policy.province
    return join_conditions(
        f"{column} BETWEEN {to_literal(low - TOLERANCE)} AND {to_literal(high + TOLERANCE)}"
        for column, (low, high) in ((lon, province.longitudes), (lat, province.latitudes))
    )
