"""Previews read from released files: a sample of rows, row counts by place and by code, codes.

DuckDB reads the release's Parquet files: only the requested columns, in parts, and only the answer is held in memory, so tables may have
any size. Values are returned as plain text, as they stand in the released CSV file; the caller must escape them. Not here: figures of
charts (`catalog/pictures/chart_figures.py`), drawing.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite, isnan
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from catalog.entry import DictionaryField
from catalog.release_query import query_release
from schemas.policy import Coordinates
from schemas.rules.rule_base import Condition
from schemas.text import Text

SAMPLE_ROWS = 20
CELL_LIMIT = 60
GRID = 0.02
"""Smallest side of a grid cell in degrees. Places in the same cell become one dot, which keeps the map small."""
MOST_DOTS = 5_000
"""Dots of one map, some 250 kB of a page; with more the cells are larger."""
MEMORY_LIMIT = "300MB"
_YEAR_DIGITS = 4


@dataclass(frozen=True)
class CodeLine:
    """One code, its label, and its first and last valid day (ISO date; empty if that end is open)."""

    code: str
    label: Text
    valid_from: str
    valid_to: str


class PlaceCounts(NamedTuple):
    """Numbers of rows by the centre (lon, lat) of the grid cell that they lie in; `side` is that of a cell, all in degrees."""

    side: float
    rows: Mapping[tuple[float, float], int]


def open_database() -> duckdb.DuckDBPyConnection:
    """A database in memory that reads released files and writes nothing, spills nothing and fetches no extension."""
    limits = {"memory_limit": MEMORY_LIMIT, "temp_directory": ""}
    return duckdb.connect(
        config={**limits, "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )


class ReleasedTable:
    """The rows in the Parquet files of a release, in their order. `database` is any connection; nothing is written to it.

    Every method raises CatalogueError if one is no Parquet file, or lacks a column that is asked for.
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
        self._database, self._files = database, [str(file) for file in files]

    def sample_rows(self, fields: Sequence[DictionaryField], total: int, count: int = SAMPLE_ROWS) -> list[list[str]]:
        """`count` rows spread evenly over a table of `total` rows, in its order; all of them if there are no more, empty if there are none.

        Rows are sorted by key, so the first ones would all be of one place. A cell longer than `CELL_LIMIT` characters is cut to that
        length, ending in an ellipsis; an empty one is an empty text.
        """
        places = range(total) if total <= count else [number * total // count for number in range(count)]
        if not places:
            return []
        columns = ", ".join(quote_column(field.name) for field in fields)
        rows = [row for file, found in self._locate_rows(places) for row in self._read_rows(columns, file, found)]
        return [
            [_shorten_cell(write_cell(cell, field.type)) for cell, field in zip(row, fields, strict=True)]
            for row in rows
        ]

    def _locate_rows(self, places: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
        """Yields each file that has some of the rows, with their positions in it; `places`: positions in the whole table, ascending."""
        counts = dict(self._query("SELECT file_name, num_rows FROM parquet_file_metadata(?)", [self._files]))
        start = 0
        for file in self._files:
            if found := [place - start for place in places if start <= place < start + counts[file]]:
                yield file, found
            start += counts[file]

    def _read_rows(self, columns: str, file: str, places: Sequence[int]) -> list[tuple[object, ...]]:
        marks = ", ".join("?" for _ in places)
        query = f"SELECT {columns} FROM read_parquet(?, file_row_number=true) WHERE file_row_number IN ({marks}) ORDER BY file_row_number"
        return self._query(query, [file, *places])

    def _query(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return query_release(self._database, query, values, self._files)

    def count_places(self, at: Coordinates, most: int = MOST_DOTS) -> PlaceCounts:
        """Number of rows per grid cell, by the cell's centre (lon, lat) in degrees. Rows without coordinates are skipped.

        The cells have the side `GRID`, or twice that and so on until there are at most `most` of them.
        """
        lon, lat = (f"CAST({quote_column(name)} AS DOUBLE)" for name in (at.lon, at.lat))
        query = (
            f"SELECT CAST(trunc({lon} / ?) AS BIGINT), CAST(trunc({lat} / ?) AS BIGINT), count(*) "
            f"FROM read_parquet(?) WHERE isfinite({lon}) AND isfinite({lat}) GROUP BY 1, 2 LIMIT ?"
        )
        side = GRID
        while len(found := self._query(query, [side, side, self._files, most + 1])) > most:
            side *= 2
        return PlaceCounts(
            side, {(_cell_centre(west, side), _cell_centre(south, side)): rows for west, south, rows in found}
        )

    def count_by_codes(
        self, columns: Sequence[str], where: Sequence[Condition] = (), also: Sequence[Condition] = ()
    ) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
        """The rows that meet every condition of `where`, by the codes in `columns`, sorted by them; an empty cell is an empty code.

        For each group the number of its rows, then of those that also meet each of `also`. Only `field` and `is_in` of a condition count;
        without values it holds for every cell that is not empty.
        """
        values: list[object] = []
        counts = ["count(*)", *(f"count(*) FILTER ({_condition(one, values)})" for one in also)]
        values.append(self._files)
        keys = [f"coalesce(CAST({quote_column(name)} AS VARCHAR), '')" for name in columns]
        conditions = " AND ".join(["TRUE", *(_condition(one, values) for one in where)])
        places = ", ".join(str(place + 1) for place in range(len(keys)))
        grouped = f" GROUP BY {places} ORDER BY {places}" if keys else ""
        query = f"SELECT {', '.join([*keys, *counts])} FROM read_parquet(?) WHERE {conditions}{grouped}"
        found = self._query(query, values)
        return [(row[: len(keys)], row[len(keys) :]) for row in found]


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


def write_cell(value: object, kind: str) -> str:
    """The value as it stands in the released CSV file; `kind` is the type of its field. Source: `warehouse/canonical.py`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _write_number(value)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return str(value).rjust(_YEAR_DIGITS, "0") if kind == "year" else str(value)


def quote_column(name: str) -> str:
    """The name of a column in SQL; any content stays a single name."""
    return '"' + name.replace('"', '""') + '"'


def _condition(one: Condition, values: list[object]) -> str:
    """SQL of a condition on the text of a cell; its values are added to `values` in their order."""
    text = f"coalesce(CAST({quote_column(one.field)} AS VARCHAR), '')"
    if not one.is_in:
        return f"{text} <> ''"
    values += [str(value) for value in one.is_in]
    return f"{text} IN ({', '.join('?' for _ in one.is_in)})"


def _write_number(value: float) -> str:
    if not isfinite(value):
        return "NaN" if isnan(value) else "INF" if value > 0 else "-INF"
    return format(Decimal(repr(value + 0.0)), "f").removesuffix(".0")


def _cell_centre(cell: int, side: float) -> float:
    return round((cell + 0.5) * side, 4)


def _shorten_cell(cell: str) -> str:
    return cell if len(cell) <= CELL_LIMIT else cell[: CELL_LIMIT - 1] + "…"
