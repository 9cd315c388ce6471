"""Search of the columns of a reading that belong to some fields of the contract, two large ones at a time.

Not here: what is sought (`damaged_codes`, `damaged_text`), findings on headers (`pipelines/columns/column_matching.py`).
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

import pyarrow as pa

from pipelines.columns.column_labels import field_names_by_label, match_label
from pipelines.read.reading import RAGGED_ROWS, Reading
from schemas.contract import Contract, Field
from schemas.execution.spilled_table import map_columns

Found = TypeVar("Found")


def search_fields(
    reading: Reading,
    contract: Contract,
    holds: Callable[[Field], bool],
    find: Callable[[pa.ChunkedArray, pa.Array, Field], Iterable[Found]],
) -> list[Found]:
    """Returns what `find` finds in the columns of the fields for which `holds` is true, column by column; at most `RAGGED_ROWS` in all.

    `find` is given the column, the row numbers, and the field that its label names; it is called in threads.
    """
    names = field_names_by_label(contract)
    named = ((match_label(label, names)[0], at) for at, label in enumerate(reading.labels))
    sought = [(field, at) for name, at in named if name and holds(field := contract.get_field(name))]

    def search(one: tuple[Field, int]) -> list[Found]:
        field, at = one
        return list(islice(find(reading.table.column(at), reading.rows, field), RAGGED_ROWS))

    in_columns = map_columns(search, sought, len(reading.rows))
    return [one for in_column in in_columns for one in in_column][:RAGGED_ROWS]
