"""Normalisation of a whole table, column by column.

The rules run only on cells that do not match the field's pattern of clean cells. Not here: the rules (`fields`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.coordinates import convert_coordinates
from pipelines.normalise.fields import FieldSpellings, field_spellings
from pipelines.normalise.labels import build_code_labels
from quality.text_columns import may_occur
from schemas.codelists import CodeList
from schemas.contract import Contract, Field
from schemas.execution.same_object import SameObject
from schemas.execution.spilled_table import SLICE_ROWS, map_columns, spill_column

_FEW_ROWS = 200
_SPELLINGS_KEPT = 4_096
"""More than the fields of all contracts, some of them for several cities."""
_SAMPLE = 4_000
_REPEATING = 0.25
"""A column is checked by distinct value, not by cell, if these are at most this share of its first cells."""


class CellRewrite(NamedTuple):
    """One changed cell: row number as a spreadsheet shows it, field, raw value, new value (None: empty).

    `why` is a key of `REASONS`; where several rules changed the cell, that of the last one.
    """

    row: int
    field: str
    raw: str
    value: str | None
    why: str


@dataclass(frozen=True)
class NormalisedTable:
    """The normalised table, with the contract's columns and rows in file order, and every changed cell."""

    table: pa.Table
    rewrites: list[CellRewrite]


def normalise_table(
    table: pa.Table,
    rows: pa.Array,
    contract: Contract,
    units: Mapping[str, str] | None = None,
    decimal_commas: frozenset[str] = frozenset(),
    *,
    codelists: Mapping[str, CodeList] | None = None,
    area: str = "",
    days_from_1904: bool = False,
) -> NormalisedTable:
    """Rewrites the cells of a table to the contract's spelling.

    `table` has the contract's columns as text, `rows` the row number of each row. `units` come from
    `column_matching.match_columns`: the unit in a label, by field, where it differs from the field's. `decimal_commas` are
    the fields whose numbers have a comma before their decimals. Normalising twice
    changes nothing further, except that units would be converted twice: pass `units` only once. A cell that no rule
    recognises is unchanged. With `codelists` the name of a code stands for it, in `area` (the division code of the submitting
    city) before any other. `days_from_1904`: numbers in place of dates count from 1904.
    """

    def normalise_field(field: Field) -> tuple[pa.ChunkedArray, list[CellRewrite]]:
        codelist = (codelists or {}).get(field.policy.codelist or "")
        unit = (units or {}).get(field.name)
        spellings = _read_spellings(SameObject(field), SameObject(contract), SameObject(codelist), area, unit)
        if field.name in decimal_commas:
            spellings = spellings.with_decimal_commas()
        if days_from_1904:
            spellings = spellings.with_days_from_1904()
        return _normalise_column(table.column(field.name), rows, field.name, spellings)

    columns, changes = zip(*map_columns(normalise_field, contract.fields, table.num_rows), strict=True)
    rewrites = [change for of_field in changes for change in of_field]
    arranged = pa.table(list(columns), names=[field.name for field in contract.fields])
    arranged, moved = convert_coordinates(arranged, rows, contract)
    return NormalisedTable(arranged, [*rewrites, *(CellRewrite(*change) for change in moved)])


@lru_cache(maxsize=_SPELLINGS_KEPT)
def _read_spellings(
    of_field: SameObject[Field],
    of_contract: SameObject[Contract],
    of_list: SameObject[CodeList | None],
    area: str,
    unit: str | None,
) -> FieldSpellings:
    """Returns the rules of one field, with the names of its codes if it has a code list; `unit`: another one that the label names."""
    field, codelist = of_field.it, of_list.it
    labels = build_code_labels(field, codelist, area) if codelist else None
    return field_spellings(field, of_contract.it, {} if unit is None else {field.name: unit}, labels)


def _normalise_column(
    column: pa.ChunkedArray, rows: pa.Array, name: str, spellings: FieldSpellings
) -> tuple[pa.ChunkedArray, list[CellRewrite]]:
    """Returns the column and its changed cells. Of a large column a slice at a time is in memory, and it goes to a file if it changes."""
    if column.null_count == len(column):
        return column, []
    chunks: list[pa.Array] = []
    rewrites: list[CellRewrite] = []
    for start in range(0, len(column), SLICE_ROWS):
        part = column.slice(start, SLICE_ROWS)
        cells, changes = _normalise_cells(part.combine_chunks(), rows.slice(start, SLICE_ROWS), name, spellings)
        chunks += [cells] if changes else part.chunks
        rewrites += changes
    if not rewrites:
        return column, []
    large = len(column) > SLICE_ROWS
    return (spill_column(chunks, column.type) if large else pa.chunked_array(chunks)), rewrites


def _normalise_cells(
    cells: pa.Array, rows: pa.Array, name: str, spellings: FieldSpellings
) -> tuple[pa.Array, list[CellRewrite]]:
    suspect = _find_suspects(cells, spellings)
    if suspect is None:
        return cells, []
    texts = cells.filter(suspect).dictionary_encode()
    raws = texts.dictionary.to_pylist()
    rewritten = [spellings.rewrite_cell(text) for text in raws]
    if not any(why for _, why in rewritten):
        return cells, []
    numbers = rows.filter(suspect).to_pylist()
    rewrites = [
        CellRewrite(number, name, raws[at], *rewritten[at])
        for number, at in zip(numbers, texts.indices.to_pylist(), strict=True)
        if rewritten[at][1]
    ]
    values = pa.array([value for value, _ in rewritten], pa.string()).take(texts.indices)
    return pc.replace_with_mask(cells, suspect, values), rewrites


def _find_suspects(column: pa.Array, spellings: FieldSpellings) -> pa.Array | None:
    """Returns a mask of the cells that a rule may change; None if there are none.

    In a column of few distinct values each value is checked once; few rows are checked by Python, which spares Arrow's calls.
    """
    if len(column) <= _FEW_ROWS:
        doubtful = [bool(cell) and spellings.may_change(cell) for cell in column.to_pylist()]
        return pa.array(doubtful) if any(doubtful) else None
    if pc.count_distinct(column.slice(0, _SAMPLE)).as_py() > _SAMPLE * _REPEATING:
        suspect = _find_doubtful(column, spellings)
        return suspect if pc.any(suspect).as_py() else None
    distinct = column.unique()
    doubtful = distinct.filter(_find_doubtful(distinct, spellings))
    return pc.is_in(column, value_set=doubtful) if len(doubtful) else None


def _find_doubtful(cells: pa.Array, spellings: FieldSpellings) -> pa.Array:
    filled = pc.fill_null(pc.not_equal(cells, ""), False)
    if spellings.always:
        return filled
    doubtful = pc.is_in(cells, value_set=pa.array(sorted(spellings.nulls), pa.string()))
    if not spellings.unclean or may_occur(cells, spellings.unclean):
        doubtful = pc.or_(doubtful, pc.invert(pc.match_substring_regex(cells, spellings.clean)))
    return pc.and_(filled, pc.fill_null(doubtful, False))
