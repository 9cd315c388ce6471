"""The prefilter: takes a batch of text columns, returns its cell errors, key hashes and typed columns.

Cells that predicates accept are not checked again; suspect cells and ragged rows go to frictionless's own readers. The source
of the text does not matter: CSV blocks, a workbook, normalised cells. Not here: the order of batches and row numbers (`run.py`).
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import pyarrow as pa

from quality.conformance.buffers import Bools, Places, keep_only, take_texts, to_strings
from quality.conformance.cell_error import CellError, CellOverflow, PlacedError
from quality.conformance.column_check import (
    ColumnCheck,
    ColumnResult,
    mask_texts,
    replace_values,
    storable_value,
)
from quality.conformance.keys import ForeignKeyCheck, KeyDigest, KeyIndex, ReferenceTable, join_key_cells
from quality.conformance.lines import MultiLineRecords
from quality.conformance.reader import Batch
from quality.conformance.recheck import CellRechecker, RecheckResult

if TYPE_CHECKING:
    from frictionless import Field


class Suspect(NamedTuple):
    """A suspect cell, its position in the batch, and frictionless's result for it."""

    place: int
    text: str | None
    answer: RecheckResult


class BatchResult(NamedTuple):
    """Result of the prefilter for one batch. Errors and overflows are placed by position in the batch."""

    records: int
    errors: list[PlacedError]
    digest: KeyDigest | None
    places: Places
    """The record of each row of `typed`."""
    typed: list[pa.Array] | None
    overflows: list[CellOverflow]
    longer: MultiLineRecords


