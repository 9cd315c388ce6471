"""Rules of place: division codes of the department's area, and points in the province. Not here: converting coordinates."""

from quality.rules.scope import NUMBERS, TEXTS, Scope
from quality.rules.violations import Offence, all_of, filled, literal
from schemas.rules import InArea, PointInProvince, PointSwapped, PointZero, Rule

LONGITUDES = (118.88, 125.78)
LATITUDES = (38.71, 43.44)
"""Box of Liaoning in degrees of WGS84 / CGCS2000. Source: extreme points of the province, 118°53′-125°46′ E, 38°43′-43°26′ N."""
TOLERANCE = 0.02
"""Degrees that a point may lie outside the box: more than any datum in use here shifts it (BD-09: about 0.013 degrees)."""
PREFECTURE_DIGITS, PROVINCE_DIGITS = 4, 2
"""Leading digits of a division code that name the prefecture and the province. Source: GB/T 2260."""


def in_area(rule: InArea, scope: Scope) -> tuple[Offence, ...]:
    """The division code lies outside the department's area; empty is skipped."""
    department = scope.context.department
    digits = PREFECTURE_DIGITS if department.kind == "city_bureau" else PROVINCE_DIGITS
    column = scope.column_of(rule, rule.field, TEXTS)
    return (Offence(rule.field, f"NOT starts_with({column}, {literal(department.admin_code[:digits])})"),)


def point_zero(rule: PointZero, scope: Scope) -> tuple[Offence, ...]:
    """The point is (0, 0) or the same number twice; skipped where one of the two is empty."""
    lon, lat = _point(rule, rule.lon, rule.lat, scope)
    return (Offence(rule.lon, _zero(lon, lat), shown=(rule.lon, rule.lat)),)


def point_swapped(rule: PointSwapped, scope: Scope) -> tuple[Offence, ...]:
    """The point lies in the province only if its two numbers are exchanged."""
    lon, lat = _point(rule, rule.lon, rule.lat, scope)
    return (Offence(rule.lon, _inside(lat, lon), shown=(rule.lon, rule.lat)),)


def point_in_province(rule: PointInProvince, scope: Scope) -> tuple[Offence, ...]:
    """The point lies outside the province, and is neither zero nor swapped."""
    lon, lat = _point(rule, rule.lon, rule.lat, scope)
    elsewhere = [f"NOT ({holds})" for holds in (_inside(lon, lat), _zero(lon, lat), _inside(lat, lon))]
    return (Offence(rule.lon, all_of([filled([lon, lat]), *elsewhere]), shown=(rule.lon, rule.lat)),)


def _point(rule: Rule, lon: str, lat: str, scope: Scope) -> tuple[str, str]:
    return scope.column_of(rule, lon, NUMBERS), scope.column_of(rule, lat, NUMBERS)


def _zero(lon: str, lat: str) -> str:
    """(0, 0) is the same number twice as well."""
    return f"{lon} = {lat}"


def _inside(lon: str, lat: str) -> str:
    return all_of(
        f"{column} BETWEEN {literal(low - TOLERANCE)} AND {literal(high + TOLERANCE)}"
        for column, (low, high) in ((lon, LONGITUDES), (lat, LATITUDES))
    )
