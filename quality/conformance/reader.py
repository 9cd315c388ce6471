"""A block of records as columns of text; records with another number of cells are kept separately.

Arrow reads the bytes, one thread per block; records that `csv` has read are only transposed. Not here: where a block ends
(`blocks.py`).
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from sys import getsizeof
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from quality.conformance.blocks import Block, Records, TextBlock, read_records
from quality.conformance.buffers import Bools, Places, drop_offset, is_utf8, to_strings
from quality.conformance.lines import NO_RECORDS, MultiLineRecords

RAGGED_BYTES = 16 << 20
"""Memory of the cells of ragged records that are held until they are checked."""


@dataclass(frozen=True)
class Batch:
    """Consecutive records of a table; positions count them from 0."""

    records: int
    columns: list[pa.StringArray]
    """Cells of the records that have as many as there are fields, as `drop_offset` returns them."""
    places: Places
    """The record of each row of the columns."""
    ragged: dict[int, list[str]]
    """The other records by their position."""
    absent: list[Bools | None]
    """Per column, which cells do not exist; None if all do."""
    longer: MultiLineRecords = NO_RECORDS
    """Records that span several lines."""

    def list_cells(self, record: int) -> list[str]:
        """Returns the cells of a record that is in the columns."""
        at = int(np.searchsorted(self.places, record))
        return [column[at].as_py() for column in self.columns]


class RaggedRecords:
    """Ragged records of several batches, which are checked as a batch of their own: adding them to the columns of their batches would copy all cells."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._cells: list[list[str]] = []
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def full(self) -> bool:
        """Whether the records have to be checked before more are added."""
        return self._size >= RAGGED_BYTES

    def add_records(self, ragged: Mapping[int, list[str]], rows: Places) -> None:
        """Adds the ragged records of a batch; `rows`: the numbers of its rows."""
        self._rows += (int(rows[place]) for place in ragged)
        self._cells += ragged.values()
        self._size += sum(getsizeof(cell) for cells in ragged.values() for cell in cells)

    def take_batch(self, width: int) -> tuple[Batch, Places]:
        """Empties the collection; returns its records as a batch, and their row numbers.

        The batch does not count as further records of the table. Cells beyond the fields are left out.
        """
        rows, ragged = np.array(self._rows, np.int64), dict(enumerate(self._cells))
        self._rows, self._cells, self._size = [], [], 0
        filled = [[*cells[:width], *[None] * (width - len(cells))] for cells in ragged.values()]
        columns = [to_strings(cells) for cells in zip(*filled, strict=True)]
        absent = [_null_mask(column) for column in columns]
        return Batch(0, [drop_offset(column) for column in columns], np.arange(len(rows)), ragged, absent), rows


def read_batch(block: Block, width: int, delimiter: str) -> Batch:
    """Returns the block's records. UnicodeError if a text is not UTF-8."""
    if isinstance(block, TextBlock):
        found = _read_by_arrow(block, width, delimiter)
        if found is not None:
            return found
        text = block.data[: block.end].decode()
        block = read_records(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return _transpose_records(block, width)


def batch_from_table(rows: pa.RecordBatch) -> Batch:
    """Returns the rows of a batch of text columns; null is an absent cell."""
    absent = [_null_mask(column) for column in rows.columns]
    places = np.arange(rows.num_rows, dtype=np.int64)
    return Batch(rows.num_rows, [drop_offset(column) for column in rows.columns], places, {}, absent)


def _null_mask(cells: pa.StringArray) -> Bools | None:
    if cells.null_count == 0:
        return None
    bits = np.frombuffer(cells.buffers()[0], np.uint8)
    valid = np.unpackbits(bits, count=cells.offset + len(cells), bitorder="little")[cells.offset :]
    absent: Bools = valid == 0
    return absent


def _read_by_arrow(block: TextBlock, width: int, delimiter: str) -> Batch | None:
    """Returns None if Arrow refuses the block."""
    text = pa.py_buffer(block.data).slice(0, block.end)
    # Checked first: Arrow would drop a ragged row whose text is not UTF-8, with only a line on stderr.
    if not (block.valid or is_utf8(text)):
        return None
    ragged: dict[int, list[str]] = {}

    def keep(row: Any) -> str:  # noqa: ANN401 - Arrow's InvalidRow
        ragged[row.number - 1] = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=delimiter), [])
        return "skip"

    names = [str(column) for column in range(width)]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(text),
            read_options=pacsv.ReadOptions(use_threads=False, block_size=block.end + 1, column_names=names),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[],
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.column(0).num_chunks != 1:
        return None
    return _build_batch(
        [column.chunk(0) for column in table.columns], ragged, table.num_rows + len(ragged), block.longer
    )


def _transpose_records(records: Records, width: int) -> Batch:
    ragged = {place: cells for place, cells in enumerate(records.cells) if len(cells) != width}
    rows = [cells for cells in records.cells if len(cells) == width]
    columns = zip(*rows, strict=True) if rows else [()] * width
    return _build_batch([to_strings(column) for column in columns], ragged, len(records.cells), records.longer)


def _build_batch(
    columns: list[pa.StringArray],
    ragged: dict[int, list[str]],
    records: int,
    longer: MultiLineRecords,
) -> Batch:
    places = np.arange(records, dtype=np.int64)
    if ragged:
        places = np.delete(places, list(ragged))
    return Batch(records, columns, places, ragged, [None] * len(columns), longer)
