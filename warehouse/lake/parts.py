"""Parts: the Parquet files of the lake, one per state of a slice. Written once, never changed.

Holds writing one part and reading many. The same rows and the same versions of DuckDB and Arrow give the same bytes: rows are sorted by
the primary key, then by every other field. Not here: which parts belong to a table (`warehouse/lake/commits.py`).
"""

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.contract import SLICE_COLUMNS, Contract
from schemas.errors import LakeError
from schemas.execution.ahead import read_ahead
from schemas.execution.spilled_table import FEW_ROWS
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse import sql
from warehouse.atomic_files import file_sha256, fsync_path, replace_durably
from warehouse.lake.sorted_rows import split_by_key
from warehouse.layout import require_safe_name
from warehouse.types import SQL_TYPES, arrow_schema, lake_schema

# Delta has no time-of-day type, so it is stored as text. Source: Delta protocol, primitive types.
_TIME_OF_DAY = pa.time64("us")
_ANY_DAY = "2000-01-01"
_SAMPLE, _REPEATING = 20_000, 0.25
"""A column is written with a dictionary where so large a share of its first cells, or less, is distinct; elsewhere one is built and given up."""


@dataclass(frozen=True)
class Part:
    """One file: `path` relative to the table's folder; the name begins with 32 hex digits of the SHA-256 of its bytes."""

    path: str
    rows: int
    size: int

    @property
    def digest(self) -> str:
        """The 32 hex digits in the file name; equal for parts with equal bytes."""
        return self.path.rsplit("/", 1)[1][:32]


def delta_schema(contract: Contract) -> pa.Schema:
    """Returns `lake_schema` with times of day as text, because Delta has no such type."""
    return pa.schema([f.with_type(pa.string()) if f.type == _TIME_OF_DAY else f for f in lake_schema(contract)])


def slice_folder(key: SliceKey) -> str:
    """Returns the slice's folder relative to the table's folder; UsageError if department or period is not a safe name."""
    return "/".join(
        f"{c}={require_safe_name(v)}" for c, v in zip(SLICE_COLUMNS, (key.department, key.period), strict=True)
    )


@dataclass(frozen=True)
class PartLocation:
    """Target of a new part: temporary folder, table folder, version it is written for, slice, and the part it replaces."""

    temporary_folder: Path
    table_folder: Path
    version: int
    key: SliceKey
    replaced_part: Part | None


def write_part(con: duckdb.DuckDBPyConnection, rows: pa.Table | Path, contract: Contract, place: PartLocation) -> Part:
    """Writes the rows of a slice, or copies the file that `write_rows` made of them, and returns the part; durable after `fsync_all`.

    Returns the replaced part if its bytes are the same. The version is part of the name, so that bytes that return later do
    not collide with the removal of an earlier equal part. Errors as in `write_rows`.
    """
    aside = place.temporary_folder / "part"
    if isinstance(rows, Path):
        shutil.copyfile(rows, aside)
        count, size = pq.read_metadata(aside).num_rows, aside.stat().st_size
    else:
        count, size = write_rows(con, rows, contract, aside)
    digest = file_sha256(aside)[:32]
    if place.replaced_part and place.replaced_part.digest == digest:
        return place.replaced_part
    path = f"{slice_folder(place.key)}/{digest}-{place.version}.parquet"
    target = place.table_folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    fsync_path(aside)
    aside.replace(target)
    return Part(path, count, size)


def write_rows(con: duckdb.DuckDBPyConnection, rows: pa.Table, contract: Contract, target: Path) -> tuple[int, int]:
    """Writes the rows of a slice with the bytes that a part has; returns their number and the bytes of the file.

    Columns that are not contract fields are left out; LakeError if a field is missing or its values cannot be cast to its type.
    """
    return _write_sorted(con, _to_delta_rows(rows, contract), contract.primary_key, target)


def rewrite_part(
    con: duckdb.DuckDBPyConnection, rows: pa.Table, key: Sequence[str], table: Path, path: str, aside: Path
) -> Part:
    """Writes other rows in place of a part, as a new file beside it whose name keeps the version; the old file stays.

    `rows` have the columns of the part, `path` is the part's, `aside` a temporary file on the same disk.
    """
    count, size = _write_sorted(con, rows, key, aside)
    version = path.rsplit("-", 1)[1]
    fresh = f"{path.rsplit('/', 1)[0]}/{file_sha256(aside)[:32]}-{version}"
    replace_durably(aside, table / fresh)
    return Part(fresh, count, size)


