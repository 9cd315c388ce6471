"""A whole table through the prefilter: batches in order, two at a time, then checks of the whole table, all as findings.

Not here: how a batch is built (`reader.py`) and checked (`prefilter.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from quality.brief_findings import FindingCounter, UnlistedFindings
from quality.conformance.buffers import Places, to_int64
from quality.conformance.cell_error import CellError, CellOverflow, ErrorPlaces, PlacedError, error_order
from quality.conformance.lines import RecordLines
from quality.conformance.messages import Messages, place_finding, read_error_kind
from quality.conformance.prefilter import BatchResult, Prefilter
from quality.conformance.reader import Batch, RaggedRecords
from quality.findings import Finding, FindingKind
from schemas.execution.ahead import map_ahead
from schemas.execution.collector import pause_collector

AHEAD = 3
"""Batches in progress or waiting to be collected: no thread stands still while the results of one are collected."""
ROW = "_row"
"""The first column of typed batches: the row number as in findings."""

Item = TypeVar("Item")
TypedSink = Callable[[pa.RecordBatch], None]
"""Receives the typed rows batch by batch, in order. Blank and ragged rows, each with a finding, may be left out."""


class TableResult(NamedTuple):
    """Result of the prefilter for a table; findings in order of rows."""

    findings: list[Finding]
    records: int
    overflows: list[CellOverflow]
    unlisted: tuple[UnlistedFindings, ...] = ()


def run_batches(
    items: Iterable[Item],
    batch_of: Callable[[Item], Batch],
    prefilter: Prefilter,
    *,
    numbers: Callable[[int, int], Places],
    messages: Messages,
    typed: TypedSink | None = None,
    lines: RecordLines | None = None,
    counter: FindingCounter | None = None,
) -> TableResult:
    """Checks all items and returns findings in order of rows.

    `batch_of`: makes the batch of an item, in a worker thread. `numbers(start, count)`: returns the numbers of `count` rows from record
    `start` on, counted from 0. `typed`: receives the typed rows. `lines`: of a delimited file; already contains the records above the
    first. `counter`: says which findings are made; None for all.
    """
    collected = _CollectedErrors(counter)
    overflows: list[CellOverflow] = []
    records = 0
    with pause_collector():
        for judged, rows in _check_items(items, batch_of, prefilter, numbers):
            if lines is not None and judged.records:
                lines.add_records(judged.longer, int(rows[0]) - 1)
            collected.add_batch(judged.errors, rows)
            overflows += [overflow._replace(row=int(rows[overflow.row])) for overflow in judged.overflows]
            if prefilter.keys and judged.digest:
                prefilter.keys.add_digest(judged.digest, rows[judged.digest.rows])
            if typed is not None and judged.typed is not None:
                typed(build_typed_batch(judged, rows, prefilter))
            records += judged.records
        if prefilter.keys:
            collected.add_placed(prefilter.keys.find_repeats())
        findings = collected.list_findings(messages, lines)
    return TableResult(findings, records, overflows, counter.list_unlisted() if counter else ())


def _check_items(
    items: Iterable[Item],
    batch_of: Callable[[Item], Batch],
    prefilter: Prefilter,
    numbers: Callable[[int, int], Places],
) -> Iterator[tuple[BatchResult, Places]]:
    """Yields (result, row numbers) of each batch in order, and in between of the ragged records collected so far."""

    def check(item: Item) -> tuple[BatchResult, Mapping[int, list[str]]]:
        batch = batch_of(item)
        return prefilter.check_batch(batch), batch.ragged

    start, held = 0, RaggedRecords()
    for judged, ragged in map_ahead(check, items, AHEAD):
        rows = numbers(start, judged.records)
        start += judged.records
        yield judged, rows
        held.add_records(ragged, rows)
        if held.full:
            yield prefilter.check_ragged(held)
    if held:
        yield prefilter.check_ragged(held)


class _CollectedErrors:
    """The errors of a table that become findings, with their rows; `counter` decides which."""

    def __init__(self, counter: FindingCounter | None) -> None:
        self._counter = counter
        self._errors: list[CellError] = []
        self._rows = [np.empty(0, np.int64)]
        self._which = [np.empty(0, np.int64)]
        """For each of the rows the position of its error."""

    def add_batch(self, errors: Sequence[ErrorPlaces], rows: Places) -> None:
        """Adds the errors of a batch; `rows`: the numbers of its rows."""
        for alike in _group_by_kind(errors) if self._counter else [errors] if errors else []:
            places = np.concatenate([one.places for one in alike])
            which = np.repeat(np.arange(len(alike)), [len(one.places) for one in alike])
            if self._counter:
                order = np.argsort(places, kind="stable")
                made = order[self._counter.choose_made(read_error_kind(alike[0].error), rows[places[order]])]
                places, which = places[made], which[made]
            if len(which):
                self._add_rows([one.error for one in alike], rows[places], which)

    def add_placed(self, errors: Iterable[PlacedError]) -> None:
        """Adds errors by their rows."""
        counter = self._counter
        made = [one for one in errors if counter is None or counter.is_made(read_error_kind(one[1]), one[0])]
        self._add_rows([fault for _, fault in made], np.array([row for row, _ in made], np.int64), np.arange(len(made)))

    def _add_rows(self, errors: Sequence[CellError], rows: Places, which: Places) -> None:
        self._rows.append(rows)
        self._which.append(which + len(self._errors))
        self._errors += errors

    def list_findings(self, messages: Messages, lines: RecordLines | None) -> list[Finding]:
        """Returns the findings by rows, and of a row by `error_order`."""
        rows, which = np.concatenate(self._rows), np.concatenate(self._which)
        rank, position = np.array([error_order(fault) for fault in self._errors], np.int64).reshape(-1, 2)[which].T
        order = np.lexsort((position, rank, rows))
        rows, places = rows[order], which[order].tolist()
        begins = [None] * len(rows) if lines is None else lines.line_numbers(rows).tolist()
        described = {at: messages.describe_error(self._errors[at]) for at in {*places}}
        return [
            place_finding(described[at], row, line) for at, row, line in zip(places, rows.tolist(), begins, strict=True)
        ]


def _group_by_kind(errors: Iterable[ErrorPlaces]) -> Iterable[list[ErrorPlaces]]:
    found: dict[FindingKind, list[ErrorPlaces]] = {}
    for one in errors:
        found.setdefault(read_error_kind(one.error), []).append(one)
    return found.values()


def build_typed_batch(judged: BatchResult, rows: Places, prefilter: Prefilter) -> pa.RecordBatch:
    """Returns the typed rows of a batch after `ROW`; `rows`: the numbers of its rows."""
    fields = [(ROW, pa.int64()), *zip(prefilter.names, prefilter.kept, strict=True)]
    columns = [to_int64(np.asarray(rows)[judged.places]), *(judged.typed or [])]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
