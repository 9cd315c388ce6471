"""A dot map drawn at build time without a script: the province's box, a graticule, one dot per group of near places.

Pure functions from row counts by place to a view for `dotmap.html.j2`. The projection is plate carrée with the x axis
scaled by the cosine of the middle latitude, so that a kilometre has the same length east and north.
Not here: reading data.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, floor, radians, sqrt

from schemas.province import Province

WIDTH = 720
MARGIN = 0.2
"""Degrees that the map shows around the province at least; its borders are whole tenths of a degree."""
_SMALLEST, _LARGEST = 2.2, 14.0
_KILOMETRES_PER_DEGREE = 111
"""Along a meridian."""


@dataclass(frozen=True)
class MapFrame:
    """The box that is drawn, in degrees."""

    west: float
    east: float
    south: float
    north: float

    @property
    def height(self) -> int:
        """Height of the drawing in drawing units."""
        return ceil((self.north - self.south) * self._scale)

    @property
    def _squeeze(self) -> float:
        return cos(radians((self.south + self.north) / 2))

    @property
    def _scale(self) -> float:
        return WIDTH / ((self.east - self.west) * self._squeeze)

    def has_point(self, lon: float, lat: float) -> bool:
        """Whether a point lies in the box, its borders included."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def project_x(self, lon: float) -> float:
        """Horizontal position of a longitude, in drawing units from the left."""
        return round((lon - self.west) * self._squeeze * self._scale, 1)

    def project_y(self, lat: float) -> float:
        """Vertical position of a latitude, in drawing units from the top."""
        return round((self.north - lat) * self._scale, 1)


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
    kilometres: int
    """How far apart places may be that share a dot, about."""
    outlines: tuple[str, ...] = ()
    """Outlines of the cities, each the `d` of a path."""


def map_frame(province: Province) -> MapFrame:
    """The box of a province with a margin."""
    (west, east), (south, north) = province.longitudes, province.latitudes
    return MapFrame(_round_down(west), _round_up(east), _round_down(south), _round_up(north))


def dot_map(
    places: Mapping[tuple[float, float], int],
    province: Province,
    rings: Iterable[Sequence[tuple[float, float]]] = (),
    side: float = 0.02,
) -> DotMap:
    """The map of these row counts by (lon, lat) in degrees; without places it has a graticule and no dots.

    `rings` are the closed lines of the outlines, `side` that of the cells whose rows were counted, in degrees.
    """
    frame = map_frame(province)
    inside = {at: rows for at, rows in places.items() if frame.has_point(*at)}
    squares: Counter[tuple[int, int]] = Counter()
    for (lon, lat), rows in inside.items():
        squares[floor(lon), floor(lat)] += rows
    meridians, parallels = (
        range(floor(low) + 1, ceil(high)) for low, high in ((frame.west, frame.east), (frame.south, frame.north))
    )
    return DotMap(
        width=WIDTH,
        height=frame.height,
        dots=tuple(_make_dot(frame, lon, lat, rows) for (lon, lat), rows in sorted(inside.items())),
        meridians=tuple(MapLine(at=frame.project_x(degree), degree=degree) for degree in meridians),
        parallels=tuple(MapLine(at=frame.project_y(degree), degree=degree) for degree in parallels),
        squares=tuple(MapSquare(lon=lon, lat=lat, rows=rows) for (lon, lat), rows in sorted(squares.items())),
        rows=sum(inside.values()),
        outside=sum(places.values()) - sum(inside.values()),
        kilometres=round(side * _KILOMETRES_PER_DEGREE),
        outlines=tuple(_draw_ring(frame, ring) for ring in rings),
    )


def _draw_ring(frame: MapFrame, ring: Sequence[tuple[float, float]]) -> str:
    """The ring as a path in whole drawing units, without the points that fall on the one before."""
    points = [(round(frame.project_x(lon)), round(frame.project_y(lat))) for lon, lat in ring]
    steps = ((x - x0, y - y0) for (x0, y0), (x, y) in pairwise(points) if (x0, y0) != (x, y))
    return f"M{points[0][0]} {points[0][1]}l{' '.join(f'{x} {y}' for x, y in steps)}z".replace(" -", "-")


def _make_dot(frame: MapFrame, lon: float, lat: float, rows: int) -> MapDot:
    radius = min(_SMALLEST * sqrt(rows), _LARGEST)
    return MapDot(x=frame.project_x(lon), y=frame.project_y(lat), radius=round(radius, 1), rows=rows)


def _round_down(degrees: float) -> float:
    return floor((degrees - MARGIN) * 10) / 10


def _round_up(degrees: float) -> float:
    return ceil((degrees + MARGIN) * 10) / 10
