"""Line numbers of records in a delimited file; they differ from record numbers if quoted cells contain line ends.

Only records that span several lines are stored; line numbers are computed when they are needed. Not here: reading records (`blocks.py`,
`reader.py`).
"""

import csv
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from quality.conformance.buffers import Bools, Places


class MultiLineRecords(NamedTuple):
    """Records that span several lines, in order: their positions, and how many lines each has beyond the first."""

    records: Places
    more: Places


NO_RECORDS = MultiLineRecords(np.empty(0, np.int64), np.empty(0, np.int64))


class RecordLines:
    """The lines of a table's records. Records are counted from 1; each is one line unless added as a longer one."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._parts: list[MultiLineRecords] = []
        """For each part the records and, as `more`, the extra lines of each together with all records before it."""
        self._more = 0

    def add_records(self, longer: MultiLineRecords, before: int) -> None:
        """Adds the next multi-line records; their positions count from the record that has `before` records above it."""
        if len(longer.records):
            records, more = longer.records + before + 1, np.cumsum(longer.more) + self._more
            self._firsts.append(int(records[0]))
            self._parts.append(MultiLineRecords(records, more))
            self._more = int(more[-1])

    def line_number(self, record: int) -> int:
        """Returns the line on which the record begins, the first being 1."""
        part = bisect_left(self._firsts, record) - 1
        if part < 0:
            return record
        records, more = self._parts[part]
        return record + int(more[int(records.searchsorted(record)) - 1])

    def line_numbers(self, records: Places) -> Places:
        """Returns `line_number` of many records."""
        if not self._parts:
            return records
        known = np.concatenate([part.records for part in self._parts])
        more = np.concatenate([np.zeros(1, np.int64), *(part.more for part in self._parts)])
        numbers: Places = records + more[np.searchsorted(known, records)]
        return numbers


def read_record_lines(path: Path, encoding: str, dialect: csv.Dialect) -> RecordLines:
    """Returns the lines of a file's records, as far as it can be read: `csv` stops where frictionless stops."""
    lines = RecordLines()
    with suppress(UnicodeError, LookupError, csv.Error), path.open(encoding=encoding, newline="") as file:
        for record, span in enumerate(_record_spans(csv.reader(file, dialect)), start=1):
            if span > 1:
                lines.add_records(build_multi_line_record(span - 1), record - 1)
    return lines


def _record_spans(reader: Any) -> Iterator[int]:  # noqa: ANN401 - `csv` has no name for it
    before = 0
    for _ in reader:
        yield reader.line_num - before
        before = reader.line_num


def build_multi_line_record(more: int) -> MultiLineRecords:
    """Returns a single record with `more` lines beyond the first."""
    return MultiLineRecords(np.zeros(1, np.int64), np.array([more], np.int64))


def find_multi_line_records(spans: Iterable[int]) -> MultiLineRecords:
    """Returns the multi-line ones among records; `spans`: number of lines of each record."""
    found = [(record, lines - 1) for record, lines in enumerate(spans) if lines > 1]
    if not found:
        return NO_RECORDS
    records, more = zip(*found, strict=True)
    return MultiLineRecords(np.array(records, np.int64), np.array(more, np.int64))


def find_line_ends_in_cells(quotes: Bools, feeds: Bools) -> MultiLineRecords:
    """Returns the multi-line records of a text. `quotes`, `feeds`: masks, over some bytes of the text, of its quotes (which open and close in turn) and of LF."""
    inside = np.cumsum(quotes)[feeds] % 2 == 1
    if not inside.any():
        return NO_RECORDS
    longer, more = np.unique(np.cumsum(~inside)[inside], return_counts=True)
    return MultiLineRecords(longer, more.astype(np.int64))