def _write_sorted(con: duckdb.DuckDBPyConnection, rows: pa.Table, key: Sequence[str], target: Path) -> tuple[int, int]:
    """Writes the rows by key, then by every other column; returns their number and the bytes of the file."""
    groups = split_by_key(rows, key)
    if groups is not None:
        return _write_in_order(groups, key, target)
    return _sort_and_write(con, rows, [*key, *(name for name in rows.column_names if name not in key)], target)


def _write_in_order(groups: Iterator[pa.Table], key: Sequence[str], target: Path) -> tuple[int, int]:
    """Writes row groups as they come, of a large slice while a thread makes the next one.

    The bounds of the key are written alone: rows are sorted by it, so that those of another column exclude no row group. DuckDB
    takes two to three times the time for it, and in memory the rows of a group in its own form.
    """
    first = next(groups)
    repeating = [name for name in first.column_names if _has_repeating_cells(first.column(name))]
    several = first.num_rows > FEW_ROWS
    encoded = (_encode_texts(group, repeating) for group in chain([first], groups))
    del first
    ahead = read_ahead(encoded) if several else iter(encoded)
    group = next(ahead)
    with pq.ParquetWriter(
        target,
        group.schema,
        compression="zstd",
        compression_level=3,
        use_dictionary=repeating,
        write_statistics=list(key),
        store_schema=False,
    ) as file:
        file.write_table(group)
        count = group.num_rows
        for group in ahead:
            file.write_table(group)
            count += group.num_rows
    return count, target.stat().st_size


def _encode_texts(group: pa.Table, repeating: Collection[str]) -> pa.Table:
    """Returns the rows with the columns of text that repeat as dictionaries, and no others: the bytes that Arrow writes depend on it."""
    columns = []
    for name, column in zip(group.column_names, group.columns, strict=True):
        if name not in repeating and pa.types.is_dictionary(column.type):
            columns.append(column.cast(pa.string()))
        elif name in repeating and pa.types.is_string(column.type):
            columns.append(column.dictionary_encode())
        else:
            columns.append(column)
    return pa.table(columns, names=group.column_names)


def _has_repeating_cells(column: pa.ChunkedArray) -> bool:
    first = column.slice(0, _SAMPLE)
    cells = first.chunk(0).indices if pa.types.is_dictionary(column.type) else first
    return bool(pc.count_distinct(cells).as_py() <= len(first) * _REPEATING)


def _sort_and_write(
    con: duckdb.DuckDBPyConnection, rows: pa.Table, order: Sequence[str], target: Path
) -> tuple[int, int]:
    con.register("accepted", rows)
    count, size = con.execute(
        f"copy (select * from accepted order by {sql.quote_names(order)}) to {sql.quote_text(str(target))} "
        "(format parquet, compression zstd, compression_level 3, return_stats true)"
    ).fetchall()[0][1:3]
    con.unregister("accepted")
    return count, size


def fsync_all(table: Path, written: Iterable[Part]) -> None:
    """Calls fsync once on each folder above the parts; on return their names survive a loss of power."""
    folders = {folder for part in written for folder in Path(part.path).parents}
    for folder in sorted(folders, reverse=True):
        fsync_path(table / folder)


