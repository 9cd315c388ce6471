"""Previews read from released files: a sample of rows, row counts by place, codes.

Data files are streamed and never loaded whole. They are files of our own releases (UTF-8 with BOM, header of field
names); values are still returned as plain text, and the caller must escape them. Not here: drawing.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from schemas.policy import Coordinates
from schemas.text import Text

SAMPLE_ROWS = 20
MOST_READ = 200_000
CELL_LIMIT = 60
GRID = 0.02
"""Side of a grid cell in degrees. Places in the same cell become one dot, which keeps the map small."""


@dataclass(frozen=True)
class CodeLine:
    """One code, its label, and its first and last valid day (ISO date; empty if that end is open)."""

    code: str
    label: Text
    valid_from: str
    valid_to: str


def sample_rows(file: Path, total: int, count: int = SAMPLE_ROWS) -> list[list[str]]:
    """`count` rows spread evenly over a file of `total` rows, in its order; all of them if there are no more, empty if there are none.

    Rows are sorted by key, so the first ones would all be of one place. Of a file of more than `MOST_READ` rows only those are
    read. A cell longer than `CELL_LIMIT` characters is cut to that length, ending in an ellipsis.
    """
    among = min(total, MOST_READ)
    places = range(among) if among <= count else [number * among // count for number in range(count)]
    with _open_rows(file) as reader:
        next(reader, None)
        wanted = frozenset(places)
        rows = (row for place, row in enumerate(islice(reader, among)) if place in wanted)
        return [[_shorten_cell(cell) for cell in row] for row in rows]


def read_codes(file: Path) -> list[CodeLine]:
    """Every code of a released code list, in file order; KeyError if a column of a code list is missing."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            CodeLine(
                code=row["code"],
                label=Text(zh=row["zh"], en=row["en"]),
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
            )
            for row in csv.DictReader(lines)
        ]


def count_places(file: Path, at: Coordinates) -> Counter[tuple[float, float]]:
    """Number of rows per grid cell, by the cell's centre (lon, lat) in degrees. Rows without coordinates are skipped.

    ValueError if the file lacks the columns or a coordinate is not a number: the file then does not match its contract.
    """
    counts: Counter[tuple[float, float]] = Counter()
    with _open_rows(file) as reader:
        header: list[str] = next(reader, [])
        lon, lat = header.index(at.lon), header.index(at.lat)
        for row in reader:
            if row[lon] and row[lat]:
                counts[_grid_cell(float(row[lon])), _grid_cell(float(row[lat]))] += 1
    return counts


@contextmanager
def _open_rows(file: Path) -> Iterator[Iterator[list[str]]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield csv.reader(lines)


def _grid_cell(degrees: float) -> float:
    return round((int(degrees / GRID) + 0.5) * GRID, 4)


def _shorten_cell(cell: str) -> str:
    return cell if len(cell) <= CELL_LIMIT else cell[: CELL_LIMIT - 1] + "…"
