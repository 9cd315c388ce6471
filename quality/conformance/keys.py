"""Unique fields and the primary key over a whole table, in bounded memory, and foreign keys of its batches.

Eight bytes per row and key stay in memory; the texts of the keys go to a temporary file. At the end only rows whose hash
occurs more than once are compared, by the values that frictionless reads from their texts, in the order of rows, as
frictionless does. Foreign keys are looked up in the table that frictionless read when it opened the resource: a text that is certainly
one of its keys is accepted, of all others each distinct combination is looked up once. Not here: hashes of cells (`hashing.py`).
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from quality.conformance import hashing
from quality.conformance.buffers import Places, take_texts, to_int64, to_mask, to_numpy, to_strings
from quality.conformance.cell_error import (
    CellError,
    CellRechecker,
    ErrorPlaces,
    PlacedError,
    UnsuitedForPrefilter,
)
from schemas.execution.ahead import map_ahead

Key = tuple[int, ...]
"""The columns of a key."""


class KeyDigest(NamedTuple):
    """The keys of a batch in compact form: hashes by key, and the serialized texts of the key columns."""

    hashed: Mapping[Key, hashing.Hashes]
    texts: pa.Buffer
    rows: Places
    """The position of each."""


class _StoredBatch(NamedTuple):
    at: int
    size: int
    rows: Places


class KeyIndex:
    """The keys of one table; uses a temporary file until it is closed."""

    def __init__(self, rechecker: CellRechecker, unique: Sequence[int], primary: Sequence[int]) -> None:
        self._rechecker = rechecker
        self._unique = {(column,) for column in unique}
        self._primary = tuple(primary)
        self.wanted = sorted(self._unique | ({self._primary} if primary else set()))
        self.columns = sorted({column for key in self.wanted for column in key})
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._put: list[_StoredBatch] = []
        self._hashed: dict[Key, list[hashing.Hashes]] = {key: [] for key in self.wanted}

    def close(self) -> None:
        """Removes the temporary file."""
        self._file.close()

    def digest_batch(
        self, hashed: Mapping[int, hashing.Hashes], texts: Sequence[pa.StringArray], rows: Places
    ) -> KeyDigest:
        """Digests a batch: hashes and texts by column; null texts are absent cells. Thread-safe."""
        batch = pa.record_batch([texts[column] for column in self.columns], names=[str(c) for c in self.columns])
        return KeyDigest(
            {key: hashing.hash_rows([hashed[column] for column in key]) for key in self.wanted},
            batch.serialize(),
            rows,
        )

    def find_empty_keys(self, digest: KeyDigest) -> Places:
        """Returns the positions in the digest of primary keys that have no value at all: frictionless reports each."""
        if not self._primary:
            return np.empty(0, np.int64)
        return np.flatnonzero(digest.hashed[self._primary] == hashing.NO_VALUE)

    def add_digest(self, digest: KeyDigest, rows: Places) -> None:
        """Adds the next batch of the table; `rows` are the numbers of its rows."""
        for key in self.wanted:
            self._hashed[key].append(digest.hashed[key])
        self._put.append(_StoredBatch(self._file.tell(), digest.texts.size, rows))
        self._file.write(digest.texts)

    def find_repeats(self) -> Iterator[PlacedError]:
        """Yields every row whose key occurs in an earlier row, with the latest such row."""
        self._file.flush()
        for key, rows in zip(self.wanted, map_ahead(self._find_repeated_rows, self.wanted), strict=True):
            yield from self.compare_rows(key, rows)

    def compare_rows(self, key: Key, rows: Iterable[tuple[int, Sequence[str | None]]]) -> Iterator[PlacedError]:
        """Yields as `find_repeats` does for one key; `rows`: number and texts of the key of each row whose hash occurs more than once, in order."""
        earlier: dict[tuple[Any, ...], int] = {}
        for row, texts in rows:
            value = tuple(self._parse_value(column, text) for column, text in zip(key, texts, strict=True))
            if value in earlier:
                yield from ((row, fault) for fault in self._make_repeat_errors(key, texts, earlier[value]))
            earlier[value] = row

    def _parse_value(self, column: int, text: str | None) -> object:
        value = self._rechecker.recheck_cell(column, text).value
        # NaN equals nothing, not even itself, and frictionless makes a new NaN for every row.
        return object() if value != value else value  # noqa: PLR0124

    def _make_repeat_errors(self, key: Key, texts: Sequence[str | None], earlier: int) -> Iterator[CellError]:
        if key in self._unique:
            yield CellError("unique-error", self._rechecker.names[key[0]], texts[0], earlier=earlier, position=key[0])
        if key == self._primary:
            yield CellError("primary-key", value=join_key_cells(texts), earlier=earlier)

    def _find_repeated_rows(self, key: Key) -> list[tuple[int, tuple[str | None, ...]]]:
        """Returns (row, texts) of the rows whose hash occurs more than once, in order of rows."""
        places = find_repeated_places(np.concatenate(self._hashed.pop(key) or [np.empty(0, np.uint64)]))
        names = [str(column) for column in key]
        found: list[tuple[int, tuple[str | None, ...]]] = []
        start = 0
        for put in self._put:
            low, high = np.searchsorted(places, [start, start + len(put.rows)])
            if low < high:
                mine = places[low:high] - start
                batch = self._read_batch(put).take(to_int64(mine))
                texts = zip(*(batch.column(name).to_pylist() for name in names), strict=True)
                found += zip(put.rows[mine].tolist(), texts, strict=True)
            start += len(put.rows)
        return sorted(found, key=lambda one: one[0])

    def _read_batch(self, put: _StoredBatch) -> pa.RecordBatch:
        schema = pa.schema([(str(column), pa.string()) for column in self.columns])
        # `pread`, because the keys are looked up in threads that share the file's position.
        return pa.ipc.read_record_batch(pa.py_buffer(os.pread(self._file.fileno(), put.size, put.at)), schema)


def join_key_cells(texts: Sequence[str | None]) -> str:
    """Joins the cells of a key as findings display them."""
    return " / ".join(text or "" for text in texts)


def find_repeated_places(hashed: hashing.Hashes) -> Places:
    """Returns the positions, ascending, of the hashes that occur more than once; hashes of missing values are ignored."""
    half = (hashed >> np.uint64(32)).astype(np.uint32)  # sorting these takes three fifths of the time
    # Compare 20 bits of each hash first, so that few rows need the comparison of all 64.
    bitmap = np.zeros(1 << 20, np.bool_)
    bitmap[_find_repeated(half) >> np.uint32(12)] = True
    places = np.flatnonzero(bitmap[half >> np.uint32(12)])
    places = places[hashed[places] != hashing.NO_VALUE]
    alike = hashed[places]
    twice = _find_repeated(alike)
    if not len(twice):
        return np.empty(0, np.int64)
    # np.isin would load np.ma, a twentieth of the check of a small file.
    found: Places = places[twice.take(np.searchsorted(twice, alike), mode="clip") == alike]
    return found


def _find_repeated(words: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Returns the words that occur more than once, in order."""
    ordered = np.sort(words)
    found: npt.NDArray[Any] = ordered[1:][ordered[1:] == ordered[:-1]]
    return found


