"""The differences between a release and the one before it, by primary key, computed from the Parquet files of both.

Grain of the output file: one added row, one removed row, or one changed cell of a row that both releases have. Values are
compared and written in their canonical spelling, so a column whose type changed differs only where its spelling differs;
only columns that both releases have are compared, and none that the platform adds (labels, department, period). Order: rows by key, cells by column. Not here: whether a change is worth
a release, and the texts of a page about it.

Both are streamed twice: once to pair the rows by key and a hash of the rest, once to read the few rows that differ.
DuckDB holds the pairs and spills to disk what does not fit in memory; many millions of rows are paired shard by shard. Cells are compared column by column: in one statement
over all of them DuckDB takes a gigabyte for ten thousand changed rows, whatever its limit.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.label_columns import is_derived
from warehouse import sql
from warehouse.canonical import to_canonical_text
from warehouse.distributions import copy_csv
from warehouse.row_shards import write_shards

BLOCK = 16_384
_COLUMNS = 4
"""Columns that are compared in one statement. Source: measured; with 40 DuckDB takes a gigabyte, whatever its limit."""
MEMORY = "200MB"
"""Memory of a comparison, which spills beyond it; at 1 GB it was no faster, at 100 MB sorting the lines failed."""
_PAIRED_ROWS = 20_000_000
"""Rows of both releases that are paired at once. Source: measured; two times 10 million need no more than `MEMORY`, of two times 100 million DuckDB cannot group the keys in it."""
_WAITING_ROWS = 65_536
"""Rows of all shards together that wait in memory to be written, for each thread. Source: DuckDB's own half a million take more than `MEMORY`."""


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


class RowChanges(NamedTuple):
    """Numbers of rows added, removed and changed; names of columns added and removed."""

    added: int
    removed: int
    changed: int
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]


def changes_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Table Schema of the changes file for rows with this schema.

    Columns: the kind of change, the primary key, and for a changed cell its field and both values.
    """
    keys = schema["primaryKey"]
    change, *cell = choose_column_names(keys)
    fields = {field["name"]: field for field in schema["fields"]}
    kept = ("name", "title", "description", "type")
    key = [{word: fields[name][word] for word in kept if word in fields[name]} for name in keys]
    what = {
        "name": change,
        "type": "string",
        "constraints": {"required": True, "enum": ["added", "removed", "changed"]},
    }
    return {"fields": [what, *key, *({"name": name, "type": "string"} for name in cell)], "missingValues": [""]}


def write_changes(before: TableState, after: TableState, path: Path) -> RowChanges | None:
    """Write the changes file and return its totals; None, and no file, if there is no common public primary key.

    The same two states give the same bytes.
    """
    if not after.key or before.key != after.key:
        return None
    derived = {field["name"] for field in after.schema["fields"] if is_derived(field)}
    common = [name for name in after.names if name in before.names and name not in {*after.key, *derived}]
    small = _is_small(before) and _is_small(after)
    with sql.open_small_connection() if small else sql.open_connection(path.parent, MEMORY) as con:
        _pair_rows(con, before, after, common, path.parent)
        _load_changed_rows(con, "old", before, common)
        _load_changed_rows(con, "new", after, common)
        con.execute(_delete_unchanged_query(common))
        found = dict(con.execute("select what, count(*) from pairs group by what").fetchall())
        _collect_cells(con, after.key, common)
        copy_csv(con, _changed_cells_query(after.key), path)
    return RowChanges(
        added=found.get("added", 0),
        removed=found.get("removed", 0),
        changed=found.get("changed", 0),
        columns_added=tuple(name for name in after.names if name not in before.names),
        columns_removed=tuple(name for name in before.names if name not in after.names),
    )


def _is_small(state: TableState) -> bool:
    """Whether the rows can be compared in the process's one database, in tables that no other connection sees."""
    sizes, rows = zip(*((file.stat().st_size, pq.read_metadata(file).num_rows) for file in state.files), strict=True)
    return sql.is_small(sum(sizes), sum(rows))


