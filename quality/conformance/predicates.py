"""From a Table Schema field to a predicate over a whole column, which may suspect a valid cell but never accepts an invalid one.

Arrow's casts check integers, numbers, dates and datetimes; RE2 checks patterns; offsets check lengths. For a field without a
predicate, frictionless reads every distinct text once. Not here: what is done with suspects (`prefilter.py`), and the
translation of patterns (`patterns.py`).

Source: frictionless-py 5.21 `fields/*.py` and `frictionless/schema/field.py`.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.conformance.buffers import (
    Bools,
    cell_bytes,
    cell_offsets,
    find_cells,
    keep_only,
    to_mask,
    to_numpy,
    to_strings,
)
from quality.conformance.patterns import to_re2

if TYPE_CHECKING:
    from frictionless import Field

CASTS = 3
"""Casts of a column with one, two … wrong texts left out, before its cells are compared with a pattern, which takes four times as long."""
_NAMED = re.compile("'(.*?)'")
"""The text that Arrow could not cast, in its message."""
EPOCH = date(1970, 1, 1)
EXACT_DIGITS = 15
"""Decimals of at most this many digits that differ also differ as doubles."""

_DAY = (
    r"[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_SPELLINGS = {
    "integer": r"\A-?[0-9]{1,18}\z",
    "number": r"\A-?[0-9]{1,300}(?:\.[0-9]+)?\z",
    "date": rf"\A{_DAY}\z",
    "datetime": rf"\A{_DAY}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\z",
}
_CASTS = {"integer": pa.int64(), "number": pa.float64(), "date": pa.date32(), "datetime": pa.timestamp("us")}
COMPARE = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}


class ValidCells(NamedTuple):
    """`good`: certainly valid cells, None for all that are not missing; `values`: their values, where they were cast."""

    good: Bools | None
    values: pa.Array | None = None


class CellPredicate(Protocol):
    """A predicate that accepts cells of a column."""

    def find_valid_cells(self, text: pa.StringArray, missing: Bools | None) -> ValidCells:
        """Returns the certainly valid cells; for `missing` ones (None: there are none) the result is undefined."""


@dataclass(frozen=True)
class TextPredicate:
    """A predicate for texts: any text, or texts of one pattern, between two lengths in characters."""

    pattern: str | None = None
    shortest: int = 0
    longest: int | None = None

    def find_valid_cells(self, text: pa.StringArray, missing: Bools | None) -> ValidCells:  # noqa: ARG002 - see CellPredicate
        """See `CellPredicate`; `values` are not made."""
        good = self._check_length(text)
        if self.pattern is not None:
            matching = to_mask(pc.match_substring_regex(text, self.pattern))
            good = matching if good is None else good & matching
        return ValidCells(good)

    def _check_length(self, text: pa.StringArray) -> Bools | None:
        size = np.diff(cell_offsets(text))
        # A character has one to four bytes: most columns are accepted without counting characters.
        long_enough = not self.shortest or size.min(initial=4 * self.shortest) >= 4 * self.shortest
        if long_enough and (self.longest is None or size.max(initial=0) <= self.longest):
            return None
        characters = to_numpy(pc.utf8_length(text))
        good: Bools = characters >= self.shortest
        return good if self.longest is None else good & (characters <= self.longest)


class ValueBound(NamedTuple):
    """`compare(value, limit)` holds for valid values; the limit is a number in the unit of the cast's type."""

    compare: Callable[[Any, Any], Any]
    limit: float


