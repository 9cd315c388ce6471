"""The rows of a release on the disk: in one Parquet file, or in parts that follow each other in the order of the rows.

Only this module knows which files these are; everything that reads rows of a release uses it. Not here: the names
(`schemas/table_parts.py`), writing them (`release_rows.py`, `part_rows.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import ReleaseError
from schemas.execution.key_order import keys_rise
from schemas.table_parts import TablePart, match_table_parts, name_table_file, read_table_part
from schemas.text import Text
from warehouse.canonical import RowDigest, canonical_digest, view_cells
from warehouse.parquet_batches import read_batches
from warehouse.releases.cell_texts import spell_batch

_BATCH = 5_120


def list_table_files(folder: Path, dataset: str) -> tuple[Path, ...]:
    """Returns the files with the rows of a release of the dataset, in the order of the rows; the release may be unfinished.

    Without parts it is the single file, whether it exists or not. ReleaseError if a part is missing, or a part belongs to another set of
    parts.
    """
    there = sorted(folder.glob(match_table_parts(dataset)))
    if not there:
        return (folder / name_table_file(dataset),)
    found = [read_table_part(path.name) for path in there]
    if strange := [
        path.name for path, part in zip(there, found, strict=True) if part is None or part.number > part.total
    ]:
        raise ReleaseError(
            Text(
                zh=f"发布包 {dataset}/{folder.name} 中有不属于它的文件：{strange[0]}；请移走",
                en=f"there is a file in the release {dataset}/{folder.name} that is no part of it: {strange[0]}; move it away",
            )
        )
    if found != [TablePart(number, len(there)) for number in range(1, len(there) + 1)]:
        raise ReleaseError(
            Text(
                zh=f"发布包 {dataset}/{folder.name} 的数据分卷不全或有多余：{there[-1].name} 等共 {len(there)} 个；请对照 SHA256SUMS，移走多余的，或从备份恢复",
                en=f"parts of the release {dataset}/{folder.name} are missing, or there are others: there are {len(there)}, the last one {there[-1].name}; compare SHA256SUMS, and move away what is not in it or restore the release from a backup",
            )
        )
    return tuple(there)


def list_release_files(release: Path) -> tuple[Path, ...]:
    """Returns the files with the rows of the release in `…/<dataset>/<number>`, as `list_table_files`."""
    return list_table_files(release, release.parent.name)


def read_release_batches(release: Path, size: int) -> Iterator[pa.RecordBatch]:
    """Yields the rows of the release in `…/<dataset>/<number>` in their order, at most `size` at a time; ReleaseError if a file is lost or damaged."""
    try:
        for file in list_release_files(release):
            yield from read_batches(file, size)
    except (OSError, pa.ArrowException) as wrong:
        raise ReleaseError(
            Text(
                zh=f"发布包 {release.parent.name}/{release.name} 的数据文件无法读取：{wrong}；请从备份恢复",
                en=f"the rows of the release {release.parent.name}/{release.name} cannot be read: {wrong}; restore it from a backup",
            )
        ) from wrong


def read_table(files: Sequence[Path], names: Sequence[str] | None = None) -> pa.Table:
    """Returns these columns (None: all) of the rows in the files, in their order; all of them are in memory."""
    return pa.concat_tables([pq.ParquetFile(file).read(list(names) if names is not None else None) for file in files])


def digest_table(files: Sequence[Path], schema: Mapping[str, Any]) -> str:
    """Returns the content hash of the rows in the files, as `canonical_digest` does.

    If keys rise strictly, as in a release, the rows are read in batches; otherwise they are sorted in memory.
    """
    found = _digest_rising(files, schema) if schema.get("primaryKey") else None
    return found or canonical_digest(read_table(files), schema)


def _digest_rising(files: Sequence[Path], schema: Mapping[str, Any]) -> str | None:
    """Returns the digest of the rows in the order of the files; None if their keys do not rise strictly."""
    digest, last = RowDigest(schema), pa.table({})
    names = [field["name"] for field in schema["fields"]]
    for file in files:
        for batch in read_batches(file, _BATCH, names):
            keys = pa.table({name: _plain(batch.column(name)) for name in schema["primaryKey"]})
            joined = pa.concat_tables([last, keys]) if last.num_rows else keys
            columns = [column.combine_chunks() for column in joined.columns]
            if any(column.null_count for column in columns) or not keys_rise(columns):
                return None
            last = keys.slice(keys.num_rows - 1)
            for place, cells in enumerate(spell_batch(batch, schema)):
                digest.add_cells(place, view_cells(cells.texts, cells.places))
    return digest.read_digest()


def _plain(column: pa.Array) -> pa.Array:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
