"""Text that conforms, turned into values: plain spellings in one Arrow cast, the odd ones as frictionless reads them.

Here: one column at a time. Not here: whether a cell conforms (`quality/conformance`), nor which type a field has
(`warehouse/types.py`). Source of each reader: frictionless-py 5.21 `fields/<type>.py`; a property test holds them together.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import isinf
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from dateutil.parser import isoparse

from schemas.errors import ContractError
from schemas.text import Text

BEIJING = timezone(timedelta(hours=8), "UTC+8")
TRUE_VALUES = ("true", "True", "TRUE", "1")
FALSE_VALUES = ("false", "False", "FALSE", "0")
INT64 = range(-(2**63), 2**63)

Reader = Callable[[str], Any]

_NOT_BARE = re.compile(r"((^[^-\d]*)|(\D*$))")
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
# Spellings that Arrow and frictionless read alike; 15 digits keep a number exact on both roads.
_PLAIN_INTEGER = r"^-?[0-9]{1,18}$"
_PLAIN_NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"
_PLAIN_YEAR = r"^[0-9]{4}$"
_PLAIN_DATE = rf"^{_DAY}$"
_PLAIN_DATETIME = rf"^{_DAY}[T ]{_CLOCK}$"
_NEVER = r"[^\s\S]"


def cast(cells: pa.ChunkedArray, to: pa.DataType, field: Mapping[str, Any], missing: list[str]) -> pa.ChunkedArray:
    """The column as `to`, missing values as null. ValueError or OverflowError quotes a cell that cannot be read."""
    cells = _without(cells, missing)
    if pa.types.is_string(to):
        return cells
    if pa.types.is_boolean(to):
        return _booleans(cells, field)
    plain, reader = _reading(field)
    easy = pc.match_substring_regex(cells, plain)
    # Arrow casts no text to a time of day; whatever has no plain spelling is read one distinct cell at a time.
    fast = pa.nulls(len(cells), to) if plain == _NEVER else pc.cast(pc.if_else(easy, cells, None), to)
    odd = pc.unique(cells.filter(pc.invert(easy)))
    if not len(odd):
        return pa.chunked_array([fast]) if isinstance(fast, pa.Array) else fast
    values = pa.array([_quoting(reader, cell) for cell in odd.to_pylist()], to)
    slow = pc.take(values, pc.index_in(cells, value_set=odd))
    return pc.coalesce(fast, slow)


def overflowing(cells: pa.ChunkedArray, to: pa.DataType, field: Mapping[str, Any], missing: list[str]) -> list[str]:
    """The distinct cells that are values of the field but too large for `to`; a cell that is no value is passed over."""
    if pa.types.is_string(to) or pa.types.is_boolean(to):
        return []
    plain, reader = _reading(field)
    cells = _without(cells, missing)
    odd = pc.unique(cells.filter(pc.invert(pc.match_substring_regex(cells, plain))))
    return [cell for cell in odd.to_pylist() if _overflows(reader, cell)]


def _without(cells: pa.ChunkedArray, missing: list[str]) -> pa.ChunkedArray:
    gone = pc.is_in(cells, value_set=pa.array(missing, pa.string()))
    return pc.if_else(gone, pa.scalar(None, pa.string()), cells)


def _booleans(cells: pa.ChunkedArray, field: Mapping[str, Any]) -> pa.ChunkedArray:
    true = pc.is_in(cells, value_set=pa.array(field.get("trueValues", TRUE_VALUES), pa.string()))
    false = pc.is_in(cells, value_set=pa.array(field.get("falseValues", FALSE_VALUES), pa.string()))
    neither = pc.invert(pc.or_(pc.or_(true, false), pc.is_null(cells)))
    if pc.any(neither).as_py():
        raise ValueError(repr(cells.filter(neither)[0].as_py()))
    # A word in both lists is false: frictionless writes the false ones into its mapping last.
    return pc.if_else(pc.is_null(cells), pa.scalar(None, pa.bool_()), pc.invert(false))


def _reading(field: Mapping[str, Any]) -> tuple[str, Reader]:
    """The plain spelling of the field, and the reader of everything else."""
    pattern = field.get("format", "default")
    plain: str
    default: Reader
    match field["type"]:
        case "integer":
            return _PLAIN_INTEGER, lambda cell: _integer(cell, bare=field.get("bareNumber", True))
        case "number":
            marked = "groupChar" in field or field.get("decimalChar", ".") != "."
            return _NEVER if marked else _PLAIN_NUMBER, lambda cell: _number(cell, field)
        case "year":
            return _PLAIN_YEAR, int
        case "date":
            plain, default = _PLAIN_DATE, _date
        case "datetime":
            plain, default = _PLAIN_DATETIME, _datetime
        case _:
            plain, default = _NEVER, _time
    if pattern == "any":
        raise ContractError(
            Text(
                zh=f"字段 {field['name']} 的 format 为 any，缺少的部分会取自今天；请写明 strptime 格式",
                en=f"{field['name']} has the format any, which fills gaps from today; write a strptime pattern",
            )
        )
    return (plain, default) if pattern == "default" else (_NEVER, _by_pattern(field["type"], pattern))


def _integer(cell: str, *, bare: bool) -> int:
    cell = cell.strip()
    value = int(cell if bare else _NOT_BARE.sub("", cell))
    if value not in INT64:
        raise OverflowError(cell)
    return value


def _number(cell: str, field: Mapping[str, Any]) -> float:
    digits = cell.strip()
    if not field.get("bareNumber", True):
        digits = _NOT_BARE.sub("", digits)
    digits = digits.replace(field.get("groupChar", ""), "") if field.get("groupChar") else digits
    digits = digits.replace(field.get("decimalChar", "."), ".")
    exact = Decimal(digits)
    value = float("nan") if exact.is_nan() else float(exact)
    if isinf(value) and not exact.is_infinite():
        raise OverflowError(cell)
    return value


def _date(cell: str) -> date:
    return datetime.strptime(cell, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone


def _datetime(cell: str) -> datetime:
    return _local(isoparse(cell))


def _time(cell: str) -> time:
    return _local(isoparse(f"2000-01-01T{cell}")).time()


def _by_pattern(kind: str, pattern: str) -> Reader:
    def read(cell: str) -> date | datetime | time:
        at = datetime.strptime(cell, pattern)  # noqa: DTZ007 - the pattern decides about the zone
        if kind == "date":
            return at.date()
        return _local(at) if kind == "datetime" else _local(at.replace(2000, 1, 1)).time()

    return read


def _local(at: datetime) -> datetime:
    """Beijing wall clock; without an offset it already is."""
    return at if at.tzinfo is None else at.astimezone(BEIJING).replace(tzinfo=None)


def _quoting(reader: Reader, cell: str) -> Any:  # noqa: ANN401 - whatever the field's reader gives
    try:
        return reader(cell)
    except (ValueError, ArithmeticError) as wrong:
        raise (OverflowError if isinstance(wrong, OverflowError) else ValueError)(repr(cell[:80])) from wrong


def _overflows(reader: Reader, cell: str) -> bool:
    try:
        reader(cell)
    except OverflowError:
        return True
    except (ValueError, ArithmeticError):
        return False
    return False