@dataclass(frozen=True)
class ValuePredicate:
    """A predicate for texts that one of Arrow's casts reads as frictionless does, with values between bounds."""

    kind: str
    bounds: tuple[ValueBound, ...] = ()

    def find_valid_cells(self, text: pa.StringArray, missing: Bools | None) -> ValidCells:
        """See `CellPredicate`; `values` are null where a cell is missing or suspect."""
        values = None
        if self.kind != "datetime":
            good, values = self._cast_plain_cells(text, _find_plain_bytes(text, self.kind, missing))
        if values is None:
            good = to_mask(pc.match_substring_regex(text, _SPELLINGS[self.kind]))
            good = good if missing is None else good & ~missing
            values = keep_only(text, good).cast(_CASTS[self.kind])
        within = self._check_bounds(values, text)
        if within is not None:
            good = within if good is None else good & within
        return ValidCells(good, values)

    def _cast_plain_cells(self, text: pa.StringArray, good: Bools | None) -> tuple[Bools | None, pa.Array | None]:
        """Casts all good cells at once, the cheapest check, and returns those that are still good; no values if too many are not."""
        for _ in range(CASTS):
            try:
                values = keep_only(text, good).cast(_CASTS[self.kind])
            except pa.ArrowInvalid as wrong:
                # Arrow's error has the text of the cell, not its position. Passing a plain Python text as an argument would import pandas.
                other = ~to_mask(pc.is_in(text, value_set=to_strings(_NAMED.findall(str(wrong)))))
                good = other if good is None else good & other
            else:
                return good, values if self._are_readable(values) else None
        return good, None

    def _are_readable(self, values: pa.Array) -> bool:
        """Returns whether all values are within what frictionless reads."""
        if self.kind == "integer":
            return True
        ends = pc.min_max(values.view(pa.int32()) if self.kind == "date" else values)
        low, high = ends["min"].as_py(), ends["max"].as_py()
        if low is None:
            return True
        return low >= _epoch_days(date.min) if self.kind == "date" else isfinite(low) and isfinite(high)

    def _check_bounds(self, values: pa.Array, text: pa.StringArray) -> Bools | None:
        """Returns which values are certainly inside the bounds; None if all are. The result at null positions is undefined."""
        if not self.bounds or values.null_count == len(values):
            return None
        found = to_numpy(values)
        inside = np.ones(len(values), np.bool_)
        for compare, limit in self.bounds:
            inside &= compare(found, limit)
            if self.kind == "number":
                # Rounding keeps order, so only a double equal to the bound may represent a decimal beyond it.
                inside &= (found != limit) | (np.diff(cell_offsets(text)) <= EXACT_DIGITS)
        return None if inside.all() else inside


def build_predicate(field: "Field") -> CellPredicate | None:
    """Returns the field's predicate; None if frictionless must read each distinct text."""
    rules = {name: field.constraints.get(name) for name in field.supported_constraints if name != "required"}
    rules = {name: limit for name, limit in rules.items() if limit is not None}
    if field.format != "default" or "enum" in rules:
        return None
    if field.type in {"string", "any"}:
        return _build_text_predicate(rules)
    if field.type not in _CASTS or _has_own_spelling(field):
        return None
    bounds = [_build_field_bound(field, name, limit) for name, limit in rules.items()]
    known = tuple(bound for bound in bounds if bound is not None)
    return ValuePredicate(field.type, known) if len(known) == len(bounds) else None


def _build_text_predicate(rules: dict[str, Any]) -> TextPredicate | None:
    pattern = to_re2(rules["pattern"]) if "pattern" in rules else None
    if "pattern" in rules and pattern is None:
        return None
    return TextPredicate(pattern, rules.get("minLength", 0), rules.get("maxLength"))


def _has_own_spelling(field: "Field") -> bool:
    if field.type == "number":
        return bool({"group_char", "decimal_char", "bare_number", "float_number"} & set(field.list_defined()))
    return field.type == "integer" and not field.bare_number


def _build_field_bound(field: "Field", name: str, given: object) -> ValueBound | None:
    """Returns None if the cast's type cannot tell on which side of the limit a value lies."""
    limit = field.create_value_reader()(given)
    return None if name not in COMPARE or limit is None else build_bound(field.type, name, limit)


def build_bound(kind: str, name: str, limit: Any) -> ValueBound | None:  # noqa: ANN401 - values are of many types
    """Returns the bound that a constraint sets to values of type `kind`; None if the cast's type cannot decide it."""
    number: float | None = None
    if kind == "integer":
        number = limit if abs(limit) < 2**63 else None
    elif kind == "number":
        exact = Decimal(str(limit))
        short = exact.is_finite() and len(exact.as_tuple().digits) <= EXACT_DIGITS
        number = float(exact) if short and abs(exact.adjusted()) <= EXACT_DIGITS else None
    elif kind == "date":
        number = _epoch_days(limit)
    elif limit.tzinfo is None:
        number = epoch_microseconds(limit)
    return None if number is None else ValueBound(COMPARE[name], number)


def _find_plain_bytes(text: pa.StringArray, kind: str, missing: Bools | None) -> Bools | None:
    """Returns the non-missing cells that hold only bytes of valid cells; None if all do."""
    data = cell_bytes(text)
    # The bytes of `-./0123456789` are consecutive.
    odd = (data - np.uint8(ord("-"))) > ord("9") - ord("-")
    if kind == "integer":
        odd |= (data == ord(".")) | (data == ord("/"))
    if not odd.any():
        return None if missing is None else ~missing
    good = np.ones(len(text), np.bool_) if missing is None else ~missing
    good[find_cells(text, np.flatnonzero(odd))] = False
    return good


def _epoch_days(day: date) -> int:
    return (day - EPOCH).days


def epoch_microseconds(at: datetime) -> int:
    """Returns the microseconds from the epoch to a time without zone."""
    return (at - datetime.combine(EPOCH, datetime.min.time())) // timedelta(microseconds=1)
