"""On which line of a delimited file a record begins, where that is not its number: cells in quotes may hold line ends.

Of a table only the records that span several lines are kept, so that a line costs something where it is asked for. Not here:
reading records (`blocks.py`, `reader.py`).
"""

import csv
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from quality.conformance.buffers import Places

_LF = 10
FEW = 4096
"""So many pairs of quotes in a block are looked at one by one; more of them all at once."""


class Longer(NamedTuple):
    """Some records that span several lines, in order: which ones, and how many lines more than one."""

    records: Places
    more: Places


NONE = Longer(np.empty(0, np.int64), np.empty(0, np.int64))


class Lines:
    """The lines of a table's records. Records are counted from 1; each is one line unless it was told of."""

    def __init__(self) -> None:
        self._records: list[int] = []
        self._more: list[int] = [0]

    def add(self, longer: Longer, before: int) -> None:
        """The next of the longer records; the first of the table's records that they count from has `before` others above it."""
        for record, more in zip((longer.records + before + 1).tolist(), longer.more.tolist(), strict=True):
            self.put(record, more)

    def put(self, record: int, more: int) -> None:
        """The next of them, by its number, and how many lines more than one it spans."""
        self._records.append(record)
        self._more.append(self._more[-1] + more)

    def of(self, record: int) -> int:
        """The line on which the record begins, the first being 1."""
        return record + self._more[bisect_left(self._records, record)]


def lines_of(path: Path, encoding: str, dialect: csv.Dialect) -> Lines:
    """The lines of a file's records, as far as it can be read: `csv` stops where frictionless stops."""
    lines = Lines()
    with suppress(UnicodeError, LookupError, csv.Error), path.open(encoding=encoding, newline="") as file:
        for record, span in enumerate(_spans(csv.reader(file, dialect)), start=1):
            if span > 1:
                lines.put(record, span - 1)
    return lines


def _spans(reader: Any) -> Iterator[int]:  # noqa: ANN401 - `csv` has no name for it
    before = 0
    for _ in reader:
        yield reader.line_num - before
        before = reader.line_num


def longer_of(spans: Iterable[int]) -> Longer:
    """The longer ones among records that span so many lines."""
    found = [(record, lines - 1) for record, lines in enumerate(spans) if lines > 1]
    if not found:
        return NONE
    records, more = zip(*found, strict=True)
    return Longer(np.array(records, np.int64), np.array(more, np.int64))


def longer_in(block: bytes) -> Longer:
    """The same of whole records as bytes, in which quotes are in their places and lines end in LF."""
    inside = _ends_inside(block)
    if not len(inside):
        return NONE
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _LF)
    outside = np.isin(ends, inside, invert=True)
    records, more = np.unique(np.cumsum(outside)[~outside], return_counts=True)
    return Longer(records.astype(np.int64), more.astype(np.int64))


def _ends_inside(block: bytes) -> Places:
    """Where line ends stand inside quotes."""
    opening, found, pairs = block.find(b'"'), list[int](), 0
    while opening >= 0:
        closing = block.find(b'"', opening + 1)
        at = block.find(b"\n", opening, closing)
        while at >= 0:
            found.append(at)
            at = block.find(b"\n", at + 1, closing)
        opening = block.find(b'"', closing + 1)
        pairs += 1
        if pairs > FEW:
            return _all_ends_inside(block)
    return np.array(found, np.int64)


def _all_ends_inside(block: bytes) -> Places:
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _LF)
    found: Places = ends[np.searchsorted(np.flatnonzero(data == ord('"')), ends) % 2 == 1]
    return found
