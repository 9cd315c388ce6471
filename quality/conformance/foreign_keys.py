"""Foreign keys of a batch: rows whose key is not in the referenced table.

frictionless reads that table when it opens the resource. A text that is certainly one of its keys is accepted here; of all
others each distinct combination is looked up once. Not here: keys within the table (`keys.py`).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from quality.conformance.buffers import Places, take_texts, to_int64, to_mask, to_numpy, to_strings
from quality.conformance.cell_error import CellError, PlacedError
from quality.conformance.file_result import UnsuitedForPrefilter
from quality.conformance.recheck import CellRechecker

if TYPE_CHECKING:
    from quality.conformance.opening import ReferenceTable


class ForeignKeyCheck:
    """One foreign key of the table. Thread-safe."""

    def __init__(self, reference: "ReferenceTable", rechecker: CellRechecker, order: int) -> None:
        self.columns = tuple(rechecker.names.index(name) for name in reference.fields)
        self._reference, self._rechecker, self._order = reference, rechecker, order
        self._surely = to_strings(_list_known_texts(reference, rechecker.field_type(self.columns[0])))

    def find_errors(self, texts: Sequence[pa.StringArray]) -> Iterator[PlacedError]:
        """Yield an error for each row of the batch whose key is unknown; `texts` are the columns of the table."""
        mine = [texts[column] for column in self.columns]
        places = np.arange(len(mine[0]), dtype=np.int64)
        if len(self._surely):
            places = np.flatnonzero(~to_mask(pc.is_in(mine[0], value_set=self._surely)))
        if not len(places):
            return
        for which, group in _group_rows([text.take(to_int64(places)) for text in mine]):
            values = self._read_values([take_texts(text, places[which : which + 1])[0] for text in mine])
            if self.lacks_key(values):
                fault = self.make_error(values)
                yield from ((place, fault) for place in places[group].tolist())

    def _read_values(self, cells: Sequence[str]) -> tuple[Any, ...]:
        return tuple(self._rechecker.recheck_cell(c, cell).value for c, cell in zip(self.columns, cells, strict=True))

    def lacks_key(self, values: tuple[Any, ...]) -> bool:
        """Whether the referenced table lacks the key; an empty key refers to nothing. UnsuitedForPrefilter if not hashable."""
        try:
            return set(values) != {None} and values not in self._reference.known
        except TypeError as wrong:
            raise UnsuitedForPrefilter("a key that cannot be looked up") from wrong

    def make_error(self, values: tuple[Any, ...]) -> CellError:
        """Return the error of a row with that key."""
        reference = self._reference
        value = " / ".join("" if value is None else str(value) for value in values)
        return CellError(
            "foreign-key",
            value=value,
            position=self._order,
            fields=reference.fields,
            reference=reference.table,
        )


def _list_known_texts(reference: "ReferenceTable", kind: str) -> list[str]:
    """Return the texts that a field of that type reads as a known key, or as no value."""
    single = [key[0] for key in reference.known if len(key) == 1]
    if kind in {"string", "any"}:
        return [key for key in single if isinstance(key, str)]
    if kind == "integer":
        return [str(key) for key in single if isinstance(key, int) and not isinstance(key, bool)]
    return []


def _group_rows(columns: Sequence[pa.StringArray]) -> Iterator[tuple[int, Places]]:
    """Yield (first row, all rows) of each distinct combination of texts."""
    codes = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        coded = column.dictionary_encode()
        combined = codes * len(coded.dictionary) + to_numpy(coded.indices)
        codes = np.unique(combined, return_inverse=True)[1]
    order = np.argsort(codes, kind="stable")
    starts: npt.NDArray[np.intp] = np.flatnonzero(np.diff(codes[order], prepend=-1))
    for group in np.split(order, starts[1:]):
        yield int(group[0]), group
