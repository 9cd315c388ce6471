"""Tables as rows of a release: `rows_of(table, contract, lists, departments)` writes the file that `freeze` takes, in a folder of its own.

Not here: releases (`frozen.py`, `frozen_facility.py`).
"""

import pyarrow as pa

from support.shared_folders import fresh_folder
from warehouse.canonical import sort_rows
from warehouse.released_columns import select_released_columns
from warehouse.releases.release_rows import ReleaseRows, write_release_rows


def rows_of(table: pa.Table, contract, lists, departments) -> ReleaseRows:
    """The rows of a table in any order, sorted as a release has them."""
    ordered = sort_rows(select_released_columns(table, contract), contract.primary_key)
    return write_release_rows([ordered], fresh_folder() / "rows.parquet", contract, lists, departments)
