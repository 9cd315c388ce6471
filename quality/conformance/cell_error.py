"""A fault: what frictionless has against a cell, a row, a label or a file, before words are found for it.

Here: the value, how frictionless's own errors become it, and the order in which faults are told. Not here: the sentences
(`messages.py`), and deciding whether anything is wrong.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from frictionless import Error, Field

_EARLIER = re.compile(r"at position (\d+)$")
_RANKS = {"extra-cell": 1, "missing-cell": 1, "unique-error": 2, "primary-key": 3, "foreign-key": 4}


class CellError(NamedTuple):
    """One error of frictionless's, whichever row it stands in: `type` is its own word. The same cell is the same fault."""

    type: str
    field: str | None = None
    value: str | None = None
    """What stands in the file there; of a key, its cells joined by ` / `."""
    note: str = ""
    """Frictionless's own words, where a sentence is made from them."""
    earlier: int | None = None
    """The row that holds the same key; None also if a primary key is empty."""
    position: int = 0
    """Which column, counted from 0."""
    fields: tuple[str, ...] = ()
    """The fields of a foreign key."""
    reference: str = ""
    """The table that a foreign key refers to."""


PlacedError = tuple[int, CellError]
"""A fault and where it is: the record's place in its batch, or its row."""


def error_order(fault: CellError) -> tuple[int, int]:
    """How faults of one row are told: cells from left to right, then the row's shape, then its keys."""
    return _RANKS.get(fault.type, 0), fault.position


def error_row(error: Error) -> int | None:
    """Frictionless's number of the row; None for an error of the header or the file."""
    return getattr(error, "row_number", None)


def cell_error_from(error: Error, key: Sequence[int]) -> CellError:
    """The fault that an error of frictionless is; `key` are the places of the primary key's cells in a row."""
    number = getattr(error, "field_number", None)
    note: str = error.note
    earlier = _EARLIER.search(note)
    return CellError(
        type=error.type,
        field=getattr(error, "field_name", None) or None,
        value=_error_value(error, key),
        note=note,
        earlier=int(earlier[1]) if earlier else None,
        position=0 if number is None else number - 1,
        fields=tuple(getattr(error, "field_names", ())),
        reference=getattr(error, "reference_name", ""),
    )


def _error_value(error: Error, key: Sequence[int]) -> str | None:
    """What stands in the file at the place of the error; None if nothing does."""
    cells: Sequence[str] = getattr(error, "cells", ())
    if error.type == "primary-key":
        return " / ".join(cells[at] if at < len(cells) else "" for at in key)
    if error.type == "foreign-key":
        return " / ".join(error.field_cells)
    if hasattr(error, "label"):
        return error.label or None
    number = getattr(error, "field_number", None)
    return cells[number - 1] if number is not None and number <= len(cells) else None


NEVER_A_VALUE = "\0"
"""A text that no number and no time can be read from."""
FRICTIONLESS_CRASHES = (TypeError, AttributeError, ValueError, LookupError, ArithmeticError, re.error)
"""What frictionless raises, besides its own exception, over a descriptor or a value that it did not foresee."""


def stops_frictionless(field: Field, read: Callable[[str], tuple[object, object]], text: str) -> bool:
    """Whether frictionless cannot judge that text of the field, or cannot look up its value among keys."""
    if field.type == "number":
        if "snan" not in text.lower():
            return False
    elif field.type not in {"datetime", "time"} or not any("imum" in name for name in field.constraints):
        return False
    try:
        value, _ = read(text)
        hash(value)
    except (TypeError, ArithmeticError):
        return True
    return False
