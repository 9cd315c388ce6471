"""Columns of a table in the compact form of the finder's data file, which a script reads quickly.

    {"values": […], "at": […]}   texts that repeat: each once, and for each row its place; "at" is a text of one digit a row (base 62)
                                 where there are so few values
    {"front": […]}               other texts: how many characters are those of the row before (one digit, base 62), then the rest
    {"steps": […]}               degrees: hundred-thousandths more than the row before that has one; null without a value

Texts come as Arrow arrays of strings without nulls. Pure functions; `pages/finder-data.js` reads them back. Not here: which columns there are (`venue_file.py`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

STEPS_PER_DEGREE = 100_000
"""A step is about a metre."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LAST_OF_FIRST_PLANE = 0xFFFF
Texts: TypeAlias = "pa.StringArray | pa.ChunkedArray"
_MOST_DISTINCT = 0.5
"""Share of distinct values up to which a column is given by places."""


def pack_texts(cells: Texts) -> Mapping[str, Any]:
    """The column of these texts, in the one of the two forms that is usually smaller."""
    if pc.count_distinct(cells).as_py() <= len(cells) * _MOST_DISTINCT:
        return pack_places(cells)
    texts = cells.to_pylist()
    return {"front": [_shorten(before, cell) for before, cell in zip(["", *texts], texts, strict=False)]}


def pack_places(cells: Texts) -> dict[str, Any]:
    """The column of these texts by their places; the values are in the order in which they first occur."""
    values = pc.unique(cells)
    at = pc.index_in(cells, value_set=values).to_pylist()
    return {"values": values.to_pylist(), "at": pack_digits(at) if len(values) <= len(_DIGITS) else at}


def pack_digits(numbers: Iterable[int]) -> str:
    """A text of one digit for each number; IndexError above 61."""
    return "".join(_DIGITS[number] for number in numbers)


def pack_degrees(cells: Iterable[str]) -> Mapping[str, Any]:
    """The column of these decimal degrees; ValueError if a cell is neither empty nor a number."""
    steps: list[int | None] = []
    before = 0
    for cell in cells:
        now = round(float(cell) * STEPS_PER_DEGREE) if cell else None
        steps.append(None if now is None else now - before)
        before = before if now is None else now
    return {"steps": steps}


def _shorten(before: str, cell: str) -> str:
    """The cell with its leading characters that are the same as in the cell before replaced by their number, as one digit.

    Characters beyond the first plane are never shared: a browser counts them twice.
    """
    shared = 0
    for one, other in zip(before, cell, strict=False):
        if one != other or ord(one) > _LAST_OF_FIRST_PLANE or shared == len(_DIGITS) - 1:
            break
        shared += 1
    return _DIGITS[shared] + cell[shared:]
