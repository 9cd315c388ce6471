"""`lake/_current/<dataset>.parquet`: the rows that stand, for readers of the lake that do not know the rule which slices stand.

A plain read of a dataset's Delta table has every period of every department; of a snapshot only the newest of each counts. These files have
the rows and columns of the dataset's table in the analysts' file, and are replaced only when these change. Times are text, as in the
lake: Spark reads no Parquet times. Not here: the rule (`schemas/slices.py`), when a dataset changed (`warehouse/analyst_file/database.py`).
"""

from collections.abc import Collection, Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.atomic_files import make_folder, replace_durably
from warehouse.distributions import ROW_GROUP
from warehouse.layout import Layout


def write_current_file(
    layout: Layout, dataset: str, schema: pa.Schema, rows: Iterable[pa.RecordBatch], version: int | None
) -> int:
    """Replaces the file of one dataset, and returns the number of its rows; readers see the file before or this one.

    `schema`: that of the rows, with comments. `version`: that of the lake, None if it is empty.
    """
    target = layout.current_file(dataset)
    make_folder(target.parent)
    aside = target.with_name(f".{target.name}")
    about = {"dataset": dataset, "lake_version": "" if version is None else str(version)}
    stored, count = _times_as_text(schema), 0
    with pq.ParquetWriter(aside, stored.with_metadata(about), compression="zstd", compression_level=3) as file:
        for batch in rows:
            file.write_table(pa.Table.from_batches([batch]).cast(schema).cast(stored), ROW_GROUP)
            count += batch.num_rows
    replace_durably(aside, target)
    return count


def remove_other_files(layout: Layout, datasets: Collection[str]) -> None:
    """Deletes the files of datasets that no longer exist, and leftovers of killed writers."""
    kept = {layout.current_file(name) for name in datasets}
    for path in layout.currents.glob("*"):
        if path not in kept:
            path.unlink()


def _times_as_text(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_type(pa.string()) if pa.types.is_time(field.type) else field for field in schema])
