"""One column of a table in the prefilter: missing and suspect cells, typed values and key hashes.

Column types are those of `warehouse/types.py`, repeated here because packages may not import each other; composite types stay text. Not
here: rows, keys over the whole table (`keys.py`), the casts that make most values (`predicates.py`), frictionless's result for suspects
(`cell_error.py`), and writing the columns anywhere.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import isfinite, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.conformance import hashing
from quality.conformance.buffers import (
    Bools,
    Places,
    cell_offsets,
    keep_only,
    to_bitmap,
    to_mask,
    to_numpy,
    to_strings,
)
from quality.conformance.cell_error import CellRechecker, RecheckResult
from quality.conformance.predicates import CellPredicate, TextPredicate, build_predicate

if TYPE_CHECKING:
    from frictionless import Field

_NOTHING = RecheckResult(None, ())
"""The result for a cell that is missing and may be."""
FEW = 4
"""A column has few texts if each occurs in this many rows on average: checking each is then cheaper than a pattern."""


class ColumnResult(NamedTuple):
    """Result of the prefilter for one column of a batch. Positions count the batch's rows."""

    suspects: Places
    """Cells that frictionless must read; they include every cell with an error."""
    missing: Bools | None
    """None: no cell is missing."""
    values: pa.Array | None
    """In the column's storage type, null where missing or suspect; None if not requested, or if the text is kept."""
    coded: pa.DictionaryArray | None = None
    answers: Sequence[RecheckResult] = ()
    """One result for each text of `coded`."""


class ColumnCheck:
    """Check of column `index` of a table, for all its batches."""

    def __init__(self, index: int, field: "Field", rechecker: CellRechecker, *, typed: bool) -> None:
        self._index, self._rechecker, self._typed = index, rechecker, typed
        self.name = field.name
        self.kept = storage_type(field)
        self.required = bool(field.constraints.get("required"))
        self._predicate: CellPredicate | None = build_predicate(field)
        self._many = False
        """Whether a batch had many texts: distinct texts are then no longer counted."""
        self._declared = declared = _missing_values(field)
        self.blank_is_missing = "" in declared
        self._marks = to_strings(sorted(declared)) if declared - {""} else None
        # Texts that are their own value are hashed as text, but not for fields whose texts another reader may refuse.
        self._own_value = field.type in {"string", "any"} and field.format == "default"

    def check_cells(self, text: pa.StringArray, absent: Bools | None) -> ColumnResult:
        """Checks the cells of a batch; `absent` cells do not exist and are missing whatever the schema declares."""
        missing = self._find_missing(text, absent)
        predicate = self._predicate
        coded = text.dictionary_encode() if self._may_have_few_texts() else None
        if predicate is None or (coded is not None and len(coded.dictionary) * FEW < len(text)):
            return self._check_distinct_texts(text, coded, missing, absent)
        self._many = True
        good, values = predicate.find_valid_cells(text, missing)
        return ColumnResult(self._find_suspects(good, missing), missing, values)

    def _may_have_few_texts(self) -> bool:
        predicate = self._predicate
        patterned = isinstance(predicate, TextPredicate) and predicate.pattern is not None
        return predicate is None or (patterned and not self._many)

    def _find_missing(self, text: pa.StringArray, absent: Bools | None) -> Bools | None:
        missing = None
        if self._marks is not None:
            missing = to_mask(pc.is_in(text, value_set=self._marks))
        elif self.blank_is_missing:
            places = cell_offsets(text)
            missing = places[1:] == places[:-1]
        if absent is not None:
            missing = absent if missing is None else missing | absent
        return missing if missing is not None and missing.any() else None

    def _find_suspects(self, good: Bools | None, missing: Bools | None) -> Places:
        none = np.empty(0, np.int64)
        if good is None:
            return np.flatnonzero(missing) if self.required and missing is not None else none
        if missing is not None:
            good = good & ~missing if self.required else good | missing
        return np.flatnonzero(~good)

    def _check_distinct_texts(
        self, text: pa.StringArray, coded: pa.DictionaryArray, missing: Bools | None, absent: Bools | None
    ) -> ColumnResult:
        """Checks every distinct text once, for fields without a predicate and columns with few distinct texts."""
        answers = self._judge_texts(coded.dictionary)
        codes = to_numpy(coded.indices)
        bad = np.array([bool(answer.errors) for answer in answers], np.bool_)
        suspect = bad[codes] if bad.any() else np.zeros(len(text), np.bool_)
        if absent is not None:
            suspect = suspect | absent if self.required else suspect & ~absent
        values = self._read_values(text, coded, answers, absent) if self._typed else None
        return ColumnResult(np.flatnonzero(suspect), missing, values, coded, answers)

    def _judge_texts(self, texts: pa.StringArray) -> list[RecheckResult]:
        """Returns the result for each text. A predicate of texts accepts those that are their own value; frictionless reads all others."""
        if not isinstance(self._predicate, TextPredicate):
            return [self._rechecker.recheck_cell(self._index, text) for text in texts.to_pylist()]
        good = self._predicate.find_valid_cells(texts, None).good
        accepted = [True] * len(texts) if good is None else good.tolist()
        return [self._judge_text(text, valid) for text, valid in zip(texts.to_pylist(), accepted, strict=True)]

    def _judge_text(self, text: str, accepted: bool) -> RecheckResult:
        if text in self._declared:
            return self._rechecker.recheck_cell(self._index, text) if self.required else _NOTHING
        return RecheckResult(text, ()) if accepted else self._rechecker.recheck_cell(self._index, text)

    def _read_values(
        self, text: pa.StringArray, coded: pa.DictionaryArray, answers: Sequence[RecheckResult], absent: Bools | None
    ) -> pa.Array:
        present = np.array([answer.value is not None for answer in answers], np.bool_)[to_numpy(coded.indices)]
        if pa.types.is_string(self.kept):
            return keep_only(text, _intersect_masks(present, None if absent is None else ~absent))
        cells = coded.dictionary.to_pylist()
        kept = [storable_value(answer.value, cell, self.kept) for answer, cell in zip(answers, cells, strict=True)]
        values = build_column(kept, self.kept).take(coded.indices)
        return values if absent is None else pc.if_else(to_bitmap(~absent), values, None)

    def hash_cells(self, text: pa.StringArray, result: ColumnResult, suspects: Mapping[int, Any]) -> hashing.Hashes:
        """Returns the hashes of the values; `suspects` are the values that frictionless read, by position."""
        if self._own_value:
            return hashing.hash_texts(text, result.missing)
        if result.coded is not None:
            distinct = hashing.hash_distinct_values([answer.value for answer in result.answers])
            hashed: hashing.Hashes = distinct[to_numpy(result.coded.indices)]
            hashed[slice(0) if result.missing is None else result.missing] = hashing.NO_VALUE
        else:
            hashed = hashing.hash_typed_values(result.values, result.missing)
            places = np.fromiter(suspects, np.int64, len(suspects))
            hashed[places] = hashing.hash_read_values(list(suspects.values()), self.kept)
        return hashed


