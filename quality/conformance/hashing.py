"""64-bit hashes of the cells of a column: equal values have equal hashes; 0 means no value.

Numbers of a cast column are hashed from their Arrow representation, texts eight bytes at a time, anything else by Python.
Unequal values may collide; `keys.py` compares the values. A hash depends on the value alone, never on the block that holds it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from quality.conformance.buffers import Bools, cell_bytes, cell_offsets, to_numpy, to_strings
from quality.conformance.cell_error import UnsuitedForPrefilter
from quality.conformance.predicates import EPOCH, epoch_microseconds

Hashes = npt.NDArray[np.uint64]
NO_VALUE = np.uint64(0)
WORD = 8
"""Bytes of a text that are hashed at once."""
_ALL = 2**64 - 1
_ODD, _MIX, _MORE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(32)


def hash_texts(text: pa.StringArray, missing: Bools | None) -> Hashes:
    """Returns the hashes of cells whose text is their value."""
    size = np.diff(cell_offsets(text))
    if not len(size):
        return np.empty(0, np.uint64)
    hashed = size.astype(np.uint64) * _ODD + np.uint64(1)
    shortest = size.min()
    for place, word in enumerate(_load_words(cell_bytes(text), size)):
        mixed = _mix_words(hashed ^ word)
        # Words after the end of a text must not count: how many there are depends on the longest text of the block.
        hashed = mixed if shortest > WORD * place else np.where(size > WORD * place, mixed, hashed)
    return _mark_missing(hashed, missing)


def _load_words(data: npt.NDArray[np.uint8], size: npt.NDArray[np.int32]) -> Sequence[Hashes]:
    width = int(size.max())
    if size.min() == width >= WORD:  # all of one length, as codes are: words are views of Arrow's buffer
        words = [np.ndarray(len(size), np.uint64, data, at, (width,)) for at in range(0, width - WORD + 1, WORD)]
        if rest := width % WORD:
            words.append(np.ndarray(len(size), np.uint64, data, width - WORD, (width,)) >> np.uint64(8 * (WORD - rest)))
        return words
    padded = np.zeros((len(size), -(-width // WORD) * WORD), np.uint8)
    padded[np.arange(padded.shape[1]) < size[:, None]] = data
    return list(padded.view(np.uint64).T)


def hash_typed_values(values: pa.Array, missing: Bools | None) -> Hashes:
    """Returns the hashes of integers, numbers, dates or datetimes. Hash values at null positions are undefined."""
    found = to_numpy(values)
    # Adding 0.0 turns -0.0 into 0.0, which it equals.
    words = found + 0.0 if found.dtype == np.float64 else found.astype(np.int64)
    return _mark_missing(_mix_words(words.view(np.uint64)), missing)


def hash_read_values(values: Sequence[Any], kept: pa.DataType) -> Hashes:
    """Hashes values that frictionless read, with the results of `hash_texts` and `hash_typed_values`; UnsuitedForPrefilter if one is unhashable."""
    missing = np.array([value is None for value in values], np.bool_)
    if pa.types.is_string(kept):
        return hash_texts(to_strings([value or "" for value in values]), missing)
    try:
        words = np.array([0 if value is None else _value_word(value, kept) for value in values], np.uint64)
    except (TypeError, ValueError, ArithmeticError) as wrong:
        raise UnsuitedForPrefilter("a key that cannot be looked up") from wrong
    return _mark_missing(_mix_words(words), missing)


def hash_distinct_values(values: Sequence[Any]) -> Hashes:
    """Hashes values of any type; UnsuitedForPrefilter if one is unhashable: frictionless could not look it up either."""
    try:
        words = np.array([0 if value is None else hash(value) & _ALL for value in values], np.uint64)
    except TypeError as wrong:
        raise UnsuitedForPrefilter("a key that cannot be looked up") from wrong
    return _mark_missing(_mix_words(words), np.array([value is None for value in values], np.bool_))


def hash_rows(parts: Sequence[Hashes]) -> Hashes:
    """Returns the hashes of keys of several fields; 0 only if no part has a value."""
    if len(parts) == 1:
        return parts[0]
    mixed, some = np.zeros(len(parts[0]), np.uint64), np.zeros(len(parts[0]), np.bool_)
    for part in parts:
        mixed = (mixed ^ part) * _MORE
        mixed ^= mixed >> _HALF
        some |= part != NO_VALUE
    return _mark_missing(mixed, ~some)


def _value_word(value: Any, kept: pa.DataType) -> int:  # noqa: ANN401 - frictionless's values are of many types
    if kept == pa.int64():
        return int(value) & _ALL
    if kept == pa.float64():
        return int(np.float64(float(value) + 0.0).view(np.uint64))
    if isinstance(value, datetime):
        return epoch_microseconds(value) & _ALL if value.tzinfo is None else hash(value) & _ALL
    return (value - EPOCH).days & _ALL if isinstance(value, date) else hash(value) & _ALL


def _mix_words(words: Hashes) -> Hashes:
    mixed = words * _MIX
    mixed ^= mixed >> _HALF
    return mixed


def _mark_missing(hashed: Hashes, missing: Bools | None) -> Hashes:
    """Sets the hash of missing values to 0; no other hash is 0."""
    marked: Hashes = hashed | np.uint64(1)
    if missing is not None:
        marked[missing] = NO_VALUE
    return marked
