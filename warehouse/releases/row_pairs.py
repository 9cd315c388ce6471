"""The rows of two releases, paired by their key: finds the positions of rows that were changed, added or removed.

Grain of the resulting table `pairs`: a row of either release, or one row of each with the same key. Both releases are streamed once.
DuckDB holds the pairs and spills to disk what does not fit in memory; many millions of rows are paired shard by shard. Not here: which
cells of a pair differ, and the lines of a diff (`changes.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.execution.ahead import read_ahead
from warehouse import sql
from warehouse.canonical import to_canonical_text
from warehouse.parquet_batches import find_encoded, read_batches
from warehouse.releases.row_shards import write_shards

BLOCK = 16_384
"""Rows of a release that are read at once."""
_PAIRED_ROWS = 20_000_000
"""Rows of both releases that are paired at once. Source: measured; two times 10 million need no more than the memory of a comparison, of two times 100 million DuckDB cannot group the keys in it."""
_WAITING_ROWS = 65_536
"""Rows of all shards together that wait in memory to be written, for each thread. Source: DuckDB's own half a million take more than a comparison has."""


class TableState(NamedTuple):
    """The rows of one release: their Parquet files in order, and the schema they were released with."""

    files: tuple[Path, ...]
    schema: Mapping[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """The released columns."""
        return tuple(field["name"] for field in self.schema["fields"])

    @property
    def columns(self) -> pa.Schema:
        """The columns of the files, which all have the same; OSError or ArrowInvalid if the first one cannot be read."""
        return pq.read_schema(self.files[0])

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key; empty if not all of it is public."""
        return tuple(self.schema.get("primaryKey", ()))

    def count_rows(self) -> int:
        """Returns the number of rows according to the metadata of the files."""
        return sum(pq.read_metadata(file).num_rows for file in self.files)


def pair_rows(
    con: duckdb.DuckDBPyConnection, before: TableState, after: TableState, common: Sequence[str], folder: Path
) -> None:
    """Creates the table `pairs`: every row without an equal counterpart, by its position in each release (null: absent), with its key as text.

    Rows count as equal if two hashes of 64 bits each are equal; pairs that differ only in type are deleted later. A key is
    unique in every release that passed the quality gate; otherwise rows with the same key are paired in their order.
    """
    then, now = before.columns, after.columns
    retyped = {name for name in after.key if then.field(name).type != now.field(name).type}
    spelt = [
        n for n, name in enumerate(after.key) if name not in retyped and not pa.types.is_string(now.field(name).type)
    ]
    width = len(after.key)
    keys = ", ".join(f"c{n}" for n in range(width))
    rest = ", ".join(["1", *(f"c{n}" for n in range(width, width + len(common)))])
    hashed = f"{keys}, {''.join(f't{n}, ' for n in spelt)}place, hash({rest}) as one, hash(2, {rest}) as other"
    rows = [_typed_batches(state, common, retyped, spelt) for state in (before, after)]
    shards = -(-(before.count_rows() + after.count_rows()) // _PAIRED_ROWS)
    tables = _hash_shards(con, rows, hashed, keys, shards, folder) if shards > 1 else _hash_whole(con, rows, hashed)
    unequal = _unequal_rows_query(width, spelt)
    for number, both in enumerate(tables):
        pa.default_memory_pool().release_unused()  # otherwise the memory used for reading would stay with the process
        for side, table in zip("ba", both, strict=True):
            _number_equal_keys(con, table, keys, side)
        con.execute(f"insert into pairs {unequal}" if number else f"create temp table pairs as {unequal}")
        for table in both:
            con.execute(f"drop table {table}")


def _number_equal_keys(con: duckdb.DuckDBPyConnection, table: str, keys: str, side: str) -> None:
    """Creates the view `side` of a table of hashed rows, with a column `nth` that numbers the rows with the same key in their order."""
    # Hashes of keys take less memory than keys. If two keys have the same hash, rows are numbered without need, with no other effect.
    again = con.sql(f"select 1 from {table} group by hash({keys}) having count(*) > 1 limit 1").fetchall()
    nth = f"row_number() over (partition by {keys} order by place)" if again else "1::bigint"
    con.execute(f"create or replace temp view {side} as select *, {nth} as nth from {table}")


def _unequal_rows_query(width: int, spelt: Sequence[int]) -> str:
    """Builds the query of the rows in the views `b` and `a`, with keys of `width` columns, that have no equal counterpart."""
    same = " and ".join(f"b.c{n} is not distinct from a.c{n}" for n in range(width))
    texts = [f"coalesce(a.t{n}, b.t{n})" if n in spelt else f"coalesce(a.c{n}, b.c{n})" for n in range(width)]
    return f"""
        select case when b.place is null then 'added' when a.place is null then 'removed' else 'changed' end as what,
               b.place as was, a.place as now, coalesce(a.nth, b.nth) as nth,
               {", ".join(f"coalesce(a.c{n}, b.c{n}) as k{n}, {text} as t{n}" for n, text in enumerate(texts))}
        from b full join a on {same} and b.nth = a.nth
        where b.place is null or a.place is null or b.one <> a.one or b.other <> a.other
    """


def _hash_whole(
    con: duckdb.DuckDBPyConnection, rows: Sequence[pa.RecordBatchReader], hashed: str
) -> Iterator[tuple[str, str]]:
    """Creates the tables of the hashed rows of both releases, and yields their names once (the rows are not cut into shards)."""
    # A separate statement, because a window function over the stream would keep all its columns in memory.
    for side, stream in zip("ba", rows, strict=True):
        con.register("rows", stream)
        con.execute(f"create temp table hashed_{side} as select {hashed} from rows")
    yield "hashed_b", "hashed_a"


def _hash_shards(
    con: duckdb.DuckDBPyConnection,
    rows: Sequence[pa.RecordBatchReader],
    hashed: str,
    keys: str,
    shards: int,
    folder: Path,
) -> Iterator[tuple[str, str]]:
    """Creates the tables of the hashed rows of both releases for one shard of the keys after the other, and yields their names for each shard."""
    con.execute(f"set partitioned_write_flush_threshold = {_WAITING_ROWS}")
    with TemporaryDirectory(dir=folder) as aside:
        written = []
        for stream in rows:
            con.register("rows", stream)
            query = f"select {hashed}, hash({keys}) % {shards} as shard from rows"
            written.append(write_shards(con, query, "shard", Path(aside)))
        any_files = next(iter((written[0] or written[1]).values()))
        for shard in sorted({*written[0], *written[1]}):
            for side, found in zip("ba", written, strict=True):
                # If a release has no rows in this shard, its table is empty and has the columns of another shard.
                files, kept = (found[shard], "true") if shard in found else (any_files, "false")
                # A parent folder may look like a partition column, as in home=1.
                source = f"read_parquet({sql.quote_files(files)}, hive_partitioning = false)"
                con.execute(f"create temp table hashed_{side} as from {source} where {kept}")
            yield "hashed_b", "hashed_a"


def _typed_batches(
    state: TableState, common: Sequence[str], retyped: set[str], spelt: Sequence[int]
) -> pa.RecordBatchReader:
    """Streams the key and the common columns as `c0`, `c1`, …, with the row position; columns in `retyped` in canonical spelling.

    The key columns with an index in `spelt` are also streamed in canonical spelling, as `t<index>`.
    """
    names, extra = [*state.key, *common], {state.key[n] for n in spelt}
    whole = state.columns
    encoded = find_encoded(state.files, [name for name in common if pa.types.is_string(whole.field(name).type)])
    kinds = {name: whole.field(name).type for name in names} | dict.fromkeys(retyped, pa.string())
    kinds |= dict.fromkeys(encoded, pa.dictionary(pa.int32(), pa.string()))
    columns = [*((f"c{n}", kinds[name]) for n, name in enumerate(names)), *((f"t{n}", pa.string()) for n in spelt)]
    schema = pa.schema([*columns, ("place", pa.int64())])

    def blocks() -> Iterator[pa.RecordBatch]:
        for block, places in read_blocks(state, names):
            text = to_canonical_text(block, select_fields(state, retyped | extra)) if retyped | extra else block
            typed = [(text if name in retyped else block).column(name) for name in names]
            keys = [text.column(state.key[n]) for n in spelt]
            yield from pa.table([*typed, *keys, places], names=schema.names).cast(schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, read_ahead(blocks()))


def read_blocks(state: TableState, names: Sequence[str]) -> Iterator[tuple[pa.Table, pa.Array]]:
    """Yields these columns of a release, at most `BLOCK` rows at a time, with the positions of the rows; texts as `read_batches` yields them."""
    place = 0
    for path in state.files:
        for batch in read_batches(path, BLOCK, names):
            yield pa.Table.from_batches([batch]), pa.array(range(place, place + batch.num_rows), pa.int64())
            place += batch.num_rows


def select_fields(state: TableState, names: set[str]) -> dict[str, Any]:
    """Returns the Table Schema of these columns."""
    return {"fields": [field for field in state.schema["fields"] if field["name"] in names]}
