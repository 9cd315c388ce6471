"""Arrow buffers as numpy arrays and back, without copying.

pyarrow's own `pa.array(list)` and `to_numpy()` of booleans import pandas, which takes a quarter of the time of a small file;
these functions do not. All take what `drop_offset` returns: string arrays without offset and nulls. Also here, because it is
made of them: texts of characters of one and two bytes as UTF-8. Not here: any check.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
"""Positions in a batch, counted from 0."""

_SEPARATOR = "\0"
_NUMPY = {pa.float64(): np.float64, pa.int32(): np.int32, pa.date32(): np.int32}


def drop_offset(text: pa.StringArray) -> pa.StringArray:
    """Returns the same cells without offset and nulls; the text at null positions is undefined."""
    if text.offset == 0 and text.null_count == 0:
        return text
    _, places, data = text.buffers()
    return pa.Array.from_buffers(pa.string(), len(text), [None, places.slice(text.offset * 4), data])


def cell_offsets(text: pa.StringArray) -> npt.NDArray[np.int32]:
    """Returns the start of each cell in the bytes, and the end of the last one."""
    buffer = text.buffers()[1]
    if buffer is None or not len(text):
        return np.zeros(1, np.int32)
    return np.frombuffer(buffer, np.int32, len(text) + 1, text.offset * 4)


def cell_bytes(text: pa.StringArray) -> npt.NDArray[np.uint8]:
    """Returns the bytes of all cells, from the first of `cell_offsets` on."""
    places = cell_offsets(text)
    return np.frombuffer(text.buffers()[2] or b"", np.uint8)[places[0] : places[-1]]


def as_single_text(data: pa.Buffer, kind: pa.DataType | None = None) -> pa.Array:
    """Returns the bytes as the only text of an array of that type, binary by default, without copying or checking them."""
    ends = pa.py_buffer(np.array([0, data.size], np.int32))
    return pa.Array.from_buffers(kind or pa.binary(), 1, [None, ends, data])


def is_utf8(text: pa.Buffer) -> bool:
    """Returns whether the bytes are valid UTF-8. Arrow knows several times faster than `bytes.decode`, and frees the interpreter's lock."""
    try:
        as_single_text(text).cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def to_strings(values: Sequence[str | None]) -> pa.StringArray:
    """Returns the texts as an array; None becomes null."""
    if None not in values:
        return _make_strings(cast("Sequence[str]", values))
    texts = _make_strings([value or "" for value in values])
    return keep_only(texts, np.array([value is not None for value in values], np.bool_))


def _make_strings(texts: Sequence[str]) -> pa.StringArray:
    """Returns the texts as an array. They are encoded as one and told apart by the separators, unless one of them holds such."""
    data = _SEPARATOR.join(texts).encode()
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(_SEPARATOR))
    places = np.zeros(len(texts) + 1, np.int32)
    if len(ends) + 1 == len(texts):
        data = data.replace(_SEPARATOR.encode(), b"")
        places[1:-1], places[-1] = ends - np.arange(len(ends)), len(data)
    else:
        encoded = [text.encode() for text in texts]
        data = b"".join(encoded)
        np.cumsum([len(cell) for cell in encoded], out=places[1:])
    return pa.Array.from_buffers(pa.string(), len(texts), [None, pa.py_buffer(places), pa.py_buffer(data)])


def to_mask(array: pa.BooleanArray) -> Bools:
    """Returns the truth of each element; nulls are ignored, their result is undefined."""
    bits = np.frombuffer(array.buffers()[1], np.uint8)
    flags = np.unpackbits(bits, count=array.offset + len(array), bitorder="little")
    return flags[array.offset :].view(np.bool_)


def to_bitmap(flags: Bools) -> pa.BooleanArray:
    """Inverse of `to_mask`."""
    packed = np.packbits(flags, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(flags), [None, pa.py_buffer(packed)])


def to_numpy(array: pa.Array) -> npt.NDArray[Any]:
    """Returns the values of a numeric or date array; values at null positions are undefined."""
    kind = _NUMPY.get(array.type, np.int64)
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * np.dtype(kind).itemsize)


