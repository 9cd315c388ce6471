"""Canonical rows: one row order and one spelling of every value, independent of the library that writes them.

Holds sorting, spelling, and the digest that is equal for two equal states of a dataset. Not here: file formats
(`warehouse/distributions.py`), or which fields are public (`warehouse/releases/package.py`).

Spelling: numbers in the fewest digits that read back the same, without exponent and without `.0` on whole numbers; `NaN`,
`INF`, `-INF`; `true`, `false`; ISO dates; times with a fraction only if it is not zero. Source: Table Schema, default formats.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isnan
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

LARGEST_EXACT = 10**15  # whole numbers below it have no exponent and convert to int64 without loss


def sort_rows(table: pa.Table, key: Sequence[str]) -> pa.Table:
    """Sorts the rows by `key`, then by every other column; text is compared by bytes, nulls come last."""
    names = [*(name for name in key if name in table.column_names), *(n for n in table.column_names if n not in key)]
    return table.sort_by([(name, "ascending") for name in names]) if names else table


def to_canonical_text(table: pa.Table, schema: Mapping[str, Any]) -> pa.Table:
    """Returns every column as canonical text, in the order of the schema's fields; null stays null."""
    fields = schema["fields"]
    return pa.table({f["name"]: spell_column(table.column(f["name"]), f["type"]) for f in fields})


def spell_column(column: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    """Returns the cells of one column, whose field has that type, as canonical text; null stays null."""
    if pa.types.is_floating(column.type):
        return _number_text(column)
    text = column.cast(pa.string())
    if pa.types.is_timestamp(column.type) or pa.types.is_time(column.type):
        return pc.replace_substring_regex(pc.replace_substring(text, " ", "T"), r"\.0+$", "")
    return pc.utf8_lpad(text, 4, "0") if kind == "year" else text


def canonical_digest(table: pa.Table, schema: Mapping[str, Any]) -> str:
    """Returns the hex SHA-256 of the schema and the rows in canonical order and spelling; independent of library versions."""
    key = schema.get("primaryKey", [])
    rows = to_canonical_text(sort_rows(table.select([f["name"] for f in schema["fields"]]), key), schema)
    digest = RowDigest(schema)
    for place, column in enumerate(rows.columns):
        for chunk in column.chunks:
            digest.add_cells(place, view_cells(chunk, None))
    return digest.read_digest()


class CellBytes(NamedTuple):
    """Some cells of one column as they are hashed: the byte lengths (int32, little-endian; null: -1), and the bytes."""

    lengths: memoryview
    contents: memoryview


class RowDigest:
    """The digest of a state of a dataset, computed incrementally from its columns in canonical order and spelling."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        text = json.dumps(schema, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        self._schema = text.encode()
        self._columns = [(hashlib.sha256(), hashlib.sha256()) for _ in schema["fields"]]

    def add_cells(self, column: int, cells: CellBytes) -> None:
        """Adds the next cells of that column, counted from 0 in the order of the schema."""
        lengths, contents = self._columns[column]
        lengths.update(cells.lengths)
        contents.update(cells.contents)

    def read_digest(self) -> str:
        """Returns the digest of what was added so far."""
        whole = hashlib.sha256(self._schema)
        for lengths, contents in self._columns:
            whole.update(lengths.digest() + contents.digest())
        return whole.hexdigest()


def view_cells(texts: pa.StringArray, places: pa.Array | None) -> CellBytes:
    """Returns the bytes to hash for a column: those of the texts, or, with `places`, of the texts at these positions."""
    lengths = pc.fill_null(pc.binary_length(texts), pa.scalar(-1, pa.int32()))
    contents = pc.fill_null(texts, "")
    if places is not None:
        lengths, contents = lengths.take(places), contents.take(places)
    return CellBytes(_int32_view(lengths), view_text(contents))


def _int32_view(lengths: pa.Array) -> memoryview:
    if not len(lengths):
        return memoryview(b"")
    data = memoryview(lengths.buffers()[1])
    return data[4 * lengths.offset : 4 * (lengths.offset + len(lengths))]


def view_text(values: pa.StringArray) -> memoryview:
    """Returns the bytes of all texts, one after the other; there must be no nulls."""
    if not len(values):
        return memoryview(b"")
    _, offsets, data = values.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[values.offset] : ends[values.offset + len(values)]] if data else memoryview(b"")


def _number_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    whole = pc.and_(pc.less(pc.abs(column), LARGEST_EXACT), pc.equal(column, pc.trunc(column)))
    integers = pc.cast(pc.cast(pc.if_else(whole, column, None), pa.int64()), pa.string())
    shortest = pc.cast(column, pa.string())
    odd = pc.unique(shortest.filter(pc.match_substring_regex(shortest, "[a-zA-Z]")))
    written = pa.array([_format_positional(value) for value in odd.to_pylist()], pa.string())
    positional = pc.take(written, pc.index_in(shortest, value_set=odd))
    return pc.coalesce(integers, positional, shortest)


def _format_positional(shortest: str) -> str:
    """Writes a number without exponent (`1e-07` becomes `0.0000001`); `NaN`, `INF` and `-INF` as in Table Schema."""
    value = float(shortest)
    if isnan(value):
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "INF" if value > 0 else "-INF"
    return format(Decimal(shortest), "f")
