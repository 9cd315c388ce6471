"""Cell errors: what frictionless reports about a cell, row, label or file, before it becomes a message.

Here: the value, the conversion of frictionless's own errors, the order in which errors are reported, frictionless's own cell readers,
which are asked for the exact result of single cells (`CellRechecker`), and the cases in which frictionless 5.21 crashes instead of
deciding, which we turn into a type error. Two texts from outside can crash it: a signalling NaN in a number that is compared or keyed
(Decimal refuses both), and a time with a zone against a bound without one. Malformed descriptors crash it in more ways
(`FRICTIONLESS_CRASHES`).

Not here: the sentences (`messages.py`), which cells need the exact result (`prefilter.py`), and frictionless verdicts that merely
surprise: those are kept as they are. Source of the rules for a row: frictionless-py 5.21 `frictionless/table/row.py`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from frictionless import Error, Field

    from quality.conformance.buffers import Places

CELLS_KEPT_LIMIT = 50_000
"""Distinct texts of a field that are cached; then the cache is cleared."""

CellReader = Callable[[Any], tuple[Any, dict[str, str] | None]]
_EARLIER = re.compile(r"at position (\d+)$")
_RANKS = {"extra-cell": 1, "missing-cell": 1, "unique-error": 2, "primary-key": 3, "foreign-key": 4}


class CellError(NamedTuple):
    """One frictionless error, independent of its row; `type` is frictionless's. Equal cells give equal errors."""

    type: str
    field: str | None = None
    value: str | None = None
    """The text in the file; of a key, its cells joined by ` / `."""
    note: str = ""
    """Frictionless's own note, where a message is made from it."""
    earlier: int | None = None
    """The row that holds the same key; None also if a primary key is empty."""
    position: int = 0
    """Column, counted from 0."""
    fields: tuple[str, ...] = ()
    """The fields of a foreign key."""
    reference: str = ""
    """The table that a foreign key refers to."""


PlacedError = tuple[int, CellError]
"""A cell error and its place: the record's position in its batch, or its row."""


class ErrorPlaces(NamedTuple):
    """A cell error and all its places in a batch, ascending."""

    error: CellError
    places: "Places"


def list_placed(errors: "Iterable[ErrorPlaces]") -> "Iterator[PlacedError]":
    """Yields each error at each of its places."""
    return ((place, one.error) for one in errors for place in one.places.tolist())


def error_order(fault: CellError) -> tuple[int, int]:
    """Sort key of the errors of one row: cells from left to right, then the row's shape, then its keys."""
    return _RANKS.get(fault.type, 0), fault.position


def error_row(error: "Error") -> int | None:
    """Returns frictionless's number of the row; None for an error of the header or the file."""
    return getattr(error, "row_number", None)


def cell_error_from(error: "Error", key: Sequence[int]) -> CellError:
    """Converts a frictionless error; `key` holds the positions of the primary key's cells in a row."""
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


def _error_value(error: "Error", key: Sequence[int]) -> str | None:
    """Returns the text in the file where the error is; None if there is none."""
    cells: Sequence[str] = getattr(error, "cells", ())
    if error.type == "primary-key":
        return " / ".join(cells[at] if at < len(cells) else "" for at in key)
    if error.type == "foreign-key":
        return " / ".join(error.field_cells)
    if hasattr(error, "label"):
        return error.label or None
    number = getattr(error, "field_number", None)
    return cells[number - 1] if number is not None and number <= len(cells) else None


class CellOverflow(NamedTuple):
    """A cell without error whose value its typed column cannot hold; the column has null there."""

    row: int
    field: str
    value: str


class UnsuitedForPrefilter(Exception):
    """Raised if only frictionless itself can check a file, schema or cell; the message says why."""


NEVER_A_VALUE = "\0"
"""A text that cannot be read as a number or a time."""
FRICTIONLESS_CRASHES = (TypeError, AttributeError, ValueError, LookupError, ArithmeticError, re.error)
"""What frictionless raises, besides its own exception, for a descriptor or value that it does not handle."""


def stops_frictionless(field: "Field", read: Callable[[str], tuple[object, object]], text: str) -> bool:
    """Returns whether frictionless cannot check that text of the field, or cannot look up its value among keys."""
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


class RecheckResult(NamedTuple):
    """Frictionless's result for a cell: its value (None: missing, or of another type) and its errors."""

    value: Any
    errors: tuple[CellError, ...]


class CellRechecker:
    """The cell readers of a table's columns, in order; each distinct text of a field is read once and cached. Thread-safe."""

    def __init__(self, fields: Sequence["Field"], *, forgiving: bool = False) -> None:
        """`forgiving` makes a text that crashes frictionless a type error; otherwise UnsuitedForPrefilter is raised."""
        self.names = [field.name for field in fields]
        self._fields = fields
        self._readers: dict[int, CellReader] = {}
        self._known: list[dict[str | None, RecheckResult]] = [{} for _ in fields]
        self._forgiving = forgiving

    def field_type(self, column: int) -> str:
        """Returns the type of a column's field."""
        kind: str = self._fields[column].type
        return kind

    def recheck_cell(self, column: int, text: str | None) -> RecheckResult:
        """Returns the result for one cell; None is a cell that does not exist."""
        known = self._known[column]
        answer = known.get(text)
        if answer is None:
            value, notes = self._read_cell(column, text)
            answer = RecheckResult(value, self._find_errors(column, text, notes) if notes else ())
            if len(known) >= CELLS_KEPT_LIMIT:
                known.clear()
            known[text] = answer
        return answer

    def _read_cell(self, column: int, text: str | None) -> tuple[Any, dict[str, str] | None]:
        read = self._readers.get(column)
        if read is None:
            read = self._readers[column] = self._fields[column].create_cell_reader()
        if self._forgiving and text is not None and stops_frictionless(self._fields[column], read, text):
            text = NEVER_A_VALUE
        try:
            return read(text)
        except FRICTIONLESS_CRASHES as broken:
            raise UnsuitedForPrefilter("a cell that stops frictionless") from broken

    def _find_errors(self, column: int, text: str | None, notes: dict[str, str]) -> tuple[CellError, ...]:
        kinds = [("type-error" if name == "type" else "constraint-error", note) for name, note in notes.items()]
        return tuple(CellError(kind, self.names[column], text, note, position=column) for kind, note in kinds)

    def find_shape_errors(self, cells: Sequence[str]) -> list[CellError]:
        """Returns the errors of a row with too few or too many cells, besides those of its cells; a blank row has none of them."""
        width = len(self.names)
        extra = enumerate(cells[width:], width)
        found = [CellError("extra-cell", None, text, position=column) for column, text in extra]
        missing = range(len(cells), width)
        return found + [CellError("missing-cell", self.names[column], position=column) for column in missing]
