"""A whole table through the sieve: batches in order, two at a time, then what only the whole shows, and all of it in findings.

Not here: what a batch is made of (`reader.py`), and how one is judged (`prefilter.py`).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from operator import itemgetter
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from quality.conformance.buffers import Places, integers
from quality.conformance.cell_error import Fault, order_of
from quality.conformance.lines import Lines
from quality.conformance.messages import Messages
from quality.conformance.prefilter import Judged, Overflow, Sieve
from quality.conformance.reader import Batch
from quality.findings import Finding

THREADS = 2
"""Arrow and numpy let go of the interpreter while they work; a third thread gains nothing, the bus is full."""
ROW = "_row"
"""The first column of typed batches: the row's number as findings have it."""

Item = TypeVar("Item")
TypedSink = Callable[[pa.RecordBatch], None]
"""Takes the typed rows of one batch after the other, in order. Blank and ragged rows, each with a finding, may be left out."""


class Sifted(NamedTuple):
    """A table behind the sieve; findings in order of rows."""

    findings: list[Finding]
    records: int
    overflows: list[Overflow]


def sifted(
    items: Iterable[Item],
    batch_of: Callable[[Item], Batch],
    sieve: Sieve,
    *,
    numbers: Callable[[int, int], Places],
    messages: Messages,
    typed: TypedSink | None = None,
    lines: Lines | None = None,
) -> Sifted:
    """All items judged, `batch_of` being called in the threads that judge.

    `numbers(start, count)` gives the numbers of `count` rows from record `start` on, counted from 0. `lines`, of a delimited
    file, know the records above the first.
    """
    told: list[tuple[int, tuple[int, int], Finding]] = []
    overflows: list[Overflow] = []
    start = 0

    def tell(row: int, fault: Fault) -> None:
        line = None if lines is None else lines.of(row)
        told.append((row, order_of(fault), messages.finding(fault, row, line)))

    with ThreadPoolExecutor(THREADS) as pool:
        for judged in _in_order(pool, lambda item: sieve.judge(batch_of(item)), items):
            rows = numbers(start, judged.records)
            if lines is not None and judged.records:
                lines.add(judged.longer, int(rows[0]) - 1)
            for place, fault in judged.faults:
                tell(int(rows[place]), fault)
            overflows += [overflow._replace(row=int(rows[overflow.row])) for overflow in judged.overflows]
            if sieve.keys and judged.digest:
                sieve.keys.add(judged.digest, rows[judged.digest.rows])
            if typed is not None:
                typed(_typed_batch(judged, rows, sieve))
            start += judged.records
    for row, fault in sieve.keys.faults() if sieve.keys else ():
        tell(row, fault)
    told.sort(key=itemgetter(0, 1))
    return Sifted([finding for *_, finding in told], start, overflows)


def _typed_batch(judged: Judged, rows: Places, sieve: Sieve) -> pa.RecordBatch:
    fields = [(ROW, pa.int64()), *zip(sieve.names, sieve.kept, strict=True)]
    columns = [integers(np.asarray(rows)[judged.places]), *(judged.typed or [])]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def _in_order(pool: ThreadPoolExecutor, work: Callable[[Item], Judged], items: Iterable[Item]) -> Iterator[Judged]:
    """The results in order of items, with one item more at work than threads, so that memory holds few."""
    waiting: deque[Future[Judged]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) > THREADS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
