"""Unique fields and the primary key over a whole table, in bounded memory.

Eight bytes per row and key stay in memory; the texts of the keys go to a temporary file. At the end only rows whose hash
occurs more than once are compared, by the values that frictionless reads from their texts, in the order of rows, as
frictionless does. Not here: hashes of cells (`hashing.py`), keys of other tables (`foreign_keys.py`).
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from quality.conformance import hashing
from quality.conformance.buffers import Places, to_int64
from quality.conformance.cell_error import CellError, PlacedError
from quality.conformance.recheck import CellRechecker

Key = tuple[int, ...]
"""The columns of a key."""


class KeyDigest(NamedTuple):
    """What is kept of a batch's keys: hashes by key, and the serialized texts of the key columns."""

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
        self._wanted = sorted(self._unique | ({self._primary} if primary else set()))
        self.columns = sorted({column for key in self._wanted for column in key})
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._put: list[_StoredBatch] = []
        self._hashed: dict[Key, list[hashing.Hashes]] = {key: [] for key in self._wanted}

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def digest_batch(
        self, hashed: Mapping[int, hashing.Hashes], texts: Mapping[int, pa.StringArray], rows: Places
    ) -> KeyDigest:
        """Digest a batch, given by column; null texts are absent cells. Thread-safe."""
        batch = pa.record_batch([texts[column] for column in self.columns], names=[str(c) for c in self.columns])
        return KeyDigest(
            {key: hashing.hash_rows([hashed[column] for column in key]) for key in self._wanted},
            batch.serialize(),
            rows,
        )

    def find_empty_keys(self, digest: KeyDigest) -> Places:
        """Return the rows of the batch whose primary key has no value at all: frictionless reports each."""
        if not self._primary:
            return digest.rows[:0]
        rows: Places = digest.rows[digest.hashed[self._primary] == hashing.NO_VALUE]
        return rows

    def add_digest(self, digest: KeyDigest, rows: Places) -> None:
        """Add the next batch of the table; `rows` are the numbers of its rows."""
        for key in self._wanted:
            self._hashed[key].append(digest.hashed[key])
        self._put.append(_StoredBatch(self._file.tell(), digest.texts.size, rows))
        self._file.write(digest.texts)

    def find_repeats(self) -> Iterator[PlacedError]:
        """Yield every row whose key occurs in an earlier row, with the latest such row."""
        for key in self._wanted:
            earlier: dict[tuple[Any, ...], int] = {}
            for row, texts in self._find_repeated_rows(key):
                value = tuple(self._parse_value(column, text) for column, text in zip(key, texts, strict=True))
                if value in earlier:
                    yield from ((row, fault) for fault in self._make_repeat_errors(key, texts, earlier[value]))
                earlier[value] = row

    def _parse_value(self, column: int, text: str | None) -> object:
        value = self._rechecker.recheck_cell(column, text).value
        # NaN equals nothing, itself included; frictionless reads it anew in every row.
        return object() if value != value else value  # noqa: PLR0124

    def _make_repeat_errors(self, key: Key, texts: Sequence[str | None], earlier: int) -> Iterator[CellError]:
        if key in self._unique:
            yield CellError("unique-error", self._rechecker.names[key[0]], texts[0], earlier=earlier, position=key[0])
        if key == self._primary:
            yield CellError("primary-key", value=join_key_cells(texts), earlier=earlier)

    def _find_repeated_rows(self, key: Key) -> list[tuple[int, tuple[str | None, ...]]]:
        """Return (row, texts) of the rows whose hash occurs more than once, in order of rows."""
        places = _find_repeated_places(np.concatenate(self._hashed.pop(key) or [np.empty(0, np.uint64)]))
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
        self._file.seek(put.at)
        schema = pa.schema([(str(column), pa.string()) for column in self.columns])
        return pa.ipc.read_record_batch(pa.py_buffer(self._file.read(put.size)), schema)


def join_key_cells(texts: Sequence[str | None]) -> str:
    """Join the cells of a key as findings display them."""
    return " / ".join(text or "" for text in texts)


def _find_repeated_places(hashed: hashing.Hashes) -> Places:
    ordered = np.sort(hashed)
    again = (ordered[1:] == ordered[:-1]) & (ordered[1:] != hashing.NO_VALUE)
    if not again.any():  # np.unique would load np.ma for nothing, a twentieth of the check of a small file
        return np.empty(0, np.int64)
    twice = np.unique(ordered[1:][again])
    del ordered
    # Compare 20 bits of each hash first, so that few rows need the comparison of all 64.
    bitmap = np.zeros(1 << 20, np.bool_)
    bitmap[twice >> np.uint64(44)] = True
    places = np.flatnonzero(bitmap[hashed >> np.uint64(44)])
    return places[np.isin(hashed[places], twice)]
