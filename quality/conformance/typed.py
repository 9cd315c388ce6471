"""Typed Arrow columns out of the pass that judges: what a column is kept as, and values that frictionless read put into it.

The types are those of the platform's one table of types: composite types stay the text that was handed in. Not here: the
casts that make most values (`predicates.py`), and writing them anywhere.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import isfinite, nan
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from frictionless import Field

from quality.conformance.buffers import Bools, bitmap, only, strings

BEIJING = timezone(timedelta(hours=8), "UTC+8")
"""Times with an offset are kept as the wall clock there."""
INT64 = range(-(2**63), 2**63)
_KEPT = {
    "integer": pa.int64(),
    "year": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "time": pa.time64("us"),
}


def kept_as(field: Field) -> pa.DataType:
    """The Arrow type of the field's column; text for whatever has no column of its own."""
    kept: pa.DataType = _KEPT.get(field.type, pa.string())
    return kept


def stored(value: object, text: str | None, kept: pa.DataType) -> Any:  # noqa: ANN401 - any Arrow value
    """The value as the column holds it; None if there is none, or if the column is too small for it.

    Limits: integers of 64 bits, numbers up to 1.8e308, times that lie in the years 1 to 9999 once they are Beijing time.
    """
    if value is None or pa.types.is_string(kept):
        return None if value is None else text
    try:
        return _stored(value, kept)
    except OverflowError:
        return None


def _stored(value: Any, kept: pa.DataType) -> Any:  # noqa: ANN401 - frictionless's values are of many types
    if kept == pa.int64():
        return value if value in INT64 else None
    if kept == pa.float64():
        return _double(Decimal(value))
    if isinstance(value, datetime):
        return _local(value)
    if isinstance(value, time):
        return _local(datetime.combine(date(2000, 1, 1), value)).time()
    return value


def _double(exact: Decimal) -> float | None:
    if exact.is_nan():  # a signalling one would stop float()
        return nan
    number = float(exact)
    return number if isfinite(number) or exact.is_infinite() else None


def _local(at: datetime) -> datetime:
    return at if at.tzinfo is None else at.astimezone(BEIJING).replace(tzinfo=None)


def column_of(values: Sequence[Any], kept: pa.DataType) -> pa.Array:
    """Stored values as an array."""
    if pa.types.is_string(kept):
        return strings(values)
    return pa.array(values, kept)


def texts_but(text: pa.StringArray, missing: Bools | None, gone: Sequence[int]) -> pa.StringArray:
    """The cells as they are, null where missing or at the places that have no value; nothing is copied."""
    if missing is None and not gone:
        return text
    there = np.ones(len(text), np.bool_) if missing is None else ~missing
    there[gone] = False
    return only(text, there)


def with_values(column: pa.Array, values: Mapping[int, Any]) -> pa.Array:
    """The column with stored values put into their places."""
    if not values:
        return column
    where = np.zeros(len(column), np.bool_)
    where[list(values)] = True
    return pc.replace_with_mask(column, bitmap(where), column_of([values[at] for at in sorted(values)], column.type))
