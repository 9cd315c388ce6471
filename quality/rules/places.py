"""Rules of place: division codes of the department's area, and points in the contract's province. Not here: converting coordinates."""

from quality.rules.scope import NUMBERS, TEXTS, RuleScope
from quality.rules.violations import Violation, filled_condition, join_conditions, to_literal
from schemas.rule_base import Rule
from schemas.rules import InArea, PointInProvince, PointSwapped, PointZero

TOLERANCE = 0.02
"""Degrees that a point may lie outside the box: more than the shift of any datum in use here (BD-09: about 0.013)."""


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