@dataclass(frozen=True)
class ReferenceTable:
    """A foreign key: its fields and the keys of the referenced table."""

    fields: tuple[str, ...]
    table: str
    known: frozenset[tuple[Any, ...]]


class ForeignKeyCheck:
    """One foreign key of the table. Thread-safe."""

    def __init__(self, reference: ReferenceTable, rechecker: CellRechecker, order: int) -> None:
        self.columns = tuple(rechecker.names.index(name) for name in reference.fields)
        self._reference, self._rechecker, self._order = reference, rechecker, order
        self._surely = to_strings(_list_known_texts(reference, rechecker.field_type(self.columns[0])))

    def find_errors(self, texts: Sequence[pa.StringArray]) -> Iterator[ErrorPlaces]:
        """Yields an error for each unknown key, with its rows; `texts` are the columns of the table, null where a cell is absent."""
        mine = [texts[column] for column in self.columns]
        places = np.arange(len(mine[0]), dtype=np.int64)
        if len(self._surely):
            places = np.flatnonzero(~to_mask(pc.is_in(mine[0], value_set=self._surely)))
        if not len(places):
            return
        for which, group in _group_rows([text.take(to_int64(places)) for text in mine]):
            values = self._read_values([take_texts(text, places[which : which + 1])[0] for text in mine])
            if self.lacks_key(values):
                yield ErrorPlaces(self.make_error(values), places[group])

    def _read_values(self, cells: Sequence[str | None]) -> tuple[Any, ...]:
        return tuple(self._rechecker.recheck_cell(c, cell).value for c, cell in zip(self.columns, cells, strict=True))

    def lacks_key(self, values: tuple[Any, ...]) -> bool:
        """Whether the referenced table lacks the key; an empty key refers to nothing. UnsuitedForPrefilter if not hashable."""
        try:
            return set(values) != {None} and values not in self._reference.known
        except TypeError as wrong:
            raise UnsuitedForPrefilter("a key that cannot be looked up") from wrong

    def make_error(self, values: tuple[Any, ...]) -> CellError:
        """Returns the error of a row with that key."""
        reference = self._reference
        value = " / ".join("" if value is None else str(value) for value in values)
        return CellError(
            "foreign-key",
            value=value,
            position=self._order,
            fields=reference.fields,
            reference=reference.table,
        )


def _list_known_texts(reference: ReferenceTable, kind: str) -> list[str]:
    """Returns the texts that a field of that type certainly reads as a key of the referenced table, or as no value."""
    single = [key[0] for key in reference.known if len(key) == 1]
    if kind in {"string", "any"}:
        return [key for key in single if isinstance(key, str)]
    if kind == "integer":
        return [str(key) for key in single if isinstance(key, int) and not isinstance(key, bool)]
    return []


def _group_rows(columns: Sequence[pa.StringArray]) -> Iterator[tuple[int, Places]]:
    """Yields (first row, all rows) of each distinct combination of texts."""
    codes = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        coded = column.dictionary_encode("encode")  # null is a code of its own
        combined = codes * len(coded.dictionary) + to_numpy(coded.indices)
        codes = np.unique(combined, return_inverse=True)[1]
    order = np.argsort(codes, kind="stable")
    starts: npt.NDArray[np.intp] = np.flatnonzero(np.diff(codes[order], prepend=-1))
    for group in np.split(order, starts[1:]):
        yield int(group[0]), group
