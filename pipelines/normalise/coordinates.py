"""Conversion of reported coordinates to the contract's datum, for whole columns at once, and the record of all changes.

Rows whose datum field (code list `crs`) names GCJ-02, BD-09 or a Gauss-Krüger zone are converted; the field then names
the contract's datum. GCJ-02 (高德, 腾讯) and BD-09 (百度) shift every point by half a kilometre or more. The shift has no
closed inverse: it is iterated until the forward formula reproduces the reported point to 1e-9 degrees (0.1 mm). A
Gauss-Krüger easting is read only with its zone number in front (`41 523 456` is 523 456 m in the zone of 123°), because
the zone is unknown without it. Not here: guessing a datum, points without one.

Sources: CGCS2000 and WGS84 differ by less than a metre and count as equal (DOMAIN 0.4). Shift: the forward formulas
published in eviltransform and coordTransform_py (Krasovsky 1940 ellipsoid). Zones: GB/T 17798 and EPSG (4491-4501: 6
degree zones 13 to 23; 4513-4533: 3 degree zones 25 to 45; both with the zone number before the easting).
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import Contract

Metres = npt.NDArray[np.float64]
_DEGREES = 4490
_ZONE_FACTOR = 1e6
_MIDDLE = 500_000.0
_NORTHERNMOST = 6_200_000.0
# Datum code: first zone, last zone, EPSG code of the first, maximum distance in metres from the central meridian.
ZONES: dict[str, tuple[int, int, int, float]] = {
    "CGCS2000_GK3": (25, 45, 4513, 250_000.0),
    "CGCS2000_GK6": (13, 23, 4491, 400_000.0),
}


def to_degrees(east: Metres, north: Metres, code: str) -> tuple[Metres, Metres]:
    """Converts Gauss-Krüger eastings and northings (metres) to longitudes and latitudes (degrees).

    `code` is a key of `ZONES`. The result is NaN where the easting lacks a zone number of that datum, or the point lies
    outside its zone.
    """
    from pyproj import Transformer  # noqa: PLC0415 -- takes 0.2 s to load, which most files do without

    first, last, epsg, off = ZONES[code]
    lon, lat = np.full(east.shape, np.nan), np.full(east.shape, np.nan)
    zones = np.floor(east / _ZONE_FACTOR)
    within = (zones >= first) & (zones <= last) & (north > 0) & (north < _NORTHERNMOST)
    within &= np.abs(east - zones * _ZONE_FACTOR - _MIDDLE) <= off
    for zone in np.unique(zones[within]):
        here = within & (zones == zone)
        transformer = Transformer.from_crs(epsg + int(zone) - first, _DEGREES, always_xy=True)
        lon[here], lat[here] = transformer.transform(east[here], north[here])
    return lon, lat


Degrees = npt.NDArray[np.float64]
Points = tuple[Degrees, Degrees]
"""Longitudes and latitudes, in degrees."""
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.00669342162296594323
_BD = math.pi * 3000.0 / 180.0
_CLOSE = 1e-9
_ROUNDS = 50
LONGITUDES, LATITUDES = (72.0, 138.0), (0.8, 55.9)
"""Ranges in degrees within which the shift is defined."""


def to_gcj02(points: Points) -> Points:
    """Converts WGS84 points to GCJ-02."""
    lon, lat = points
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * x * math.pi) + 20.0 * np.sin(2.0 * x * math.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + 20.0 * np.sin(y * math.pi) + 40.0 * np.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * math.pi) + 320.0 * np.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + 20.0 * np.sin(x * math.pi) + 40.0 * np.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * math.pi) + 300.0 * np.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1 - _ECCENTRICITY * np.sin(phi) ** 2
    metres_north = _AXIS * (1 - _ECCENTRICITY) / (magic * np.sqrt(magic))
    metres_east = _AXIS / np.sqrt(magic) * np.cos(phi)
    return lon + np.degrees(east / metres_east), lat + np.degrees(north / metres_north)


def to_bd09(points: Points) -> Points:
    """Converts WGS84 points to BD-09."""
    x, y = to_gcj02(points)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


FORWARD: dict[str, Callable[[Points], Points]] = {"GCJ02": to_gcj02, "BD09": to_bd09}


def invert_shift(reported: Points, forward: Callable[[Points], Points]) -> Points:
    """Returns the WGS84 points that `forward` maps to the reported ones, by iteration.

    The result is NaN outside China, where no shift is defined, and where the iteration does not converge in 50 rounds.
    """
    lon, lat = (np.array(degrees, np.float64) for degrees in reported)
    outside = ~((lon > LONGITUDES[0]) & (lon < LONGITUDES[1]) & (lat > LATITUDES[0]) & (lat < LATITUDES[1]))
    lon[outside] = lat[outside] = np.nan
    off = np.full(lon.shape, np.inf)
    for _ in range(_ROUNDS):
        shifted = forward((lon, lat))
        step = reported[0] - shifted[0], reported[1] - shifted[1]
        lon, lat = lon + step[0], lat + step[1]
        off = np.maximum(np.abs(step[0]), np.abs(step[1]))
        if not np.any(off >= _CLOSE):
            break
    lost = ~(off < _CLOSE)
    lon[lost] = lat[lost] = np.nan
    return lon, lat


CoordinateChange = tuple[int, str, str, str, str]
GAUSS_KRUGER = ("CGCS2000_GK3", "CGCS2000_GK6")
_NUMBER = r"^-?\d{1,9}(\.\d{1,15})?$"
_DIGITS = 7
"""Decimal places of a converted degree, equal to a centimetre."""


def convert_coordinates(table: pa.Table, rows: pa.Array, contract: Contract) -> tuple[pa.Table, list[CoordinateChange]]:
    """Returns the table with coordinates in the contract's datum, and the changes.

    A change is the row number, the field, the raw and the new value, and the reason (`datum` or `zone`). A row is
    converted if its datum is a key of `FORWARD` or one of `GAUSS_KRUGER`, and both coordinates are numbers that make a
    point in China; its datum field then names the contract's datum. Any other row is unchanged.
    """
    at = contract.policy.coordinates
    field = next((known.name for known in contract.fields if known.policy.codelist == "crs"), None)
    if at is None or field is None:
        return table, []
    places_of = _find_convertible_rows(table, at.lon, at.lat, field)
    if not len(places_of):
        return table, []
    raw = {name: table.column(name).take(pa.array(places_of)).to_pylist() for name in (at.lon, at.lat, field)}
    lon, lat = _convert_points(raw[at.lon], raw[at.lat], raw[field])
    done = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    new: dict[str, list[str]] = {at.lon: _format_degrees(lon[done]), at.lat: _format_degrees(lat[done])}
    new[field] = [at.datum] * len(done)
    changed = places_of[done]
    numbers = rows.take(pa.array(changed)).to_pylist()
    moved: list[CoordinateChange] = []
    for name, values in new.items():
        old = [raw[name][index] for index in done]
        reasons = ("zone" if raw[field][index] in GAUSS_KRUGER else "datum" for index in done)
        moved += zip(numbers, [name] * len(done), old, values, reasons, strict=True)
        table = table.set_column(
            table.column_names.index(name), name, _replace_values(table.column(name), changed, values)
        )
    order = {name: number for number, name in enumerate(new)}
    return table, sorted(moved, key=lambda change: (change[0], order[change[1]]))


def _find_convertible_rows(
    table: pa.Table, lon: str, lat: str, field: str
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    known = pa.array([*FORWARD, *GAUSS_KRUGER])
    wanted = pc.fill_null(pc.is_in(table.column(field), value_set=known), False)
    if not pc.any(wanted).as_py():
        return np.array([], np.int64)
    for name in (lon, lat):
        wanted = pc.and_(wanted, pc.fill_null(pc.match_substring_regex(table.column(name), _NUMBER), False))
    return np.flatnonzero(wanted.to_numpy()).astype(np.int64)


def _convert_points(lon: list[str], lat: list[str], datums: list[str]) -> Points:
    x, y = np.array(lon, np.float64), np.array(lat, np.float64)
    named = np.array(datums)
    found = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    for datum in sorted(set(datums)):
        here = named == datum
        if datum in FORWARD:
            found[0][here], found[1][here] = invert_shift((x[here], y[here]), FORWARD[datum])
        else:
            found[0][here], found[1][here] = to_degrees(x[here], y[here], datum)
    return found


def _format_degrees(degrees: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[str]:
    return [f"{degree:.{_DIGITS}f}".rstrip("0").rstrip(".") for degree in degrees.tolist()]


def _replace_values(
    column: pa.ChunkedArray, changed: "np.ndarray[tuple[int], np.dtype[np.int64]]", values: list[str]
) -> pa.ChunkedArray:
    mask = np.zeros(len(column), bool)
    mask[changed] = True
    whole = pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)
    return pa.chunked_array([pc.replace_with_mask(whole, pa.array(mask), pa.array(values, pa.string()))])
