"""The bytes of a CSV file, cut into blocks of whole records.

A block is text where Arrow certainly reads the same as Python's `csv`; in doubt it is a list of records that `csv` has
read, as frictionless does. Nothing is guessed. The two agree on quoted cells if every quote opens behind a delimiter or a
line end, closes before one, and is doubled inside; anything else is read by `csv`. Not here: columns (`reader.py`).
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from quality.conformance.buffers import PAIRED_ENCODINGS, Places, find_low_bytes, transcode_pairs
from quality.conformance.lines import (
    NO_RECORDS,
    MultiLineRecords,
    RecordLines,
    find_line_ends_in_cells,
    find_multi_line_records,
)

BLOCK = 6 << 20
"""Bytes of a block: of fewer, the threads hand the interpreter's lock to each other more often; 8 MiB take 50 MB more memory, and no less time."""
STEP = 3 << 18
"""Bytes transcoded at once, up to the end of their last line: a decoder holds the GIL, and the checking threads wait for it. Steps of 256 KiB take 3 % more time."""
HEADER = 1 << 14
"""Bytes that usually contain the whole header."""


class TextBlock(NamedTuple):
    """Whole records that Arrow reads as `csv` does: the bytes before `end`, and which records span several lines."""

    data: bytes
    end: int
    longer: MultiLineRecords = NO_RECORDS
    valid: bool = False
    """Whether it is known to be UTF-8."""


class Records(NamedTuple):
    """Records that `csv` has read, and which of them span several lines."""

    cells: list[list[str]]
    longer: MultiLineRecords


Block = TextBlock | Records


class ByteSource:
    """A position in the text of a file, as UTF-8; other encodings are transcoded while reading."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        """`encoding` is named as in frictionless; LookupError if Python has no such decoder, UnicodeError if decoding fails."""
        self._file = file
        self._at = 0
        self._held = b""
        """Transcoded text from the position on."""
        self._encoding = name = codecs.lookup(encoding).name
        self._decoder = None if name in {"utf-8", "utf-8-sig"} else codecs.getincrementaldecoder(encoding)()
        if name == "utf-8-sig":
            self.move_on(len(codecs.BOM_UTF8) if self.peek_bytes(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0)

    @property
    def transcodes(self) -> bool:
        """Whether the file has another encoding than UTF-8."""
        return self._decoder is not None

    @property
    def place(self) -> int:
        """The position in bytes; for a file that is not UTF-8, the position in its text transcoded to UTF-8."""
        return self._at

    def peek_bytes(self, size: int) -> bytes:
        """Returns at least the next `size` bytes without moving; fewer only at the end."""
        if self._decoder is None:
            # Bytes after the last record of a block are read twice, which is cheaper than joining them to the next block.
            self._file.seek(self._at)
            return self._file.read(size)
        parts, length = [self._held], len(self._held)
        while length < size:
            data = self._file.read(STEP)
            lines = memoryview(data)[: data.rfind(b"\n") + 1 or len(data)]
            self._file.seek(len(lines) - len(data), io.SEEK_CUR)
            parts.append(self._transcode(self._decoder, lines))
            length += len(parts[-1])
            if not data:
                break
        self._held = b"".join(parts)
        return self._held

    def _transcode(self, decoder: codecs.IncrementalDecoder, data: memoryview) -> bytes:
        """Returns the next bytes as UTF-8; empty at the end of the file. `transcode_pairs` takes three fifths of a decoder's time, without the GIL."""
        if self._encoding in PAIRED_ENCODINGS and len(data) > STEP // 2 and not decoder.getstate()[0]:
            text = transcode_pairs(data, self._encoding)
            if text is not None:
                return text
        return decoder.decode(data, not data).encode()

    def move_on(self, size: int) -> None:
        """Moves forward by `size` bytes."""
        self._at += size
        self._held = self._held[size:]

    def move_back(self, data: bytes) -> None:
        """Moves back by the length of `data`, the bytes read last."""
        self._at -= len(data)
        self._held = data + self._held if self._decoder else b""


def read_blocks(
    source: ByteSource, dialect: csv.Dialect, *, skip: int, blanks_are_missing: bool, lines: RecordLines
) -> Iterator[Block]:
    """Yields the records after the first `skip`, in order; the line counts of skipped records are added to `lines`.

    `blanks_are_missing`: an empty cell is a missing value in every field. If False, an empty line differs from a line of
    empty cells, although Arrow reads it as one. Raises UnicodeError or csv.Error as `csv` and the decoder raise them.
    """
    skip_records(source, dialect, skip, lines)
    plain, delimiter = _is_arrow_dialect(dialect), dialect.delimiter.encode()
    while (whole := _peek_whole_lines(source, BLOCK))[1]:
        data, end = whole
        alike = plain and (blanks_are_missing or not _has_empty_line(data, end))
        block = cut_records(data, delimiter, end) if alike else None
        source.move_on(block.end if block else end)
        yield (
            block._replace(valid=source.transcodes)
            if block
            else _parse_records(data[:end], dialect, lambda: _take_bytes(source))
        )


def _is_arrow_dialect(dialect: csv.Dialect) -> bool:
    """Returns whether Arrow reads the dialect as `csv` does."""
    ways = (dialect.quotechar, dialect.escapechar, dialect.skipinitialspace, dialect.doublequote, dialect.quoting)
    usual = ('"', None, False, True, csv.QUOTE_MINIMAL)
    return ways == usual and len(dialect.delimiter.encode()) == 1 and dialect.delimiter not in '"\r\n'


