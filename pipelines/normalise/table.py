"""Normalising a whole table: a column at a time, and only the cells that a pattern does not clear at once.

Not here: what a cell is rewritten to (`fields`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.coordinates import convert_coordinates
from pipelines.normalise.fields import FieldSpellings, field_spellings
from schemas.contract import Contract

_SAMPLE = 4_000
_REPEATING = 0.25
"""A column of fewer different values than this share of its first cells is looked at by value, not by cell."""


class CellRewrite(NamedTuple):
    """One changed cell: its row as a person sees it, its field, what stood there, what stands there now (None: nothing).

    `why` is a key of `REASONS`, the most telling one where several rules changed the cell.
    """

    row: int
    field: str
    raw: str
    value: str | None
    why: str


@dataclass(frozen=True)
class NormalisedTable:
    """The table as the judges see it, of the same shape and order, and every cell that differs from the file."""

    table: pa.Table
    rewrites: list[CellRewrite]


def normalise_table(
    table: pa.Table, rows: pa.Array, contract: Contract, units: Mapping[str, str] | None = None
) -> NormalisedTable:
    """The table with the contract's spellings; `table` has the contract's columns as text, `rows` their rows.

    `units` are those of `labels.match`: the unit that a label names where it is not the field's. Give them once: normalising what
    is normalised changes nothing, but units would be converted twice. A cell that nothing is known about stays as it is.
    """
    rewrites: list[CellRewrite] = []
    columns = []
    for field in contract.fields:
        column = table.column(field.name)
        columns.append(
            _normalise_column(column, rows, field.name, field_spellings(field, contract, units or {}), rewrites)
        )
    arranged = pa.table(columns, names=[field.name for field in contract.fields])
    arranged, moved = convert_coordinates(arranged, rows, contract)
    return NormalisedTable(arranged, [*rewrites, *(CellRewrite(*one) for one in moved)])


def _normalise_column(
    column: pa.ChunkedArray, rows: pa.Array, name: str, spellings: FieldSpellings, rewrites: list[CellRewrite]
) -> pa.ChunkedArray:
    if column.null_count == len(column):
        return column
    whole = column.combine_chunks()
    suspect = _find_suspects(whole, spellings)
    if suspect is None:
        return column
    texts = whole.filter(suspect).dictionary_encode()
    raws = texts.dictionary.to_pylist()
    rewritten = [spellings.rewrite_cell(text) for text in raws]
    if not any(why for _, why in rewritten):
        return column
    numbers = rows.filter(suspect).to_pylist()
    rewrites += [
        CellRewrite(number, name, raws[at], *rewritten[at])
        for number, at in zip(numbers, texts.indices.to_pylist(), strict=True)
        if rewritten[at][1]
    ]
    values = pa.array([value for value, _ in rewritten], pa.string()).take(texts.indices)
    return pa.chunked_array([pc.replace_with_mask(whole, suspect, values)])


def _find_suspects(column: pa.Array, spellings: FieldSpellings) -> pa.Array | None:
    """Which cells a rule may change; None if there are none. Of a column that repeats itself each value is looked at once."""
    if pc.count_distinct(column.slice(0, _SAMPLE)).as_py() > _SAMPLE * _REPEATING:
        suspect = _find_doubtful(column, spellings)
        return suspect if pc.any(suspect).as_py() else None
    encoded = column.dictionary_encode()
    suspect = _find_doubtful(encoded.dictionary, spellings)
    if not pc.any(suspect).as_py():
        return None
    return pc.fill_null(suspect.take(encoded.indices), False)


def _find_doubtful(cells: pa.Array, spellings: FieldSpellings) -> pa.Array:
    filled = pc.fill_null(pc.not_equal(cells, ""), False)
    if spellings.always:
        return filled
    clear = pc.match_substring_regex(cells, spellings.clean)
    doubtful = pc.or_(pc.invert(clear), pc.is_in(cells, value_set=pa.array(sorted(spellings.nulls), pa.string())))
    return pc.and_(filled, pc.fill_null(doubtful, False))
