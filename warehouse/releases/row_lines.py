"""Rows of a release as lines of CSV and as features of GeoJSON, for one batch at a time: bytes as they stand in the file.

The same rows give the same bytes, however they are cut into batches. CSV: a null is an empty cell, an empty text is `""`, and other cells
are quoted only where DuckDB's writer would quote them, which writes the small tables of a release (`warehouse/distributions.py`).
GeoJSON: RFC 7946. Not here: heads and ends of the files, and writing them (`row_files.py`).
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.policy import Coordinates
from warehouse.canonical import view_text
from warehouse.releases.cell_texts import CellTexts, ColumnGroup, RowTexts

_QUOTED = '[",#\r\n]'
_ESCAPED = r'["\\\x00-\x1f]'
_LAST_SPECIAL, _BACKSLASH = ord(","), ord("\\")
"""What `_QUOTED` and `_ESCAPED` match is a backslash, or not behind the comma in ASCII."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
FEATURE_GAP = b",\n"
"""What stands before every feature but the first."""
JOINED = 1_024
"""Rows whose bytes are made at a time. Source: measured; those of 5,120 rows leave the caches of a processor and take five times as long."""


def to_json(value: object) -> str:
    """Returns a value as JSON without blanks."""
    return _ENCODER.encode(value)


def write_csv_header(names: Sequence[str]) -> bytes:
    """Returns the header line."""
    return (",".join(_csv_cells(pa.array(names, pa.string())).to_pylist()) + "\n").encode()


class RowLines(NamedTuple):
    """The lines, or features, of some rows before they are joined. A piece is a text for each row, or one text for all rows."""

    pieces: Sequence[RowTexts | str]
    rows: int

    def join_rows(self) -> Iterator[memoryview]:
        """Yields the bytes of the rows, `JOINED` at a time."""
        for first in range(0, self.rows, JOINED):
            texts = [piece if isinstance(piece, str) else piece.take_rows(first, JOINED) for piece in self.pieces]
            yield view_text(_join(texts, ""))


def write_csv_lines(groups: Sequence[ColumnGroup], rows: int) -> RowLines:
    """Returns the lines of a batch; `groups`: all columns; `rows`: number of rows."""
    pieces = [piece for group in groups for piece in (",", group.write_rows(_write_csv_cells))]
    return RowLines([*pieces[1:], "\n"], rows)


def write_features(groups: Sequence[ColumnGroup], rows: int, key: Sequence[str], at: Coordinates) -> RowLines:
    """Returns the features of a batch, `FEATURE_GAP` before each; a row without coordinates has a null geometry.

    `groups`: all columns, the coordinates in groups of their own. `rows`: number of rows. `key`: the primary key; if it is one column, it
    becomes the `id` too. `at`: the names of the coordinate fields.
    """
    lon, lat = (_find_column(groups, name).take_rows(0, rows) for name in (at.lon, at.lat))
    placed = pc.and_(pc.not_equal(lon, "null"), pc.not_equal(lat, "null"))
    point = _join(['{"type":"Point","coordinates":[', lon, ",", lat, "]}"], "")
    geometry = RowTexts(pc.if_else(placed, point, "null"), None)
    own: list[RowTexts | str] = [',"id":', _find_column(groups, key[0])] if len(key) == 1 else []
    start = FEATURE_GAP.decode() + '{"type":"Feature"'
    named = [group for group in groups if group.columns[0].name not in {at.lon, at.lat}]
    first = named[0].columns[0].name if named else ""
    properties = [group.write_rows(partial(_write_members, first)) for group in named]
    return RowLines([start, *own, ',"geometry":', geometry, ',"properties":{', *properties, "}}"], rows)


def _find_column(groups: Sequence[ColumnGroup], name: str) -> RowTexts:
    """Returns the values of one column as JSON."""
    group, at = next((g, at) for g in groups for at, column in enumerate(g.columns) if column.name == name)
    return group.write_rows(lambda columns: columns[at].write_rows(_json_cells))


def _write_csv_cells(columns: Sequence[CellTexts]) -> pa.StringArray:
    return _join([column.write_rows(lambda one: _csv_cells(one.texts)) for column in columns], ",")


def _write_members(first: str, columns: Sequence[CellTexts]) -> pa.StringArray:
    """Returns the members `,"name":value` of these columns, one text per combination; the column `first` has no comma before it."""
    parts: list[object] = []
    for column in columns:
        comma = "" if column.name == first else ","
        parts += [f"{comma}{to_json(column.name)}:", column.write_rows(_json_cells)]
    return _join(parts, "")


def _json_cells(column: CellTexts) -> pa.StringArray:
    """Returns the texts as JSON values. Empty cells become null, and so do NaN and infinity, which JSON does not have."""
    kind, texts = column.kind, column.texts
    if pa.types.is_floating(kind):
        return pc.fill_null(pc.if_else(pc.match_substring_regex(texts, "[A-Z]"), None, texts), "null")
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return pc.fill_null(texts, "null")
    quoted = _join(['"', texts, '"'], "")
    if not _is_plain(texts) and pc.any(odd := pc.match_substring_regex(texts, _ESCAPED)).as_py():
        escaped = pa.array([to_json(text) for text in texts.filter(odd).to_pylist()], pa.string())
        quoted = pc.replace_with_mask(quoted, pc.fill_null(odd, False), escaped)
    return pc.fill_null(quoted, "null")


def _csv_cells(texts: pa.StringArray) -> pa.StringArray:
    odd = pc.equal(texts, "")
    if not _is_plain(texts):
        odd = pc.or_(odd, pc.match_substring_regex(texts, _QUOTED))
    if pc.any(odd).as_py():
        quoted = _join(['"', pc.replace_substring(texts.filter(odd), '"', '""'), '"'], "")
        texts = pc.replace_with_mask(texts, pc.fill_null(odd, False), quoted)
    return pc.fill_null(texts, "")


def _is_plain(texts: pa.StringArray) -> bool:
    """Whether no text has a character that JSON escapes or that makes CSV quote. All bytes are searched at once, ten times faster than text by text."""
    contents = np.frombuffer(view_text(texts), np.uint8)
    return not ((contents <= _LAST_SPECIAL) | (contents == _BACKSLASH)).any()


def _join(parts: Sequence[object], between: str) -> pa.StringArray:
    if len(parts) == 1 and isinstance(parts[0], pa.Array):
        return parts[0]
    return pc.binary_join_element_wise(*parts, between)
