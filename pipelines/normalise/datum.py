"""Places read off a web map, back in the datum that is published.

GCJ-02 (高德, 腾讯) and BD-09 (百度) shift every point by half a kilometre and more. The shift has no closed inverse: it is iterated
until the forward formula gives the reported point back to 1e-9 degrees (0.1 mm). Here: rows whose datum field says so. Not here:
guessing a datum, or points without one.

Source: the forward formulas as published in eviltransform and coordTransform_py (Krasovsky 1940 ellipsoid); CGCS2000 and WGS84
differ by less than a metre and count as equal (DOMAIN 0.4).
"""

import math
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import Contract

Point = tuple[float, float]
Moved = tuple[int, str, str, str, str]
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.00669342162296594323
_BD = math.pi * 3000.0 / 180.0
_CLOSE = 1e-9
_ROUNDS = 50
_DIGITS = 7
"""Decimals of a converted degree: a centimetre."""
_LONGITUDES, _LATITUDES = (72.0, 138.0), (0.8, 55.9)


def to_gcj02(point: Point) -> Point:
    """The GCJ-02 point of a WGS84 longitude and latitude."""
    lon, lat = point
    x, y = lon - 105.0, lat - 35.0
    wave = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (wave + 20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (wave + 20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    phi = math.radians(lat)
    magic = 1 - _ECCENTRICITY * math.sin(phi) ** 2
    metres_north = _AXIS * (1 - _ECCENTRICITY) / (magic * math.sqrt(magic))
    metres_east = _AXIS / math.sqrt(magic) * math.cos(phi)
    return lon + math.degrees(east / metres_east), lat + math.degrees(north / metres_north)


def to_bd09(point: Point) -> Point:
    """The BD-09 point of a WGS84 longitude and latitude."""
    x, y = to_gcj02(point)
    radius = math.hypot(x, y) + 0.00002 * math.sin(y * _BD)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * _BD)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


FORWARD: dict[str, Callable[[Point], Point]] = {"GCJ02": to_gcj02, "BD09": to_bd09}


def back(reported: Point, forward: Callable[[Point], Point]) -> Point | None:
    """The WGS84 point that `forward` takes to the reported one; None outside China, where no shift is defined."""
    if not (_LONGITUDES[0] < reported[0] < _LONGITUDES[1] and _LATITUDES[0] < reported[1] < _LATITUDES[1]):
        return None
    lon, lat = reported
    for _ in range(_ROUNDS):
        there = forward((lon, lat))
        off = reported[0] - there[0], reported[1] - there[1]
        lon, lat = lon + off[0], lat + off[1]
        if max(abs(off[0]), abs(off[1])) < _CLOSE:
            return lon, lat
    return None


def places(table: pa.Table, rows: pa.Array, contract: Contract) -> tuple[pa.Table, list[Moved]]:
    """The table with every place in the contract's datum, and the changes: row, field, raw, value, `datum`.

    A row is converted if its datum field (code list `crs`) says GCJ02 or BD09 and both coordinates are numbers in China; its datum
    field then names the contract's datum. Any other row stays as it is.
    """
    at = contract.policy.coordinates
    field = next((one.name for one in contract.fields if one.policy.codelist == "crs"), None)
    if at is None or field is None:
        return table, []
    offset = pc.fill_null(pc.is_in(table.column(field), value_set=pa.array(sorted(FORWARD))), False)
    if not pc.any(offset).as_py():
        return table, []
    columns = {name: table.column(name).to_pylist() for name in (at.lon, at.lat, field)}
    numbers = rows.to_pylist()
    moved: list[Moved] = []
    for index in (place for place, is_offset in enumerate(offset.to_pylist()) if is_offset):
        lon, lat, datum = (columns[name][index] for name in (at.lon, at.lat, field))
        for name, old, new in zip(columns, (lon, lat, datum), _converted(lon, lat, datum, at.datum), strict=False):
            columns[name][index] = new
            moved.append((numbers[index], name, old, new, "datum"))
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    return table, moved


def _converted(lon: str | None, lat: str | None, datum: str, wanted: str) -> Iterator[str]:
    try:
        point = back((float(lon or "nan"), float(lat or "nan")), FORWARD[datum])
    except ValueError:
        return
    if point:
        yield from (f"{degree:.{_DIGITS}f}".rstrip("0").rstrip(".") for degree in point)
        yield wanted
