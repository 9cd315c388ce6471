"""A dot map drawn at build time without a script: the province's box, a graticule, one dot per group of near places.

Pure functions from row counts by place to a view for `dotmap.html.j2`. The projection is plate carrée with the x axis
scaled by the cosine of the middle latitude, so that a kilometre has the same length east and north.
Not here: reading data.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, cos, floor, radians, sqrt

WEST, EAST, SOUTH, NORTH = 118.5, 126.0, 38.5, 43.7
"""The box drawn, in degrees. Source: outermost points of Liaoning (118.88–125.78 E, 38.71–43.44 N) plus a margin."""
WIDTH = 720
_SQUEEZE = cos(radians((SOUTH + NORTH) / 2))
_SCALE = WIDTH / ((EAST - WEST) * _SQUEEZE)
HEIGHT = ceil((NORTH - SOUTH) * _SCALE)
_SMALLEST, _LARGEST = 2.2, 14.0


@dataclass(frozen=True)
class MapDot:
    """One dot, in drawing units. Its area is proportional to `rows`, up to a maximum radius of 14."""

    x: float
    y: float
    radius: float
    rows: int


@dataclass(frozen=True)
class MapLine:
    """One line of the graticule: its position in drawing units and the whole degree it marks."""

    at: float
    degree: int


@dataclass(frozen=True)
class MapSquare:
    """Number of rows in one square of one degree by one degree. Key: the south-western corner (`lon`, `lat`)."""

    lon: int
    lat: int
    rows: int


@dataclass(frozen=True)
class DotMap:
    """The map for the template, and the same counts as `squares` for the table below it.

    `rows` counts the rows inside the box, `outside` those beyond it. Width and height are in drawing units.
    """

    width: int
    height: int
    dots: tuple[MapDot, ...]
    meridians: tuple[MapLine, ...]
    parallels: tuple[MapLine, ...]
    squares: tuple[MapSquare, ...]
    rows: int
    outside: int


def dot_map(places: Mapping[tuple[float, float], int]) -> DotMap:
    """The map of these row counts by (lon, lat) in degrees; without places it has a graticule and no dots."""
    inside = {at: rows for at, rows in places.items() if WEST <= at[0] <= EAST and SOUTH <= at[1] <= NORTH}
    squares: Counter[tuple[int, int]] = Counter()
    for (lon, lat), rows in inside.items():
        squares[floor(lon), floor(lat)] += rows
    return DotMap(
        width=WIDTH,
        height=HEIGHT,
        dots=tuple(_make_dot(lon, lat, rows) for (lon, lat), rows in sorted(inside.items())),
        meridians=tuple(
            MapLine(at=_project_x(degree), degree=degree) for degree in range(floor(WEST) + 1, floor(EAST))
        ),
        parallels=tuple(
            MapLine(at=_project_y(degree), degree=degree) for degree in range(floor(SOUTH) + 1, floor(NORTH) + 1)
        ),
        squares=tuple(MapSquare(lon=lon, lat=lat, rows=rows) for (lon, lat), rows in sorted(squares.items())),
        rows=sum(inside.values()),
        outside=sum(places.values()) - sum(inside.values()),
    )


def _make_dot(lon: float, lat: float, rows: int) -> MapDot:
    radius = min(_SMALLEST * sqrt(rows), _LARGEST)
    return MapDot(x=_project_x(lon), y=_project_y(lat), radius=round(radius, 1), rows=rows)


def _project_x(lon: float) -> float:
    return round((lon - WEST) * _SQUEEZE * _SCALE, 1)


def _project_y(lat: float) -> float:
    return round((NORTH - lat) * _SCALE, 1)
