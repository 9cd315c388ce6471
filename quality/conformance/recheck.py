"""The exact result for single cells and for the shape of ragged rows: frictionless's own cell readers, and its rules for a row.

Source of those rules: frictionless-py 5.21 `table/row.py`. Each distinct text of a field is read once and cached. Not here: which cells need it (`prefilter.py`).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from quality.conformance.cell_error import (
    FRICTIONLESS_CRASHES,
    NEVER_A_VALUE,
    CellError,
    UnsuitedForPrefilter,
    stops_frictionless,
)

if TYPE_CHECKING:
    from frictionless import Field

CELLS_KEPT_LIMIT = 50_000
"""Distinct texts of a field that are cached; then the cache is cleared."""

CellReader = Callable[[Any], tuple[Any, dict[str, str] | None]]


class RecheckResult(NamedTuple):
    """Frictionless's result for a cell: its value (None: missing, or of another type) and its errors."""

    value: Any
    errors: tuple[CellError, ...]


class CellRechecker:
    """The cell readers of a table's columns, in order. Thread-safe."""

    def __init__(self, fields: Sequence["Field"], *, forgiving: bool = False) -> None:
        """`forgiving` makes a text that crashes frictionless a type error; otherwise UnsuitedForPrefilter is raised."""
        self.names = [field.name for field in fields]
        self._fields = fields
        self._readers: dict[int, CellReader] = {}
        self._known: list[dict[str | None, RecheckResult]] = [{} for _ in fields]
        self._forgiving = forgiving

    def field_type(self, column: int) -> str:
        """Return the type of a column's field."""
        kind: str = self._fields[column].type
        return kind

    def recheck_cell(self, column: int, text: str | None) -> RecheckResult:
        """Return the result for one cell; None is a cell that does not exist."""
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
        """Return the errors of a row with too few or too many cells, besides those of its cells; a blank row has none of them."""
        width = len(self.names)
        extra = enumerate(cells[width:], width)
        found = [CellError("extra-cell", None, text, position=column) for column, text in extra]
        missing = range(len(cells), width)
        return found + [CellError("missing-cell", self.names[column], position=column) for column in missing]