def read_part(file: Path, contract: Contract, fields: Collection[str] | None = None) -> pa.Table:
    """Returns the rows of one file, contract fields only, as they are sorted there; fields missing in an old file are null.

    `fields`: those that are read, all by default; there must be one.
    """
    schema = pa.schema([field for field in arrow_schema(contract) if fields is None or field.name in fields])
    with pq.ParquetFile(file) as part:
        names = [name for name in schema.names if name in part.schema_arrow.names]
        found = part.read(names)
    columns = [
        from_delta_column(found.column(field.name), field)
        if field.name in names
        else pa.nulls(found.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def read_part_files(con: duckdb.DuckDBPyConnection, files: Sequence[Path], contract: Contract) -> pa.Table:
    """Returns the rows of all files with `department` and `period`, by primary key; fields missing in old files are null."""
    return _query_files(con, files, contract, lake_schema(contract), order=(*contract.primary_key, *SLICE_COLUMNS))


def read_part_fields(
    con: duckdb.DuckDBPyConnection, files: Sequence[Path], contract: Contract, names: Collection[str]
) -> pa.Table:
    """Returns these fields, `department` and `period` of all files' rows, in no particular order; no other column is read.

    A name that the contract does not have is left out.
    """
    return _query_files(con, files, contract, _select_fields(contract, names), order=())


def compose_rows_query(files: Sequence[Path], contract: Contract) -> str:
    """Returns the SQL query for the rows of `read_part_files`, which any connection can run without holding them all."""
    order = sql.quote_names((*contract.primary_key, *SLICE_COLUMNS))
    return f"{_compose_select(files, contract, lake_schema(contract))} ORDER BY {order}"


def compose_fields_query(files: Sequence[Path], contract: Contract, names: Collection[str]) -> str:
    """Returns the SQL query for the rows of `read_part_fields`, which any connection can run without holding them all."""
    return _compose_select(files, contract, _select_fields(contract, names))


def _compose_select(files: Sequence[Path], contract: Contract, schema: pa.Schema) -> str:
    if not files:
        return f"SELECT {_typed_nulls(schema)} WHERE false"
    columns = ", ".join(
        f"CAST({sql.quote_name(field.name)} AS {SQL_TYPES[str(field.type)]}) AS {sql.quote_name(field.name)}"
        for field in schema
    )
    return (
        f"SELECT {columns} FROM (SELECT {_typed_nulls(delta_schema(contract))} WHERE false UNION ALL BY NAME (FROM read_parquet({sql.quote_files(files)}, "
        f"hive_partitioning = true, hive_types_autocast = false, union_by_name = true)))"
    )


def _select_fields(contract: Contract, names: Collection[str]) -> pa.Schema:
    return pa.schema([field for field in lake_schema(contract) if field.name in {*names, *SLICE_COLUMNS}])


def _typed_nulls(schema: pa.Schema) -> str:
    """Returns SQL for a null of each column: with them a field that is missing in old files is null."""
    return ", ".join(f"CAST(NULL AS {SQL_TYPES[str(field.type)]}) AS {sql.quote_name(field.name)}" for field in schema)


def are_small(found: Collection[Part]) -> bool:
    """Returns whether the rows of all these parts can be read in the process's one database."""
    return sql.is_small(sum(part.size for part in found), sum(part.rows for part in found))


def read_batches_sql(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    contract: Contract,
    schema: pa.Schema,
    order: Sequence[str],
    rows: int,
) -> Iterator[pa.RecordBatch]:
    """Yields the columns of `schema` of all files' rows in batches, sorted, in the types of the parts."""
    con.register("nothing", delta_schema(contract).empty_table())
    yield from con.sql(_files_query(files, schema, order)).to_arrow_reader(rows)
    con.unregister("nothing")


def _query_files(
    con: duckdb.DuckDBPyConnection, files: Sequence[Path], contract: Contract, schema: pa.Schema, order: Sequence[str]
) -> pa.Table:
    if not files:
        return schema.empty_table()
    con.register("nothing", delta_schema(contract).empty_table())
    found = con.sql(_files_query(files, schema, order)).to_arrow_table()
    con.unregister("nothing")
    columns = [from_delta_column(found.column(field.name), field) for field in schema]
    return pa.table(columns, schema=schema)


def _files_query(files: Sequence[Path], schema: pa.Schema, order: Sequence[str]) -> str:
    """Builds the query of these columns of all files; `nothing` is an empty table with the columns of today."""
    ordered = f" order by {sql.quote_names(order)}" if order else ""
    return (
        f"select {sql.quote_names(schema.names)} from (from nothing union all by name (from read_parquet({sql.quote_files(files)}, "
        f"hive_partitioning = true, hive_types_autocast = false, union_by_name = true))){ordered}"
    )


def _to_delta_rows(rows: pa.Table, contract: Contract) -> pa.Table:
    wanted = arrow_schema(contract)
    try:
        table = rows.select(wanted.names).cast(wanted)
    except (KeyError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
        raise LakeError(
            Text(
                zh=f"{contract.name} 的数据与数据规范 {contract.version} 的字段或类型不符：{wrong}",
                en=f"the rows for {contract.name} do not have the fields and types of contract {contract.version}: {wrong}",
            )
        ) from wrong
    columns = [_to_text(table.column(f.name)) if f.type == _TIME_OF_DAY else table.column(f.name) for f in wanted]
    return pa.table(columns, names=wanted.names)


def _to_text(times: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(times, pa.string())


def restore_types(rows: pa.Table, contract: Contract) -> pa.Table:
    """Returns the rows of a part with times of day as such; columns that are no fields of the contract stay."""
    for field in arrow_schema(contract):
        if field.type == _TIME_OF_DAY and field.name in rows.column_names:
            place = rows.column_names.index(field.name)
            rows = rows.set_column(place, field, from_delta_column(rows.column(place), field))
    return rows


def from_delta_column(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    """Returns a column of a part in the type of the field; texts that are a dictionary stay one."""
    if pa.types.is_dictionary(column.type) and field.type == column.type.value_type:
        return column
    if field.type == _TIME_OF_DAY:
        # Arrow cannot cast text to a time of day, but it can cast text to a timestamp.
        moments = pc.binary_join_element_wise(f"{_ANY_DAY}T", column.cast(pa.string()), "").cast(pa.timestamp("us"))
        return moments.cast(field.type)
    return column.cast(field.type)
