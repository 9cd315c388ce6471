"""The rows of a slice in the order of their key; of a large one column by column: no more than two columns are in memory.

DuckDB's own sort of a million rows of fifty columns takes as much memory as all of them, and more time. Not here: writing the part
(`parts.py`), reading sorted parts (`sorted_parts.py`).
"""

from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from schemas.execution.key_order import keys_rise
from schemas.execution.spilled_table import FEW_ROWS, SLICE_ROWS, drop_resident_pages, map_columns, spill_column
from warehouse.canonical import sort_rows
from warehouse.distributions import ROW_GROUP


def sort_by_key(rows: pa.Table, key: Sequence[str]) -> pa.Table | None:
    """Returns the rows by key, many of them as a view of temporary files, or as they are if their keys rise already.

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
        return rows
    order = pc.sort_indices(rows.select(list(key)), sort_keys=[(name, "ascending") for name in key])
    if not keys_rise([column.take(order).combine_chunks() for column in columns]):
        return None
    if rows.num_rows <= FEW_ROWS:
        return rows.take(order)
    drop_resident_pages()
    ordered = map_columns(partial(_spill_in_order, order=order), rows.columns, rows.num_rows)
    return pa.table(list(ordered), names=rows.column_names)


def have_same_rows(one: pa.Table, other: pa.Table, key: Sequence[str]) -> bool:
    """Returns whether two tables have the same columns and the same rows, in whatever order; fast where `key` tells their rows apart."""
    if one.num_rows != other.num_rows or one.schema != other.schema:
        return False
    first, second = (_sort_wholly(rows, [name for name in key if name in rows.column_names]) for rows in (one, other))
    return bool(first.equals(second))


def _sort_wholly(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    ordered = sort_by_key(rows, key)
    return sort_rows(rows, key) if ordered is None else ordered


def split_letting_go(rows: pa.Table) -> Iterator[pa.Table]:
    """Yields the rows of one row group after the other, none in chunks, on which pages would depend; the memory of each is let go when the next is asked for."""
    for start in range(0, rows.num_rows, ROW_GROUP):
        yield rows.slice(start, ROW_GROUP).combine_chunks()
        drop_resident_pages()


def _spill_in_order(column: pa.ChunkedArray, order: pa.UInt64Array) -> pa.ChunkedArray:
    """Returns a column in that order as a view of a file; in memory are the column and a slice of the result."""
    whole = column.combine_chunks()
    slices = (order.slice(start, SLICE_ROWS) for start in range(0, len(order), SLICE_ROWS))
    return spill_column((whole.take(places) for places in slices), column.type)


def _is_ordered_alike(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_date(kind) or pa.types.is_integer(kind))
