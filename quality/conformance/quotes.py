"""Where the last whole record of some lines ends, seen from their quotes alone.

Arrow and Python's `csv` read a quoted cell alike where every quote stands in its place: it opens behind a delimiter or a line
end, closes before one, and is doubled inside. Anything else is for `csv`. Not here: reading either way.
"""

import codecs

import numpy as np
import numpy.typing as npt

_QUOTE, _LF, _CR = b'"\n\r'


def end_of_records(lines: bytes, delimiter: bytes) -> int:
    """The length of the whole records in `lines`; 0 if Arrow and `csv` might read them differently, or if none ends there."""
    if b"\0" in lines or lines.startswith(codecs.BOM_UTF8):
        return 0
    if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n"):
        return 0
    if b'"' not in lines:
        return len(lines)
    data = np.frombuffer(lines, np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    end = _end_outside_quotes(lines, quotes)
    inside = int(np.searchsorted(quotes, end))
    return end if end and _in_place(data, quotes[:inside], delimiter) else 0


def _end_outside_quotes(lines: bytes, quotes: npt.NDArray[np.intp]) -> int:
    """The last line end that has an even number of quotes before it."""
    end = len(lines)
    while end:
        before = int(np.searchsorted(quotes, end))
        if before % 2 == 0:
            break
        end = lines.rfind(b"\n", 0, int(quotes[before - 1])) + 1
    return end


def _in_place(data: npt.NDArray[np.uint8], quotes: npt.NDArray[np.intp], delimiter: bytes) -> bool:
    """Whether each quote, by turns, opens and closes a cell or is one of a doubled pair."""
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
