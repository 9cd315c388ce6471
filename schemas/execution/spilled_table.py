"""Tables that are too large to be held in memory: their batches go to a temporary file, of which the table is a view.

A view is an ordinary Arrow table whose columns lie in mapped pages of the file. Pages that were read stay in memory until the system needs
it, or until `drop_resident_pages`; they come back when they are read again. The file has no name: it is gone with the table, and with the
process. Not here: what the rows mean, files that are kept (`warehouse/lake/parts.py`, `warehouse/releases`).
"""

import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from threading import Lock
from typing import IO, TypeVar
from weakref import WeakSet, finalize

import pyarrow as pa

from schemas.execution.ahead import map_ahead

SPILL_FROM = 64 << 20
"""Bytes of batches from which they go to a file. A smaller table costs less in memory than as a file."""

SLICE_ROWS = 1 << 18
FEW_ROWS = 1 << 15
"""Rows up to which a second thread gains nothing."""
Column = TypeVar("Column")
Result = TypeVar("Result")

_MAPS: "WeakSet[mmap.mmap]" = WeakSet()
_MAPS_LOCK = Lock()


class TableSpill:
    """Collects the batches of one table in their order; in memory until they have `spill_from` bytes (`SPILL_FROM`), in a file from then on.

    The file lies where the system keeps temporary files (`TMPDIR`); OSError if the disk is full.
    """

    def __init__(self, schema: pa.Schema, spill_from: int | None = None) -> None:
        self._schema = schema
        self._spill_from = SPILL_FROM if spill_from is None else spill_from
        self._held: list[pa.RecordBatch] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None
        self._writer: pa.ipc.RecordBatchFileWriter | None = None

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Adds the next rows; their columns are those of the schema."""
        self._held.append(batch)
        self._bytes += batch.nbytes
        if self._bytes >= self._spill_from:
            self._write_held()

    def finish_table(self) -> pa.Table:
        """Returns all rows; nothing can be added any more."""
        if self._writer is None or self._file is None:
            return pa.Table.from_batches(self._held, self._schema)
        self._write_held()
        self._writer.close()
        self._file.flush()
        with self._file as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with _MAPS_LOCK:
            _MAPS.add(mapped)
        table: pa.Table = pa.ipc.open_file(pa.py_buffer(mapped)).read_all()
        unmap_pages()
        return table

    def _write_held(self) -> None:
        """Writes what is held as one batch: of small ones the columns lie in pieces of a few pages each, and one column takes the memory of all."""
        if self._writer is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `finish_table`, or when the rows are given up
            finalize(self, self._file.close)
            self._writer = pa.ipc.new_file(self._file, self._schema)
        self._writer.write_table(pa.Table.from_batches(self._held, self._schema).combine_chunks())
        self._held.clear()
        self._bytes = 0


def spill_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """Returns all rows of the batches as one table."""
    spill = TableSpill(schema)
    for batch in batches:
        spill.add_batch(batch)
    return spill.finish_table()


def spill_column(pieces: Iterable[pa.Array], kind: pa.DataType) -> pa.ChunkedArray:
    """Returns a column made of pieces as a view of a file of its own, for a table that is made column by column; in memory is one piece."""
    schema = pa.schema([("cells", kind)])
    spill = TableSpill(schema, spill_from=0)
    for piece in pieces:
        spill.add_batch(pa.record_batch([piece], schema))
    return spill.finish_table().column(0)


def filter_table(table: pa.Table, keep: pa.Array) -> pa.Table:
    """Returns the rows for which `keep` is true, as `Table.filter` does; of a large table they go to a file."""
    batches = table.to_batches()
    starts = accumulate((batch.num_rows for batch in batches), initial=0)
    kept = (batch.filter(keep.slice(start, batch.num_rows)) for batch, start in zip(batches, starts, strict=False))
    return spill_batches(kept, table.schema)


def list_columns(table: pa.Table) -> Iterator[pa.ChunkedArray]:
    """Yields the columns one after the other; when the next one is asked for, the memory of the last is let go."""
    for column in table.columns:
        yield column
        drop_resident_pages()


def map_columns(work: Callable[[Column], Result], columns: Sequence[Column], rows: int) -> Iterator[Result]:
    """Yields what `work` gives for each of the columns, or what names them, in their order; where there are many rows for two at a time.

    Otherwise as `list_columns`. `work` is called in threads.
    """
    if rows <= FEW_ROWS:
        yield from map(work, columns)
        return
    for made in map_ahead(work, columns):
        yield made
        unmap_pages()


def list_slices(table: pa.Table) -> Iterator[pa.Table]:
    """Yields the rows of a table, `SLICE_ROWS` at a time, as `list_columns` otherwise; one slice if there are no rows."""
    for start in range(0, max(1, table.num_rows), SLICE_ROWS):
        yield table.slice(start, SLICE_ROWS)
        drop_resident_pages()


def drop_resident_pages() -> None:
    """Lets go of the memory that views of files take at the moment, and of what Arrow keeps for later; nothing is lost.

    Without effect while all tables are in memory.
    """
    if unmap_pages():
        pa.default_memory_pool().release_unused()


def unmap_pages() -> bool:
    """Lets go of the memory that views of files take at the moment; returns whether there are any.

    Between two turns of one step: what Arrow keeps for later serves the next turn, and the system would have to fill new pages with zeros.
    """
    with _MAPS_LOCK:
        there = list(_MAPS)
    for mapped in there:
        mapped.madvise(mmap.MADV_DONTNEED)
    return bool(there)