class Prefilter:
    """What is known of a table before its first row; a context manager, because keys go to a temporary file.

    `check_batch` may be called from several threads.
    """

    def __init__(
        self,
        fields: Sequence["Field"],
        key: Sequence[str],
        references: Sequence[ReferenceTable] = (),
        *,
        typed: bool = False,
        forgiving: bool = False,
    ) -> None:
        """`fields` in the order of the cells; `typed` requests typed columns; `forgiving` as in `CellRechecker`."""
        self._rechecker = CellRechecker(fields, forgiving=forgiving)
        self.names = self._rechecker.names
        self._columns = [ColumnCheck(i, field, self._rechecker, typed=typed) for i, field in enumerate(fields)]
        self._typed = typed
        self.kept = [column.kept for column in self._columns]
        self.blanks_are_missing = all(column.blank_is_missing for column in self._columns)
        unique = [i for i, field in enumerate(fields) if field.constraints.get("unique")]
        primary = [self.names.index(name) for name in key]
        self.keys = KeyIndex(self._rechecker, unique, primary) if unique or primary else None
        self._primary = primary
        self._references = [ForeignKeyCheck(one, self._rechecker, order) for order, one in enumerate(references)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.keys:
            self.keys.close()

    def check_batch(self, batch: Batch) -> BatchResult:
        """Return the batch's errors except duplicate keys, which need the whole table."""
        results = [c.check_cells(t, a) for c, t, a in zip(self._columns, batch.columns, batch.absent, strict=True)]
        asked = [self._recheck_suspects(batch, column, result) for column, result in enumerate(results)]
        faults = self._collect_errors(batch, results, asked)
        ragged = {place: self._rechecker.recheck_row(cells) for place, cells in batch.ragged.items()}
        for place, (values, found) in ragged.items():
            faults += [(place, fault) for fault in [*found, *self._check_foreign_keys(values)]]
        digest = self._digest_keys(batch, results, asked, [values for values, _ in ragged.values()])
        if self.keys and digest:
            empty = self.keys.find_empty_keys(digest).tolist()
            faults += [(at, CellError("primary-key", value=self._empty_key_text(batch, at))) for at in empty]
        typed, overflows = self._build_typed_columns(batch, results, asked) if self._typed else (None, [])
        return BatchResult(batch.records, faults, digest, batch.places, typed, overflows, batch.longer)

    def _recheck_suspects(self, batch: Batch, column: int, result: ColumnResult) -> list[Suspect]:
        """Return frictionless's results for a column's suspects."""
        places, cells = result.suspects.tolist(), _read_cells(batch, column, result.suspects)
        return [
            Suspect(at, cell, self._rechecker.recheck_cell(column, cell))
            for at, cell in zip(places, cells, strict=True)
        ]

    def _collect_errors(
        self, batch: Batch, results: Sequence[ColumnResult], asked: Sequence[Sequence[Suspect]]
    ) -> list[PlacedError]:
        """Return the errors of all rows that have as many cells as there are fields."""
        blanks = set(_find_blank_rows(results).tolist())
        found: list[PlacedError] = [(at, CellError("blank-row")) for at in blanks]
        for one in (one for column in asked for one in column):
            if one.answer.errors and one.place not in blanks:
                found += [(one.place, fault) for fault in one.answer.errors]
        found += [placed for reference in self._references for placed in reference.find_errors(batch.columns)]
        records = batch.places.tolist() if batch.ragged and found else range(batch.records)
        return [(records[at], fault) for at, fault in found]

    def _check_foreign_keys(self, values: Sequence[Any]) -> list[CellError]:
        keys = [(one, tuple(values[column] for column in one.columns)) for one in self._references]
        return [one.make_error(key) for one, key in keys if one.lacks_key(key)]

    def _digest_keys(
        self,
        batch: Batch,
        results: Sequence[ColumnResult],
        asked: Sequence[Sequence[Suspect]],
        strays: Sequence[Sequence[Any]],
    ) -> KeyDigest | None:
        if self.keys is None:
            return None
        hashed, texts = {}, {}
        for column in self.keys.columns:
            text, one = batch.columns[column], self._columns[column]
            hashed[column] = one.hash_cells(text, results[column], {a.place: a.answer.value for a in asked[column]})
            absent = batch.absent[column]
            texts[column] = keep_only(text, None if absent is None else ~absent)
            if strays:
                hashed[column] = np.concatenate([hashed[column], one.hash_values([row[column] for row in strays])])
                cells = [row[column] if column < len(row) else None for row in batch.ragged.values()]
                texts[column] = pa.concat_arrays([texts[column], to_strings(cells)])
        rows = np.concatenate([batch.places, np.fromiter(batch.ragged, np.int64, len(batch.ragged))])
        return self.keys.digest_batch(hashed, texts, rows)

    def _empty_key_text(self, batch: Batch, record: int) -> str:
        """Return the joined cells of an empty key; they may hold markers of missing values."""
        if record in batch.ragged:
            cells = batch.ragged[record]
            return join_key_cells([cells[column] if column < len(cells) else None for column in self._primary])
        at = np.searchsorted(batch.places, [record])
        return join_key_cells([_read_cells(batch, column, at)[0] for column in self._primary])

    def _build_typed_columns(
        self, batch: Batch, results: Sequence[ColumnResult], asked: Sequence[Sequence[Suspect]]
    ) -> tuple[list[pa.Array], list[CellOverflow]]:
        columns, overflows = [], []
        for column, result in enumerate(results):
            kept, values = self.kept[column], dict[int, Any]()
            for at, cell, answer in asked[column]:
                values[at] = storable_value(answer.value, cell, kept)
                if values[at] is None and answer.value is not None:
                    overflows.append(CellOverflow(int(batch.places[at]), self.names[column], cell or ""))
            columns.append(self._build_typed_column(batch.columns[column], kept, result, values))
            overflows += self._find_distinct_overflows(batch, column, result)
        return columns, overflows

    def _build_typed_column(
        self, text: pa.StringArray, kept: pa.DataType, result: ColumnResult, values: Mapping[int, Any]
    ) -> pa.Array:
        if result.coded is not None:
            return result.values
        if pa.types.is_string(kept):
            return mask_texts(text, result.missing, [at for at, value in values.items() if value is None])
        return replace_values(result.values, {at: value for at, value in values.items() if value is not None})

    def _find_distinct_overflows(self, batch: Batch, column: int, result: ColumnResult) -> list[CellOverflow]:
        """Return the valid cells that their column cannot hold, for a column that was checked once per distinct text."""
        values = result.values
        if result.coded is None or values is None or pa.types.is_string(values.type) or values.null_count == 0:
            return []
        gone = np.zeros(len(values), np.bool_)
        gone[result.suspects] = True
        gone |= False if result.missing is None else result.missing
        lost = np.flatnonzero(~gone & ~_validity_mask(values))
        cells = take_texts(batch.columns[column], lost)
        return [
            CellOverflow(int(batch.places[at]), self.names[column], cell)
            for at, cell in zip(lost.tolist(), cells, strict=True)
        ]


def _find_blank_rows(results: Sequence[ColumnResult]) -> Places:
    """Return the rows in which every cell is missing. A cell of a wrong type has no value either, but is not missing."""
    missing: list[Places] = []
    for result in results:
        if result.missing is None:
            return np.empty(0, np.int64)
        missing.append(np.flatnonzero(result.missing))
    return reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), sorted(missing, key=len))


def _read_cells(batch: Batch, column: int, places: Places) -> list[str | None]:
    """Return the cells at those positions of a column; None for an absent cell."""
    cells: list[str | None] = list(take_texts(batch.columns[column], places))
    absent = batch.absent[column]
    if absent is not None:
        cells = [None if gone else cell for cell, gone in zip(cells, absent[places], strict=True)]
    return cells


def _validity_mask(values: pa.Array) -> Bools:
    bits = np.frombuffer(values.buffers()[0], np.uint8)
    flags = np.unpackbits(bits, count=values.offset + len(values), bitorder="little")[values.offset :]
    return flags.view(np.bool_)
