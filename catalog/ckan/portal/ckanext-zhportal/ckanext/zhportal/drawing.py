"""A map of dots from coordinates, without tiles or scripts: frame, graticule, one dot for places near each other. Pure functions.

Appearance and projection are those of `catalog/pictures/dotmap.py`, which is not available in CKAN's environment. Here: the numbers for
the SVG template. Not here: reading the table (`dot_map_view.py`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, cos, floor, radians, sqrt

WIDTH = 720
SMALLEST, LARGEST = 2.2, 14.0


@dataclass(frozen=True)
class Box:
    """The area that is drawn, in degrees."""

    west: float
    east: float
    south: float
    north: float

    @property
    def scale(self) -> float:
        """Drawing units per degree of latitude."""
        return WIDTH / ((self.east - self.west) * self.squeeze)

    @property
    def squeeze(self) -> float:
        """Length of a degree of longitude divided by that of a degree of latitude, in the middle of the box."""
        return cos(radians((self.south + self.north) / 2))

    @property
    def height(self) -> int:
        """Height of the drawing in drawing units."""
        return ceil((self.north - self.south) * self.scale)

    def x(self, lon: float) -> float:
        """Horizontal position of a longitude, in drawing units from the left."""
        return round((lon - self.west) * self.squeeze * self.scale, 1)

    def y(self, lat: float) -> float:
        """Vertical position of a latitude, in drawing units from the top."""
        return round((self.north - lat) * self.scale, 1)

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the point lies in the box, its borders included."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


@dataclass
class Drawn:
    """The map, and the numbers for the table below it.

    `dots` are (x, y, radius, label, rows); `squares` are (lon, lat, rows), one per degree. `rows` counts the rows that are drawn,
    `outside` those outside the box, `without` those without coordinates.
    """

    box: Box
    width: int
    height: int
    rows: int = 0
    outside: int = 0
    without: int = 0
    dots: list[tuple[float, float, float, object, int]] = field(default_factory=list)
    squares: list[tuple[int, int, int]] = field(default_factory=list)
    meridians: list[tuple[float, int]] = field(default_factory=list)
    parallels: list[tuple[float, int]] = field(default_factory=list)


def drawn(places: Iterable[Sequence[object]], box: Box) -> Drawn:
    """Returns the map of `places`: (lon, lat, label), as text or number or empty.

    Places with the same coordinates to 0.01 degree share a dot, which has the label of the first.
    """
    held: Counter[tuple[float, float]] = Counter()
    squares: Counter[tuple[int, int]] = Counter()
    labels: dict[tuple[float, float], object] = {}
    result = Drawn(box=box, width=WIDTH, height=box.height)
    for lon, lat, label in places:
        x, y = _number(lon), _number(lat)
        if x is None or y is None:
            result.without += 1
        elif not box.holds(x, y):
            result.outside += 1
        else:
            near = round(x, 2), round(y, 2)
            held[near] += 1
            labels.setdefault(near, label)
            squares[floor(x), floor(y)] += 1
    result.rows = sum(held.values())
    result.dots = [
        (box.x(lon), box.y(lat), round(min(SMALLEST * sqrt(rows), LARGEST), 1), labels[lon, lat], rows)
        for (lon, lat), rows in sorted(held.items())
    ]
    result.squares = [(lon, lat, rows) for (lon, lat), rows in sorted(squares.items())]
    result.meridians = [(box.x(degree), degree) for degree in range(floor(box.west) + 1, ceil(box.east))]
    result.parallels = [(box.y(degree), degree) for degree in range(floor(box.south) + 1, ceil(box.north))]
    return result


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
