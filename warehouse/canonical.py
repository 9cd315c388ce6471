"""Canonical rows: one row order and one spelling of every value, independent of the library that writes them.

Holds sorting, spelling, and the digest that is equal for two equal states of a dataset. Not here: file formats
(`warehouse/distributions.py`), or which fields are public (`warehouse/package.py`).

Spelling: numbers in the fewest digits that read back the same, without exponent and without `.0` on whole numbers; `NaN`,
`INF`, `-INF`; `true`, `false`; ISO dates; times with a fraction only if it is not zero. Source: Table Schema, default formats.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isnan
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LARGEST_EXACT = 10**15  # whole numbers below it have no exponent and convert to int64 without loss


def sort_rows(table: pa.Table, key: Sequence[str]) -> pa.Table:
    """Sort the rows by `key`, then by every other column; text is compared by bytes, nulls come last."""
    names = [*(name for name in key if name in table.column_names), *(n for n in table.column_names if n not in key)]
    return table.sort_by([(name, "ascending") for name in names]) if names else table


def to_canonical_text(table: pa.Table, schema: Mapping[str, Any]) -> pa.Table:
    """Return every column as canonical text, in the order of the schema's fields; null stays null."""
    fields = schema["fields"]
    return pa.table({f["name"]: _column_text(table.column(f["name"]), f["type"]) for f in fields})


def canonical_digest(table: pa.Table, schema: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of the schema and the rows in canonical order and spelling; independent of library versions."""
    key = schema.get("primaryKey", [])
    rows = to_canonical_text(sort_rows(table.select([f["name"] for f in schema["fields"]]), key), schema)
    whole = hashlib.sha256(json.dumps(schema, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    for column in rows.columns:
        whole.update(_column_digest(column))
    return whole.hexdigest()


def _column_digest(column: pa.ChunkedArray) -> bytes:
    """Hash the byte lengths of a text column's values (int32, little-endian; null: -1) and, separately, their bytes."""
    lengths, contents = hashlib.sha256(), hashlib.sha256()
    for chunk in column.chunks:
        if len(chunk):
            lengths.update(_int32_view(pc.fill_null(pc.binary_length(chunk), pa.scalar(-1, pa.int32()))))
            contents.update(_utf8_view(pc.fill_null(chunk, "")))
    return lengths.digest() + contents.digest()


def _int32_view(lengths: pa.Array) -> memoryview:
    data = memoryview(lengths.buffers()[1])
    return data[4 * lengths.offset : 4 * (lengths.offset + len(lengths))]


def _utf8_view(values: pa.Array) -> memoryview:
    _, offsets, data = values.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[values.offset] : ends[values.offset + len(values)]] if data else memoryview(b"")


def _column_text(column: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    if pa.types.is_floating(column.type):
        return _number_text(column)
    text = column.cast(pa.string())
    if pa.types.is_timestamp(column.type) or pa.types.is_time(column.type):
        return pc.replace_substring_regex(pc.replace_substring(text, " ", "T"), r"\.0+$", "")
    return pc.utf8_lpad(text, 4, "0") if kind == "year" else text


def _number_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    whole = pc.and_(pc.less(pc.abs(column), LARGEST_EXACT), pc.equal(column, pc.trunc(column)))
    integers = pc.cast(pc.cast(pc.if_else(whole, column, None), pa.int64()), pa.string())
    shortest = pc.cast(column, pa.string())
    odd = pc.unique(shortest.filter(pc.match_substring_regex(shortest, "[a-zA-Z]")))
    written = pa.array([_format_positional(value) for value in odd.to_pylist()], pa.string())
    positional = pc.take(written, pc.index_in(shortest, value_set=odd))
    return pc.coalesce(integers, positional, shortest)


def _format_positional(shortest: str) -> str:
    """Write a number without exponent (`1e-07` becomes `0.0000001`); `NaN`, `INF` and `-INF` as in Table Schema."""
    value = float(shortest)
    if isnan(value):
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "INF" if value > 0 else "-INF"
    return format(Decimal(shortest), "f")
