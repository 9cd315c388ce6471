"""Parquet files in batches, row group by row group, with texts as dictionaries if the file stores them so and few of them are distinct.

Each row group is read separately, because a reader of the whole file would keep every distinct text in memory. Not here: which files and
columns are read.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_WHOLE_DICTIONARY = 1 << 20
"""Bytes of a column below which its dictionary is complete: from a megabyte on, writers continue without one, and every distinct text would be held."""


def read_batches(path: Path, size: int, names: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yields these columns (None: all) of a Parquet file, in the file's order, at most `size` rows at a time; nothing for an empty file."""
    with pq.ParquetFile(path) as file:
        groups, schema = range(file.num_row_groups), file.schema_arrow
        wanted = schema.names if names is None else list(names)
        encoded = [_find_encoded(file.metadata.row_group(group), schema, wanted) for group in groups]
    for group, texts in zip(groups, encoded, strict=True):
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            yield from file.iter_batches(size, row_groups=[group], columns=wanted, use_threads=False)


def find_encoded(files: Iterable[Path], names: Sequence[str]) -> set[str]:
    """Returns the text columns that `read_batches` yields as dictionaries in every batch of all these files."""
    found = set(names)
    for path in files:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                found.intersection_update(_find_encoded(file.metadata.row_group(group), file.schema_arrow, names))
    return found


def _find_encoded(group: pq.RowGroupMetaData, schema: pa.Schema, names: Sequence[str]) -> list[str]:
    """Returns the text columns to read as dictionaries. Columns must be flat, so that a row group has them in the order of the schema."""
    there = {name: group.column(schema.get_field_index(name)) for name in names}
    return [
        name
        for name, column in there.items()
        if pa.types.is_string(schema.field(name).type)
        and column.has_dictionary_page
        and column.total_uncompressed_size < _WHOLE_DICTIONARY
    ]