def _missing_values(field: "Field") -> set[str]:
    own = field.has_defined("missing_values") or not field.schema
    return set(field.missing_values if own else field.schema.missing_values)


def _intersect_masks(one: Bools | None, other: Bools | None) -> Bools | None:
    return other if one is None else one if other is None else one & other


BEIJING = timezone(timedelta(hours=8), "UTC+8")
"""Times with an offset are stored as local time in this zone."""
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


def storage_type(field: "Field") -> pa.DataType:
    """Returns the Arrow type of the field's column; string for types without a column type of their own."""
    kept: pa.DataType = _KEPT.get(field.type, pa.string())
    return kept


def storable_value(value: object, text: str | None, kept: pa.DataType) -> Any:  # noqa: ANN401 - any Arrow value
    """Returns the value as the column stores it; None if there is no value, or the column cannot hold it.

    Limits: 64-bit integers, numbers up to 1.8e308, times within the years 1 to 9999 after conversion to Beijing time.
    """
    if value is None or pa.types.is_string(kept):
        return None if value is None else text
    try:
        return _convert_for_storage(value, kept)
    except OverflowError:
        return None


def _convert_for_storage(value: Any, kept: pa.DataType) -> Any:  # noqa: ANN401 - frictionless's values are of many types
    if kept == pa.int64():
        return value if value in INT64 else None
    if kept == pa.float64():
        return _exact_double(Decimal(value))
    if isinstance(value, datetime):
        return _naive_datetime(value)
    if isinstance(value, time):
        return _naive_datetime(datetime.combine(date(2000, 1, 1), value)).time()
    return value


def _exact_double(exact: Decimal) -> float | None:
    if exact.is_nan():  # float() raises on a signalling NaN
        return nan
    number = float(exact)
    return number if isfinite(number) or exact.is_infinite() else None


def _naive_datetime(at: datetime) -> datetime:
    return at if at.tzinfo is None else at.astimezone(BEIJING).replace(tzinfo=None)


def build_column(values: Sequence[Any], kept: pa.DataType) -> pa.Array:
    """Returns stored values as an array."""
    if pa.types.is_string(kept):
        return to_strings(values)
    return pa.array(values, kept)


def mask_texts(text: pa.StringArray, missing: Bools | None, masked: Sequence[int]) -> pa.StringArray:
    """Returns the cells, null where missing or at the positions `gone`, which have no value; nothing is copied."""
    if missing is None and not masked:
        return text
    present = np.ones(len(text), np.bool_) if missing is None else ~missing
    present[masked] = False
    return keep_only(text, present)


def replace_values(column: pa.Array, values: Mapping[int, Any]) -> pa.Array:
    """Returns the column with the stored values put at their positions."""
    if not values:
        return column
    where = np.zeros(len(column), np.bool_)
    where[list(values)] = True
    return pc.replace_with_mask(
        column, to_bitmap(where), build_column([values[at] for at in sorted(values)], column.type)
    )