def to_int64(values: npt.NDArray[Any]) -> pa.Int64Array:
    """Inverse of `to_numpy` for integers."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(np.ascontiguousarray(values, np.int64))])


def keep_only(text: pa.StringArray, kept: Bools | None) -> pa.StringArray:
    """Returns the cells, null where not kept. The mask becomes the validity bitmap, nothing is copied; None keeps all."""
    if kept is None:
        return text
    _, places, data = text.buffers()
    return pa.Array.from_buffers(pa.string(), len(text), [to_bitmap(kept).buffers()[1], places, data])


_scratch = threading.local()
_SPACE = ord(" ")
_MANY_LOW = 8
"""A text in which more than one byte of so many is low is one of padded cells."""


def find_low_bytes(data: npt.NDArray[np.uint8], highest: int) -> Places:
    """Returns the positions of the bytes up to `highest`. If there are many, spaces are left out: they pad cells, and a position takes eight bytes.

    The comparison writes into memory that its thread keeps, because new pages would cost more than the comparison.
    """
    kept: Bools | None = getattr(_scratch, "flags", None)
    if kept is None or len(kept) < len(data):
        kept = _scratch.flags = np.empty(len(data) + len(data) // 8, np.bool_)  # the next block may be longer
    low = np.less_equal(data, highest, out=kept[: len(data)])
    if np.count_nonzero(low) > len(data) // _MANY_LOW:
        low &= data != _SPACE
    return np.flatnonzero(low)


def find_cells(text: pa.StringArray, bytes_at: Places) -> Places:
    """Returns the index of the cell that contains each of those bytes; bytes are counted as in `cell_bytes`."""
    places = cell_offsets(text)
    found: Places = np.searchsorted(places, bytes_at + places[0], side="right") - 1
    return found


def take_texts(text: pa.StringArray, places: npt.NDArray[Any]) -> list[Any]:
    """Returns the cells at those positions; None where the array has a null."""
    found: list[Any] = text.take(to_int64(places)).to_pylist() if len(places) else []
    return found


PAIRED_ENCODINGS = frozenset({"gb18030", "gbk", "gb2312"})
"""Encodings in which a byte below 0x80 is a character of its own, unless the byte before it is the first of a character."""
LONGEST_PAIR = 3
"""Bytes in UTF-8 of a character that has two bytes in one of them, at most."""


def transcode_pairs(data: bytes | memoryview, encoding: str) -> bytes | None:
    """Returns a text in one of `PAIRED_ENCODINGS` as UTF-8; None unless all bytes from 0x80 on stand in pairs that are characters.

    The first of a run of such bytes begins a character. A run of even length consists of pairs: any other character has a byte below 0x80 as
    its second, so its run is odd. The pairs are looked up in a table of Python's own decoder, and their texts put between the runs of ASCII.
    """
    import pyarrow.compute as pc  # noqa: PLC0415 -- 40 ms, which a small file does without

    high = np.frombuffer(data, np.uint8) >= 0x80  # noqa: PLR2004 - the end of ASCII
    if not high.any():
        return bytes(data)
    bounds, first = np.concatenate([[0], np.flatnonzero(high[1:] != high[:-1]) + 1, [len(high)]]), int(high[0])
    alternate = np.zeros(len(bounds), np.bool_)
    alternate[1 - first :: 2] = True
    runs, chosen = _to_binary(bounds, data), to_bitmap(alternate[:-1])
    paired = runs.filter(chosen)
    ends = cell_offsets(paired)
    if (ends & 1).any():
        return None
    texts, lengths = _read_pairs(encoding)
    ends, pairs = ends >> 1, cell_bytes(paired).view("<u2")
    found = texts.take(pairs).view(np.uint8)
    if found.min():  # a shorter text is filled up with zeros
        ends *= LONGEST_PAIR
    else:
        sized = lengths.take(pairs)
        if not sized.all():
            return None
        found, ends = found[found != 0], np.concatenate([[0], np.cumsum(sized, dtype=np.int32)])[ends]
    begins = np.repeat(ends, 2)[first : first + len(bounds)]
    return _join_cells(pc.if_else(chosen, _to_binary(begins, found), runs))


@lru_cache
def _read_pairs(encoding: str) -> tuple[npt.NDArray[np.void], npt.NDArray[np.uint8]]:
    """Returns for each pair of bytes from 0x80 on its text in UTF-8, filled up with zeros, and the text's length; 0 if it is no character."""
    codes = [bytes(pair) for pair in product(range(0x80, 0x100), repeat=2)]
    # A line end belongs to no pair, so what the decoder replaces does not reach into the next one.
    read = b"\n".join(codes).decode(encoding, "replace").split("\n")
    known = [
        (int.from_bytes(code, "little"), text.encode())
        for code, text in zip(codes, read, strict=True)
        if len(text) == 1
    ]
    texts, lengths = np.zeros(1 << 16, f"S{LONGEST_PAIR}"), np.zeros(1 << 16, np.uint8)
    for at, text in known:
        texts[at], lengths[at] = text, len(text)
    return texts, lengths


def _to_binary(places: npt.NDArray[Any], data: bytes | memoryview | npt.NDArray[np.uint8]) -> pa.BinaryArray:
    """Cuts the bytes at the places into cells."""
    offsets = pa.py_buffer(places.astype(np.int32))
    return pa.Array.from_buffers(pa.binary(), len(places) - 1, [None, offsets, pa.py_buffer(data)])


def _join_cells(cells: pa.BinaryArray) -> bytes:
    """Returns the bytes of all cells, one after the other; the array has no offset."""
    # `to_pybytes` would hold the interpreter's lock.
    joined: bytes = pa.BufferReader(cells.buffers()[2]).read(int(cell_offsets(cells)[-1]))
    return joined
