"""A whole table through the prefilter: batches in order, two at a time, then checks of the whole table, all as findings.

Not here: how a batch is built (`reader.py`) and checked (`prefilter.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa

from quality.brief_findings import FindingCounter, UnlistedFindings
from quality.conformance.buffers import Places, to_int64
from quality.conformance.cell_error import CellError, CellOverflow, ErrorPlaces, error_order
from quality.conformance.lines import RecordLines
from quality.conformance.messages import Messages, place_finding, read_error_kind
from quality.conformance.prefilter import BatchResult, Prefilter
from quality.conformance.reader import Batch
from quality.findings import Finding, FindingKind
from schemas.ahead import map_ahead
from schemas.collector import pause_collector

AHEAD = 3
"""Batches in progress or waiting to be collected: no thread stands still while the results of one are collected."""
ROW = "_row"
"""The first column of typed batches: the row number as in findings."""

Item = TypeVar("Item")
_Collected: TypeAlias = tuple[int, tuple[int, int], Finding]
"""A finding without its row, the row, and its place among those of the row."""
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
    """Check all items; `batch_of` is called in the worker threads.

    `numbers(start, count)` returns the numbers of `count` rows from record `start` on, counted from 0. `lines`, of a delimited
    file, already contain the records above the first. `counter`: says which findings are made; None for all.
    """
    collected: list[_Collected] = []
    overflows: list[CellOverflow] = []
    counter = counter or FindingCounter()
    start = 0

    def tell(row: int, fault: CellError) -> None:
        if counter.is_made(read_error_kind(fault), row):
            collected.append((row, error_order(fault), messages.describe_error(fault)))

    with pause_collector():
        for judged in map_ahead(lambda item: prefilter.check_batch(batch_of(item)), items, AHEAD):
            rows = numbers(start, judged.records)
            if lines is not None and judged.records:
                lines.add_records(judged.longer, int(rows[0]) - 1)
            for kind, errors in _group_by_kind(judged.errors):
                collected += _make_first(kind, errors, rows, counter, messages)
            overflows += [overflow._replace(row=int(rows[overflow.row])) for overflow in judged.overflows]
            if prefilter.keys and judged.digest:
                prefilter.keys.add_digest(judged.digest, rows[judged.digest.rows])
            if typed is not None:
                typed(build_typed_batch(judged, rows, prefilter))
            start += judged.records
    for row, fault in prefilter.keys.find_repeats() if prefilter.keys else ():
        tell(row, fault)
    collected.sort(key=itemgetter(0, 1))
    return TableResult(_place_findings(collected, lines), start, overflows, counter.list_unlisted())


def _group_by_kind(errors: Iterable[ErrorPlaces]) -> Iterable[tuple[FindingKind, list[ErrorPlaces]]]:
    found: dict[FindingKind, list[ErrorPlaces]] = {}
    for one in errors:
        found.setdefault(read_error_kind(one.error), []).append(one)
    return found.items()


def _make_first(
    kind: FindingKind, errors: Sequence[ErrorPlaces], rows: Places, counter: FindingCounter, messages: Messages
) -> Iterator[_Collected]:
    """Yield the findings of one kind in a batch that are made, by row."""
    places = np.concatenate([one.places for one in errors])
    order = np.argsort(places, kind="stable")
    numbers = np.asarray(rows)[places[order]]
    made = counter.choose_made(kind, numbers)
    which = np.repeat(np.arange(len(errors)), [len(one.places) for one in errors])[order[made]]
    told = {at: (error_order(errors[at].error), messages.describe_error(errors[at].error)) for at in {*which.tolist()}}
    for row, at in zip(numbers[made].tolist(), which.tolist(), strict=True):
        yield row, *told[at]


def _place_findings(collected: Sequence[_Collected], lines: RecordLines | None) -> list[Finding]:
    if lines is None:
        return [place_finding(finding, row, None) for row, _, finding in collected]
    begins = lines.line_numbers(np.fromiter((row for row, *_ in collected), np.int64, len(collected))).tolist()
    return [place_finding(finding, row, line) for (row, _, finding), line in zip(collected, begins, strict=True)]


def build_typed_batch(judged: BatchResult, rows: Places, prefilter: Prefilter) -> pa.RecordBatch:
    """Return the typed rows of a batch after `ROW`; `rows`: the numbers of its rows."""
    fields = [(ROW, pa.int64()), *zip(prefilter.names, prefilter.kept, strict=True)]
    columns = [to_int64(np.asarray(rows)[judged.places]), *(judged.typed or [])]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
