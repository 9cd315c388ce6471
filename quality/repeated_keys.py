"""Keys that occur in more than one row of a table, and these rows.

Grain: a key, the values of the fields named. Used by the gate, which objects to them, and by those who say where they stand or hold
their rows out. Pure. Not here: keys within one submitted file (`conformance/keys.py`).
"""

from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.execution.key_order import keys_rise

Key = tuple[Any, ...]


def find_repeated_keys(table: pa.Table, fields: Sequence[str]) -> list[Key]:
    """Returns the keys of more than one row, each once, in the order of their first rows; empty if `table` lacks one of the fields."""
    if not set(fields) <= set(table.column_names) or _rises(table, fields):
        return []
    groups = table.select(list(fields)).group_by(list(fields), use_threads=False).aggregate([([], "count_all")])
    again = groups.filter(pc.greater(groups["count_all"], 1)).select(list(fields))
    return [tuple(key.values()) for key in again.to_pylist()]


def _rises(table: pa.Table, fields: Sequence[str]) -> bool:
    """Whether the keys are known to rise from row to row, so that none is repeated; only text is looked at."""
    columns = [table.column(name) for name in fields]
    if not columns or not table.num_rows or any(not pa.types.is_string(c.type) or c.null_count for c in columns):
        return False
    return keys_rise([column.combine_chunks() for column in columns])


def mark_rows_with_keys(table: pa.Table, fields: Sequence[str], keys: Collection[Key]) -> list[bool]:
    """Returns for each row whether its key is one of `keys`."""
    wanted = set(keys)
    columns = [table.column(name).to_pylist() for name in fields]
    return [key in wanted for key in zip(*columns, strict=True)]
