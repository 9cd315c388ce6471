"""Parquet files in batches, row group by row group, with texts as dictionaries where the file has them so.

Each row group is read for itself: a reader of a whole file keeps every distinct text that it has met. Not here: what is read of a file.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def read_batches(path: Path, size: int, names: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield these columns (None: all) of a Parquet file in its order, at most `size` rows at a time; none of an empty file."""
    with pq.ParquetFile(path) as file:
        groups, schema = range(file.num_row_groups), file.schema_arrow
        wanted = schema.names if names is None else list(names)
        encoded = [_find_encoded(file.metadata.row_group(group), schema, wanted) for group in groups]
    for group, texts in zip(groups, encoded, strict=True):
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            yield from file.iter_batches(size, row_groups=[group], columns=wanted, use_threads=False)


def _find_encoded(group: pq.RowGroupMetaData, schema: pa.Schema, names: Sequence[str]) -> list[str]:
    """Return the text columns that the row group has as a dictionary; columns are flat, so that they stand in the order of the schema."""
    there = [name for name in names if pa.types.is_string(schema.field(name).type)]
    return [name for name in there if group.column(schema.get_field_index(name)).has_dictionary_page]