def _has_empty_line(data: bytes, end: int) -> bool:
    return data[:1] in b"\r\n" or data.find(b"\n\n", 0, end) >= 0 or data.find(b"\n\r\n", 0, end) >= 0


def _peek_whole_lines(source: ByteSource, size: int) -> tuple[bytes, int]:
    """Returns whole lines from the current position, about `size` bytes, and where they end, without moving."""
    while True:
        data = source.peek_bytes(size)
        if len(data) < size:
            return data, len(data)
        # A lone \r also ends a line. Only if the block has no \n is it certain that a \r is not the first half of \r\n.
        if cut := data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1:
            return data, cut
        size *= 2


def _take_bytes(source: ByteSource, size: int | None = None) -> bytes:
    data, end = _peek_whole_lines(source, size or BLOCK)
    source.move_on(end)
    return data[:end]


def skip_records(source: ByteSource, dialect: csv.Dialect, records: int, lines: RecordLines) -> None:
    """Moves past the header, which frictionless has read; its lines are added to `lines`."""
    if records:
        feed = _LineIterator(_take_bytes(source, min(HEADER, BLOCK)), lambda: _take_bytes(source))
        skipped = read_records(csv.reader(feed, dialect), lambda number: number == records)
        lines.add_records(skipped.longer, 0)
        source.move_back(feed.unread_lines())


def _parse_records(data: bytes, dialect: csv.Dialect, more: Callable[[], bytes]) -> Records:
    """Returns the records that begin in `data`, read by `csv`; `more` is called as long as a record continues."""
    feed = _LineIterator(data, more)
    return read_records(csv.reader(feed, dialect), lambda _: feed.exhausted)


def read_records(reader: Any, enough: Callable[[int], bool] = lambda _: False) -> Records:  # noqa: ANN401 - `csv` has no name for it
    """Returns the records of a `csv` reader, up to the first one at whose count `enough` is true."""
    cells: list[list[str]] = []
    ends = [0]
    for record in reader:
        cells.append(record)
        ends.append(reader.line_num)
        if enough(len(cells)):
            break
    return Records(cells, find_multi_line_records(end - begin for begin, end in pairwise(ends)))


class _LineIterator:
    """Iterator of lines for `csv`, split as a text stream with newline='' splits them."""

    def __init__(self, data: bytes, more: Callable[[], bytes]) -> None:
        self._more = more
        self._fill(data)

    def _fill(self, data: bytes) -> None:
        self._lines = list(io.StringIO(data.decode(), newline=""))
        self._at = 0

    @property
    def exhausted(self) -> bool:
        return self._at == len(self._lines)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.exhausted:
            data = self._more()
            if not data:
                raise StopIteration
            self._fill(data)
        self._at += 1
        return self._lines[self._at - 1]

    def unread_lines(self) -> bytes:
        """Returns the lines that were not consumed."""
        return "".join(self._lines[self._at :]).encode()


_QUOTE, _LF, _CR, _NUL = b'"\n\r\0'


def cut_records(data: bytes, delimiter: bytes, end: int) -> TextBlock | None:
    """Returns the whole records in the lines before `end`; None if Arrow and `csv` might read them differently, or if none ends there."""
    lines = np.frombuffer(data, np.uint8, end)
    places = find_low_bytes(lines, _QUOTE)
    low = lines[places]
    if data.startswith(codecs.BOM_UTF8) or (low == _NUL).any() or not _precede_line_feeds(lines, places[low == _CR]):
        return None
    quotes = places[low == _QUOTE]
    if not len(quotes):
        return TextBlock(data, end)
    end = _find_end_outside_quotes(data, quotes, end)
    quotes = quotes[: np.searchsorted(quotes, end)]
    if not end or not _has_regular_quotes(lines, quotes, delimiter):
        return None
    low = low[: np.searchsorted(places, end)]
    return TextBlock(data, end, find_line_ends_in_cells(low == _QUOTE, low == _LF))


def _precede_line_feeds(lines: npt.NDArray[np.uint8], returns: Places) -> bool:
    return not len(returns) or bool(returns[-1] + 1 < len(lines) and (lines[returns + 1] == _LF).all())


def _find_end_outside_quotes(lines: bytes, quotes: Places, end: int) -> int:
    """Returns the last line end, up to the one at `end`, that has an even number of quotes before it."""
    while end:
        before = int(np.searchsorted(quotes, end))
        if before % 2 == 0:
            break
        end = lines.rfind(b"\n", 0, int(quotes[before - 1])) + 1
    return end


def _has_regular_quotes(data: npt.NDArray[np.uint8], quotes: Places, delimiter: bytes) -> bool:
    """Returns whether each quote, alternately, opens and closes a cell or belongs to a doubled pair."""
    if not len(quotes):
        return True
    edge = np.zeros(256, np.bool_)
    edge[[_LF, _CR, delimiter[0]]] = True
    opens, closes = quotes[0::2], quotes[1::2]
    doubled = opens[1:] == closes[:-1] + 1
    opened = edge[data[opens - 1]]
    opened[0] |= opens[0] == 0
    opened[1:] |= doubled
    after = np.minimum(closes + 1, len(data) - 1)
    closed = edge[data[after]] | (closes + 1 >= len(data))
    closed[:-1] |= doubled
    return bool(opened.all() and closed.all())
