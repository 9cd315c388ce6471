"""Gauss-Krüger zones of CGCS2000 to degrees, for whole columns at once.

An easting is read only with the number of its zone before it (`41 523 456` is 523 456 m in the zone of 123°): without the number nobody
knows the zone. Not here: which rows are in zones (`datum`).

Source: GB/T 17798 and EPSG (4491-4501: 6 degree zones 13 to 23; 4513-4533: 3 degree zones 25 to 45; both with the number before the easting).
"""

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

Metres = npt.NDArray[np.float64]
_DEGREES = 4490
_NUMBER = 1e6
_MIDDLE = 500_000.0
_NORTHERNMOST = 6_200_000.0
# Code of the datum: first zone, last zone, EPSG code of the first, metres that a point may lie off the middle of its zone.
ZONES: dict[str, tuple[int, int, int, float]] = {
    "CGCS2000_GK3": (25, 45, 4513, 250_000.0),
    "CGCS2000_GK6": (13, 23, 4491, 400_000.0),
}


def to_degrees(east: Metres, north: Metres, code: str) -> tuple[Metres, Metres]:
    """Longitudes and latitudes; NaN where the easting has no zone of ours before it, or a point lies outside its zone."""
    first, last, epsg, off = ZONES[code]
    lon, lat = np.full(east.shape, np.nan), np.full(east.shape, np.nan)
    zones = np.floor(east / _NUMBER)
    within = (zones >= first) & (zones <= last) & (north > 0) & (north < _NORTHERNMOST)
    within &= np.abs(east - zones * _NUMBER - _MIDDLE) <= off
    for zone in np.unique(zones[within]):
        here = within & (zones == zone)
        transformer = Transformer.from_crs(epsg + int(zone) - first, _DEGREES, always_xy=True)
        lon[here], lat[here] = transformer.transform(east[here], north[here])
    return lon, lat