def _pair_rows(
    con: duckdb.DuckDBPyConnection, before: TableState, after: TableState, common: Sequence[str], folder: Path
) -> None:
    """Create the table `pairs`: every row without an equal counterpart, by its position in each release (null: absent), with its key as text.

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
    shards = -(-(_count_rows(before) + _count_rows(after)) // _PAIRED_ROWS)
    tables = _hash_shards(con, rows, hashed, keys, shards, folder) if shards > 1 else _hash_whole(con, rows, hashed)
    unequal = _unequal_rows_query(width, spelt)
    for number, both in enumerate(tables):
        for side, table in zip("ba", both, strict=True):
            _number_equal_keys(con, table, keys, side)
        con.execute(f"insert into pairs {unequal}" if number else f"create temp table pairs as {unequal}")


def _number_equal_keys(con: duckdb.DuckDBPyConnection, table: str, keys: str, side: str) -> None:
    """Replace a table of hashed rows by the table `side`, in which rows with the same key have numbers `nth` in their order."""
    again = con.sql(f"select 1 from {table} group by {keys} having count(*) > 1 limit 1").fetchall()
    nth = f"row_number() over (partition by {keys} order by place)" if again else "1::bigint"
    con.execute(f"create or replace temp table {side} as select *, {nth} as nth from {table}")
    con.execute(f"drop table {table}")


def _unequal_rows_query(width: int, spelt: Sequence[int]) -> str:
    """Build the query of the rows in the tables `b` and `a`, with keys of `width` columns, that have no equal counterpart."""
    same = " and ".join(f"b.c{n} is not distinct from a.c{n}" for n in range(width))
    texts = [f"coalesce(a.t{n}, b.t{n})" if n in spelt else f"coalesce(a.c{n}, b.c{n})" for n in range(width)]
    return f"""
        select case when b.place is null then 'added' when a.place is null then 'removed' else 'changed' end as what,
               b.place as was, a.place as now, coalesce(a.nth, b.nth) as nth,
               {", ".join(f"coalesce(a.c{n}, b.c{n}) as k{n}, {text} as t{n}" for n, text in enumerate(texts))}
        from b full join a on {same} and b.nth = a.nth
        where b.place is null or a.place is null or b.one <> a.one or b.other <> a.other
    """


def _count_rows(state: TableState) -> int:
    return sum(pq.read_metadata(file).num_rows for file in state.files)


def _hash_whole(
    con: duckdb.DuckDBPyConnection, rows: Sequence[pa.RecordBatchReader], hashed: str
) -> Iterator[tuple[str, str]]:
    """Create the tables of the hashed rows of both releases, and yield their names once."""
    # A statement for itself: a window function over the stream would keep all its columns in memory.
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
    """Create the tables of the hashed rows of both releases, one shard of the keys after the other, and yield their names each time."""
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
                # Of a release without rows in this shard the table is empty, with the columns of any other.
                files, kept = (found[shard], "true") if shard in found else (any_files, "false")
                # A folder above may be named like a column: home=1.
                source = f"read_parquet({sql.quote_files(files)}, hive_partitioning = false)"
                con.execute(f"create temp table hashed_{side} as from {source} where {kept}")
            yield "hashed_b", "hashed_a"


def _load_changed_rows(con: duckdb.DuckDBPyConnection, side: str, state: TableState, common: Sequence[str]) -> None:
    """Create the table `old` or `new`: for each changed row its position, and the cells beside the key as text."""
    place = {"old": "was", "new": "now"}[side]
    wanted = con.sql(f"select {place} from pairs where what = 'changed' order by 1").to_arrow_table().column(0)
    con.register("rows", _text_batches(state, common, wanted))
    con.execute(f"create temp table {side} as from rows")


def _typed_batches(
    state: TableState, common: Sequence[str], retyped: set[str], spelt: Sequence[int]
) -> pa.RecordBatchReader:
    """Stream key and common columns as `c0`, `c1`, …, with the row position; columns in `retyped` in canonical spelling.

    The parts of the key at the places `spelt` come as `t<place>` in canonical spelling too.
    """
    names, extra = [*state.key, *common], {state.key[n] for n in spelt}
    whole = state.columns
    types = [pa.string() if name in retyped else whole.field(name).type for name in names]
    columns = [*((f"c{n}", kind) for n, kind in enumerate(types)), *((f"t{n}", pa.string()) for n in spelt)]
    schema = pa.schema([*columns, ("place", pa.int64())])

    def blocks() -> Iterator[pa.RecordBatch]:
        for block, places in _read_blocks(state, names):
            text = to_canonical_text(block, _select_fields(state, retyped | extra)) if retyped | extra else block
            typed = [(text if name in retyped else block).column(name) for name in names]
            keys = [text.column(state.key[n]) for n in spelt]
            yield from pa.table([*typed, *keys, places], schema=schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, blocks())


def _text_batches(state: TableState, common: Sequence[str], wanted: pa.ChunkedArray) -> pa.RecordBatchReader:
    """Stream the common columns of the rows at the wanted positions, which rise, as canonical text `c0`, `c1`, …, with the position."""
    schema = pa.schema([*((f"c{n}", pa.string()) for n in range(len(common))), ("place", pa.int64())])
    among = wanted.to_numpy()

    def blocks() -> Iterator[pa.RecordBatch]:
        for block, places in _read_blocks(state, common):
            first = places[0].as_py()
            here = among[slice(*among.searchsorted([first, first + len(places)]))]
            if len(here):
                text = to_canonical_text(block.take(here - first), _select_fields(state, {*common}))
                columns = [text.column(name) for name in common]
                yield from pa.table([*columns, pa.array(here)], schema=schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, blocks() if len(wanted) else iter(()))


def _read_blocks(state: TableState, names: Sequence[str]) -> Iterator[tuple[pa.Table, pa.Array]]:
    place = 0
    for path in state.files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BLOCK, columns=list(names), use_threads=False):
                yield pa.Table.from_batches([batch]), pa.array(range(place, place + batch.num_rows), pa.int64())
                place += batch.num_rows


def _select_fields(state: TableState, names: set[str]) -> dict[str, Any]:
    return {"fields": [field for field in state.schema["fields"] if field["name"] in names]}


def _delete_unchanged_query(common: Sequence[str]) -> str:
    """Build the statement that deletes pairs whose cells are all equal in canonical spelling."""
    differs = [f"b.c{n} is distinct from a.c{n}" for n in range(len(common))] or ["false"]
    return f"""
        delete from pairs using old b, new a
        where what = 'changed' and b.place = pairs.was and a.place = pairs.now and not ({" or ".join(differs)})
    """


def _collect_cells(con: duckdb.DuckDBPyConnection, key: Sequence[str], common: Sequence[str]) -> None:
    """Create the table `cells`: a line for each added or removed row (place -1), and one for each changed cell."""
    keys = ", ".join(f"k{n}, t{n}" for n in range(len(key)))
    both = "from pairs join old b on b.place = pairs.was join new a on a.place = pairs.now where what = 'changed'"
    con.execute(f"""
        create temp table cells as
        select what, nth, {keys}, -1 as place, null::varchar as field, null::varchar as was, null::varchar as now
        from pairs where what <> 'changed'
    """)
    for group in _cut_groups(range(len(common))):
        differ = ", ".join(f"bool_or(b.c{n} is distinct from a.c{n})" for n in group)
        found = con.execute(f"select {differ} {both}").fetchall()[0]
        for n in [n for n, differs in zip(group, found, strict=True) if differs]:
            con.execute(
                f"insert into cells select what, nth, {keys}, {n}, {sql.quote_text(common[n])}, b.c{n}, a.c{n} {both} and b.c{n} is distinct from a.c{n}"
            )


def _cut_groups(places: Sequence[int]) -> list[Sequence[int]]:
    return [places[start : start + _COLUMNS] for start in range(0, len(places), _COLUMNS)]


def _changed_cells_query(key: Sequence[str]) -> str:
    """Build the query for the file's content, in its order."""
    change, field, was, now = (sql.quote_name(name) for name in choose_column_names(key))
    named = ", ".join(f"t{n} as {sql.quote_name(part)}" for n, part in enumerate(key))
    order = ", ".join(f"k{n} nulls last" for n in range(len(key)))
    return f"""
        select what as {change}, {named}, field as {field}, was as {was}, now as {now}
        from cells order by {order}, nth, place
    """


def choose_column_names(key: Sequence[str]) -> list[str]:
    """Return `change`, `field`, `before`, `after`, each with as many `_` appended as needed to differ from the key columns."""
    taken, names = {part.lower() for part in key}, []
    for name in ("change", "field", "before", "after"):
        own = name
        while own in taken:
            own += "_"
        names.append(own)
    return names
