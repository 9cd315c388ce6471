"""Parts: the Parquet files of the lake, one a slice and state. Written once, never changed.

Here: writing one deterministically and reading many. Not here: which parts belong to a table (`warehouse/lake.py`).
Same rows, same DuckDB, same bytes: rows are sorted by the primary key, then by every other field.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import SLICE_COLUMNS, Contract
from schemas.errors import LakeError
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse import sql
from warehouse.atomic_files import file_sha256, fsync_path, replace_durably
from warehouse.layout import require_safe_name
from warehouse.types import arrow_schema, lake_schema

# Source: Delta protocol, primitive types: there is no time of day, so it is kept as text.
_TIME_OF_DAY = pa.time64("us")
_ANY_DAY = "2000-01-01"


@dataclass(frozen=True)
class Part:
    """One file: `path` below the table's folder; its name begins with 32 digits of the SHA-256 of its bytes."""

    path: str
    rows: int
    size: int

    @property
    def digest(self) -> str:
        """What two parts of the same bytes have in common."""
        return self.path.rsplit("/", 1)[1][:32]


def delta_schema(contract: Contract) -> pa.Schema:
    """The lake's schema as Delta can keep it: `lake_schema`, times of day as text."""
    return pa.schema([f.with_type(pa.string()) if f.type == _TIME_OF_DAY else f for f in lake_schema(contract)])


def slice_folder(key: SliceKey) -> str:
    """Where the parts of a slice lie, below the table's folder; UsageError if a name in it is no plain name."""
    return "/".join(
        f"{c}={require_safe_name(v)}" for c, v in zip(SLICE_COLUMNS, (key.department, key.period), strict=True)
    )


@dataclass(frozen=True)
class PartLocation:
    """Where a new part goes: a folder `aside` to write it in, the table's folder, the version it is for, the part it replaces."""

    temporary_folder: Path
    table_folder: Path
    version: int
    key: SliceKey
    replaced_part: Part | None


def write_part(con: duckdb.DuckDBPyConnection, rows: pa.Table, contract: Contract, place: PartLocation) -> Part:
    """Write the rows of a slice; the held part if it has the same bytes already. Durable once `settle_all` was called.

    The version goes into the name, so that bytes that come back later never meet the tombstone of the same bytes. Columns
    that are no fields of the contract are left out; LakeError if a field is missing or has another type.
    """
    aside = place.temporary_folder / "part"
    con.register("accepted", _to_delta_rows(rows, contract))
    order = [*contract.primary_key, *(f.name for f in contract.fields if f.name not in contract.primary_key)]
    count, size = con.execute(
        f"copy (select * from accepted order by {sql.quote_names(order)}) to {sql.quote_text(str(aside))} "
        "(format parquet, compression zstd, compression_level 3, return_stats true)"
    ).fetchall()[0][1:3]
    con.unregister("accepted")
    digest = file_sha256(aside)[:32]
    if place.replaced_part and place.replaced_part.digest == digest:
        return place.replaced_part
    path = f"{slice_folder(place.key)}/{digest}-{place.version}.parquet"
    target = place.table_folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_durably(aside, target)
    return Part(path, count, size)


def fsync_all(table: Path, written: Iterable[Part]) -> None:
    """Return only when the names of the parts would survive a loss of power: each folder on their way, once."""
    folders = {folder for part in written for folder in Path(part.path).parents}
    for folder in sorted(folders, reverse=True):
        fsync_path(table / folder)


def read_part_files(con: duckdb.DuckDBPyConnection, files: Sequence[Path], contract: Contract) -> pa.Table:
    """The rows of all files with `department` and `period`, by primary key; fields that old files lack are null."""
    schema = lake_schema(contract)
    if not files:
        return schema.empty_table()
    con.register("nothing", delta_schema(contract).empty_table())
    listed = ", ".join(sql.quote_text(str(file)) for file in files)
    found = con.sql(
        f"select {sql.quote_names(schema.names)} from (from nothing union all by name (from read_parquet([{listed}], "
        "hive_partitioning = true, hive_types_autocast = false, union_by_name = true))) "
        f"order by {sql.quote_names([*contract.primary_key, *SLICE_COLUMNS])}"
    ).to_arrow_table()
    con.unregister("nothing")
    columns = [_from_delta_column(found.column(field.name), field) for field in schema]
    return pa.table(columns, schema=schema)


def _to_delta_rows(rows: pa.Table, contract: Contract) -> pa.Table:
    wanted = arrow_schema(contract)
    try:
        table = rows.select(wanted.names).cast(wanted)
    except (KeyError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
        raise LakeError(
            Text(
                zh=f"{contract.name} 的数据与契约 {contract.version} 的字段或类型不符：{wrong}",
                en=f"the rows for {contract.name} do not have the fields and types of contract {contract.version}: {wrong}",
            )
        ) from wrong
    columns = [_to_text(table.column(f.name)) if f.type == _TIME_OF_DAY else table.column(f.name) for f in wanted]
    return pa.table(columns, names=wanted.names)


def _to_text(times: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(times, pa.string())


def _from_delta_column(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    if field.type == _TIME_OF_DAY:
        # Arrow casts no text to a time of day, but moments it does.
        moments = pc.binary_join_element_wise(f"{_ANY_DAY}T", column, "").cast(pa.timestamp("us"))
        return moments.cast(field.type)
    return column.cast(field.type)
