"""A first look into the released files: first rows, places, codes. Data are read as a stream, never the whole at once.

The files are our own release (UTF-8 with BOM, header of field names); values are still shown as text and escaped by whoever
draws them. Not here: drawing.
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

FIRST_ROWS = 20
CELL_LIMIT = 60
GRID = 0.02
"""Places within the same cell of this many degrees are drawn as one dot, so that a map stays small."""


@dataclass(frozen=True)
class CodeLine:
    """One code, what it means, and its first and last day (ISO; empty where that end is open)."""

    code: str
    label: Text
    valid_from: str
    valid_to: str


def first_rows(file: Path, count: int = FIRST_ROWS) -> list[list[str]]:
    """The first rows below the header, each cell cut at `CELL_LIMIT` characters with an ellipsis; empty if there are none."""
    with _open_rows(file) as reader:
        next(reader, None)
        return [[_shorten_cell(cell) for cell in row] for row in islice(reader, count)]


def read_codes(file: Path) -> list[CodeLine]:
    """Every code of a released code list in its order; KeyError if the file has not the columns of a code list."""
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
    """How many rows lie in each cell of the grid, by the cell's middle (lon, lat). Rows without a place are left out.

    ValueError if the file has no such columns or a coordinate is no number: then it is not the file its contract describes.
    """
    found: Counter[tuple[float, float]] = Counter()
    with _open_rows(file) as reader:
        header: list[str] = next(reader, [])
        lon, lat = header.index(at.lon), header.index(at.lat)
        for row in reader:
            if row[lon] and row[lat]:
                found[_grid_cell(float(row[lon])), _grid_cell(float(row[lat]))] += 1
    return found


@contextmanager
def _open_rows(file: Path) -> Iterator[Iterator[list[str]]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield csv.reader(lines)


def _grid_cell(degrees: float) -> float:
    return round((int(degrees / GRID) + 0.5) * GRID, 4)


def _shorten_cell(cell: str) -> str:
    return cell if len(cell) <= CELL_LIMIT else cell[: CELL_LIMIT - 1] + "…"
