"""Cells of a table of texts replaced by other values: by corrections on record, and by proposals that are tried out.

Not here: which values take their place (`pipelines/submissions/corrections.py`, `pipelines/submissions/proposals/tried_proposals.py`).
"""

from collections.abc import Mapping

import pyarrow as pa


def replace_cells(table: pa.Table, changed: Mapping[str, Mapping[int, str | None]]) -> pa.Table:
    """Returns the table with those cells replaced: name of the column to position of the row, from 0, to new text or null.

    Raises KeyError for a column that the table does not have, IndexError for a row.
    """
    for name, cells in changed.items():
        values = table.column(name).to_pylist()
        for place, value in cells.items():
            values[place] = value
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    return table
