"""`lake/_current/<dataset>.parquet`: the rows that stand, for readers of the lake that do not know the rule which slices stand.

A plain read of a dataset's Delta table has every period of every department; of a snapshot only the newest of each counts. These files have
the rows and columns of the dataset's table in the analysts' file, and are replaced only when these change. Times are text, as in the
lake: Spark reads no Parquet times. Not here: the rule (`schemas/slices.py`), when a dataset changed (`database.py`).
"""

from collections.abc import Collection

import pyarrow as pa

from warehouse.atomic_files import make_folder, replace_durably
from warehouse.distributions import write_parquet
from warehouse.layout import Layout
from warehouse.meta import DescribedTable


def write_current_file(layout: Layout, table: DescribedTable, version: int | None) -> None:
    """Replace the file of one dataset; readers see the file before or this one. `version`: that of the lake, None if it is empty."""
    target = layout.current_file(table.name)
    make_folder(target.parent)
    aside = target.with_name(f".{target.name}")
    about = {"dataset": table.name, "lake_version": "" if version is None else str(version)}
    write_parquet(_times_as_text(table.table), aside, about)
    replace_durably(aside, target)


def remove_other_files(layout: Layout, datasets: Collection[str]) -> None:
    """Delete the files of datasets that are no more, and what killed writers left."""
    kept = {layout.current_file(name) for name in datasets}
    for path in layout.currents.glob("*"):
        if path not in kept:
            path.unlink()


def _times_as_text(table: pa.Table) -> pa.Table:
    fields = [field.with_type(pa.string()) if pa.types.is_time(field.type) else field for field in table.schema]
    return table.cast(pa.schema(fields))
