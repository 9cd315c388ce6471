"""The prefilter: takes a batch of text columns, returns its cell errors, key hashes and typed columns.

Cells that predicates accept are not checked again; suspect cells and ragged rows go to frictionless's own readers. The source
of the text does not matter: CSV blocks, a workbook, normalised cells. Not here: the order of batches and row numbers (`run.py`).
"""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import pyarrow as pa

from quality.conformance.buffers import Bools, Places, keep_only, take_texts
from quality.conformance.cell_error import CellError, CellOverflow, CellRechecker, ErrorPlaces, RecheckResult
from quality.conformance.column_check import (
    ColumnCheck,
    ColumnResult,
    mask_texts,
    replace_values,
    storable_value,
)
from quality.conformance.keys import ForeignKeyCheck, KeyDigest, KeyIndex, ReferenceTable, join_key_cells
from quality.conformance.lines import MultiLineRecords
from quality.conformance.reader import Batch, RaggedRecords

if TYPE_CHECKING:
    from frictionless import Field


class Suspect(NamedTuple):
    """The suspect cells of a column with one text, their positions in the batch, and frictionless's result for them."""

    places: Places
    text: str | None
    answer: RecheckResult


class BatchResult(NamedTuple):
    """Result of the prefilter for one batch. Errors and overflows are placed by position in the batch."""

    records: int
    errors: list[ErrorPlaces]
    digest: KeyDigest | None
    places: Places
    """The record of each row of `typed`."""
    typed: list[pa.Array] | None
    overflows: list[CellOverflow]
    longer: MultiLineRecords


class Prefilter:
    """The checks of one table, prepared before its first row; a context manager, because keys go to a temporary file.

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
        """Returns the errors of the batch's columns except duplicate keys, which need the whole table; ragged records are not checked."""
        return self._check_columns(batch, ())

    def check_ragged(self, ragged: RaggedRecords) -> tuple[BatchResult, Places]:
        """Checks the collected ragged records and empties `ragged`; returns the result, without typed columns, and the row numbers."""
        batch, rows = ragged.take_batch(len(self.names))
        return self._check_columns(batch, [*batch.ragged.values()]), rows

    def _check_columns(self, batch: Batch, ragged: Sequence[list[str]]) -> BatchResult:
        """Checks the columns. `ragged`: if the columns were made from ragged records, those records, whose number of cells differs."""
        cells = [keep_only(t, None if a is None else ~a) for t, a in zip(batch.columns, batch.absent, strict=True)]
        results = [c.check_cells(t, a) for c, t, a in zip(self._columns, batch.columns, batch.absent, strict=True)]
        blank = _find_blank_rows(results, len(cells[0]))
        asked = [
            self._recheck_suspects(cells[column], column, result.suspects[~blank[result.suspects]])
            for column, result in enumerate(results)
        ]
        faults = self._collect_errors(ragged, cells, blank, asked)
        digest = self._digest_keys(batch, cells, results, asked)
        if self.keys and digest:
            empty = self.keys.find_empty_keys(digest)
            texts = zip(*(take_texts(cells[column], empty) for column in self._primary), strict=True)
            faults += [
                ErrorPlaces(CellError("primary-key", value=join_key_cells(text)), np.array([at]))
                for at, text in zip(empty.tolist(), texts, strict=True)
            ]
        placed = [ErrorPlaces(fault, batch.places[rows]) for fault, rows in faults]
        wanted = self._typed and not ragged
        typed, overflows = self._build_typed_columns(batch, results, asked) if wanted else (None, [])
        return BatchResult(batch.records, placed, digest, batch.places, typed, overflows, batch.longer)

    def _recheck_suspects(self, cells: pa.StringArray, column: int, suspects: Places) -> list[Suspect]:
        """Returns frictionless's results for a column's suspects; equal texts are asked once."""
        places: dict[str | None, list[int]] = {}
        for at, text in zip(suspects.tolist(), take_texts(cells, suspects), strict=True):
            places.setdefault(text, []).append(at)
        return [
            Suspect(np.array(those, np.int64), text, self._rechecker.recheck_cell(column, text))
            for text, those in places.items()
        ]

    def _collect_errors(
        self,
        ragged: Sequence[list[str]],
        cells: Sequence[pa.StringArray],
        blank: Bools,
        suspects: Sequence[Sequence[Suspect]],
    ) -> list[ErrorPlaces]:
        """Returns the errors of all rows, by row of the columns."""
        found = [ErrorPlaces(CellError("blank-row"), np.flatnonzero(blank))] if blank.any() else []
        for one in (one for column in suspects for one in column):
            found += [ErrorPlaces(fault, one.places) for fault in one.answer.errors]
        for row, record in enumerate(ragged):
            if not blank[row]:
                found += [ErrorPlaces(fault, np.array([row])) for fault in self._rechecker.find_shape_errors(record)]
        return found + [placed for reference in self._references for placed in reference.find_errors(cells)]

    def _digest_keys(
        self,
        whole: Batch,
        cells: Sequence[pa.StringArray],
        results: Sequence[ColumnResult],
        suspects: Sequence[Sequence[Suspect]],
    ) -> KeyDigest | None:
        if self.keys is None:
            return None
        hashed = {}
        for column in self.keys.columns:
            read = {place: one.answer.value for one in suspects[column] for place in one.places.tolist()}
            hashed[column] = self._columns[column].hash_cells(whole.columns[column], results[column], read)
        return self.keys.digest_batch(hashed, cells, whole.places)

    def _build_typed_columns(
        self, batch: Batch, results: Sequence[ColumnResult], suspects: Sequence[Sequence[Suspect]]
    ) -> tuple[list[pa.Array], list[CellOverflow]]:
        """Returns the typed columns, and the valid cells that they cannot hold."""
        columns, overflows = [], []
        for column, result in enumerate(results):
            kept, values = self.kept[column], dict[int, Any]()
            for places, cell, answer in suspects[column]:
                value = storable_value(answer.value, cell, kept)
                values |= dict.fromkeys(places.tolist(), value)
                if value is None and answer.value is not None:
                    records = batch.places[places].tolist()
                    overflows += [CellOverflow(record, self.names[column], cell or "") for record in records]
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
        """Returns the valid cells that their column cannot hold, for a column that was checked once per distinct text."""
        values = result.values
        if result.coded is None or values is None or pa.types.is_string(values.type) or values.null_count == 0:
            return []
        overflowing = np.zeros(len(values), np.bool_)
        overflowing[result.suspects] = True
        overflowing |= False if result.missing is None else result.missing
        lost = np.flatnonzero(~overflowing & ~_validity_mask(values))
        cells = take_texts(batch.columns[column], lost)
        return [
            CellOverflow(int(batch.places[at]), self.names[column], cell)
            for at, cell in zip(lost.tolist(), cells, strict=True)
        ]


def _find_blank_rows(results: Sequence[ColumnResult], rows: int) -> Bools:
    """Returns in which rows every cell is missing. A cell of a wrong type has no value either, but is not missing."""
    blank = np.zeros(rows, np.bool_)
    masks = [result.missing for result in results if result.missing is not None]
    if len(masks) == len(results):
        places = np.flatnonzero(masks[0])
        for missing in masks[1:]:
            places = places[missing[places]]
        blank[places] = True
    return blank


def _validity_mask(values: pa.Array) -> Bools:
    bits = np.frombuffer(values.buffers()[0], np.uint8)
    flags = np.unpackbits(bits, count=values.offset + len(values), bitorder="little")[values.offset :]
    return flags.view(np.bool_)
