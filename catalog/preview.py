"""A first look into the released CSV: its first rows, and its places. Reads the file as a stream; never the whole of it at once.

The file is our own release (UTF-8 with BOM, header of field names); values are still shown as text and escaped by whoever
draws them. Not here: drawing.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from schemas.policy import Coordinates

FIRST_ROWS = 20
CELL_LIMIT = 60
GRID = 0.02
"""Places within the same cell of this many degrees are drawn as one dot, so that a map stays small."""


def first_rows(file: Path, count: int = FIRST_ROWS) -> list[list[str]]:
    """The first rows below the header, each cell cut at `CELL_LIMIT` characters with an ellipsis; empty if there are none."""
    with _opened(file) as reader:
        next(reader, None)
        return [[_short(cell) for cell in row] for row in islice(reader, count)]


def places(file: Path, at: Coordinates) -> Counter[tuple[float, float]]:
    """How many rows lie in each cell of the grid, by the cell's middle (lon, lat). Rows without a place are left out.

    ValueError if the file has no such columns or a coordinate is no number: then it is not the file its contract describes.
    """
    found: Counter[tuple[float, float]] = Counter()
    with _opened(file) as reader:
        header: list[str] = next(reader, [])
        lon, lat = header.index(at.lon), header.index(at.lat)
        for row in reader:
            if row[lon] and row[lat]:
                found[_cell(float(row[lon])), _cell(float(row[lat]))] += 1
    return found


@contextmanager
def _opened(file: Path) -> Iterator[Iterator[list[str]]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield csv.reader(lines)


def _cell(degrees: float) -> float:
    return round((int(degrees / GRID) + 0.5) * GRID, 4)


def _short(cell: str) -> str:
    return cell if len(cell) <= CELL_LIMIT else cell[: CELL_LIMIT - 1] + "…"
