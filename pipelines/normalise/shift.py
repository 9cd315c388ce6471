"""The shift of web maps and its inverse, for whole columns at once.

GCJ-02 (高德, 腾讯) and BD-09 (百度) shift every point by half a kilometre and more. The shift has no closed inverse: it is iterated
until the forward formula gives the reported point back to 1e-9 degrees (0.1 mm). Not here: which rows are shifted (`datum`).

Source: the forward formulas as published in eviltransform and coordTransform_py (Krasovsky 1940 ellipsoid).
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Degrees = npt.NDArray[np.float64]
Points = tuple[Degrees, Degrees]
"""Longitudes and latitudes."""
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.00669342162296594323
_BD = math.pi * 3000.0 / 180.0
_CLOSE = 1e-9
_ROUNDS = 50
LONGITUDES, LATITUDES = (72.0, 138.0), (0.8, 55.9)
"""Where the shift is defined."""


def to_gcj02(points: Points) -> Points:
    """The GCJ-02 points of WGS84 longitudes and latitudes."""
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
    """The BD-09 points of WGS84 longitudes and latitudes."""
    x, y = to_gcj02(points)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


FORWARD: dict[str, Callable[[Points], Points]] = {"GCJ02": to_gcj02, "BD09": to_bd09}


def back(reported: Points, forward: Callable[[Points], Points]) -> Points:
    """The WGS84 points that `forward` takes to the reported ones; NaN outside China, where no shift is defined."""
    lon, lat = (np.array(degrees, np.float64) for degrees in reported)
    outside = ~((lon > LONGITUDES[0]) & (lon < LONGITUDES[1]) & (lat > LATITUDES[0]) & (lat < LATITUDES[1]))
    lon[outside] = lat[outside] = np.nan
    off = np.full(lon.shape, np.inf)
    for _ in range(_ROUNDS):
        there = forward((lon, lat))
        step = reported[0] - there[0], reported[1] - there[1]
        lon, lat = lon + step[0], lat + step[1]
        off = np.maximum(np.abs(step[0]), np.abs(step[1]))
        if not np.any(off >= _CLOSE):
            break
    lost = ~(off < _CLOSE)
    lon[lost] = lat[lost] = np.nan
    return lon, lat
