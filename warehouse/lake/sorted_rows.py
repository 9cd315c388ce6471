"""The rows of a slice in the order of their key, one row group after the other: of a large slice no more than two groups are in memory.

DuckDB's own sort of a million rows of fifty columns takes as much memory as all of them, and more time. Not here: writing the part
(`parts.py`), reading sorted parts (`sorted_parts.py`).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.execution.key_order import keys_rise
from schemas.execution.spilled_table import (
    FEW_ROWS,
    drop_resident_pages,
    map_columns,
    spill_batches,
    spill_column,
    unmap_pages,
)
from warehouse.canonical import sort_rows
from warehouse.distributions import ROW_GROUP

_SAMPLE, _REPEATING = 2_000, 0.25
"""A column of text is gathered as numbers where so large a share of its first cells, or less, is distinct."""
_SMALL_DICTIONARY = 2**18
"""Bytes of distinct texts up to which it is."""


def split_by_key(rows: pa.Table, key: Sequence[str]) -> Iterator[pa.Table] | None:
    """Returns the rows by key, one row group at a time, none in chunks, on which pages would depend.

    A column of texts that repeat may be a dictionary with the texts of the group alone, as they appear: what `dictionary_encode` makes of them.
    None unless every row has another key of texts, days or whole numbers, or without rows. Their order is that of DuckDB: texts by their bytes.
    """
    columns = [rows.column(name) for name in key]
    if (
        not columns
        or not rows.num_rows
        or any(column.null_count or not _is_ordered_alike(column.type) for column in columns)
    ):
        return None
    if any(pa.types.is_dictionary(kind) for kind in rows.schema.types):
        return None
    if keys_rise([column.combine_chunks() for column in columns]):
        return _split_letting_go(rows)
    order = pc.sort_indices(rows.select(list(key)), sort_keys=[(name, "ascending") for name in key])
    if not keys_rise([column.take(order).combine_chunks() for column in columns]):
        return None
    if rows.num_rows <= FEW_ROWS:
        return iter([rows.take(order).combine_chunks()])
    drop_resident_pages()
    return _take_groups(rows, order)


def have_same_rows(one: pa.Table, other: pa.Table, key: Sequence[str]) -> bool:
    """Returns whether two tables have the same columns and the same rows, in whatever order; fast where `key` tells their rows apart."""
    if one.num_rows != other.num_rows or one.schema != other.schema:
        return False
    first, second = (_sort_wholly(rows, [name for name in key if name in rows.column_names]) for rows in (one, other))
    return bool(first.equals(second))


def _sort_wholly(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    groups = split_by_key(rows, key)
    if groups is None:
        return sort_rows(rows, key)
    return spill_batches((batch for group in groups for batch in group.cast(rows.schema).to_batches()), rows.schema)


def _split_letting_go(rows: pa.Table) -> Iterator[pa.Table]:
    """Yields the row groups of rows that are in order; the memory of each is let go when the next is asked for."""
    for start in range(0, rows.num_rows, ROW_GROUP):
        yield rows.slice(start, ROW_GROUP).combine_chunks()
        drop_resident_pages()


def _take_groups(rows: pa.Table, order: pa.UInt64Array) -> Iterator[pa.Table]:
    """Yields the row groups of rows in that order, gathered column by column."""
    columns = [*map_columns(_encode_repeated, rows.columns, rows.num_rows)]
    for start in range(0, len(order), ROW_GROUP):
        places, gathered = order.slice(start, ROW_GROUP), []
        for column in columns:
            cells = column.take(places)
            gathered.append(_sort_dictionary(cells) if pa.types.is_dictionary(cells.type) else cells.combine_chunks())
            unmap_pages()  # a group has cells from all pages of a column
        yield pa.table(gathered, names=rows.column_names)
        del gathered
        drop_resident_pages()


def _encode_repeated(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.DictionaryArray:
    """Returns a column of few texts as a dictionary with numbers as small as they can be, in a file: it is gathered in a seventh of the time."""
    first = column.slice(0, _SAMPLE)
    if not pa.types.is_string(column.type) or pc.count_distinct(first).as_py() > len(first) * _REPEATING:
        return column
    encoded = column.dictionary_encode().combine_chunks()
    if encoded.dictionary.nbytes > _SMALL_DICTIONARY:
        return column
    small = pa.from_numpy_dtype(np.min_scalar_type(-max(1, len(encoded.dictionary))))
    indices = spill_column([encoded.indices.cast(small)], small).chunk(0)
    return pa.DictionaryArray.from_arrays(indices, encoded.dictionary)


def _sort_dictionary(cells: pa.DictionaryArray) -> pa.DictionaryArray:
    """Returns the same cells with a dictionary of their own texts alone, in the order in which they appear."""
    used = pc.unique(cells.indices).drop_null()
    places = np.zeros(len(cells.dictionary), np.int32)
    places[used.to_numpy()] = np.arange(len(used), dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(places).take(cells.indices), cells.dictionary.take(used))


def _is_ordered_alike(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_date(kind) or pa.types.is_integer(kind))
