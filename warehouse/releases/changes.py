"""The differences between a release and the one before it, by primary key, computed from the Parquet files of both.

Grain of the output file: one added row, one removed row, or one changed cell of a row that both releases have. Values are
compared and written in their canonical spelling, so a column whose type changed differs only where its spelling differs;
only columns that both releases have are compared, and none that the platform adds (labels, department, period). Order: rows by key,
cells by column. Not here: whether a change is worth a release, and the texts of a page about it.

Both are streamed twice: once to pair the rows by key and a hash of the rest (`row_pairs.py`), once to read the few rows that differ.
Cells are compared column by column: a single statement over all columns would make DuckDB take a gigabyte for ten thousand changed rows,
regardless of its memory limit.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from schemas.label_columns import is_derived
from warehouse import sql
from warehouse.canonical import to_canonical_text
from warehouse.distributions import copy_csv
from warehouse.releases.row_pairs import TableState, pair_rows, read_blocks, select_fields

_COLUMNS = 4
"""Columns that are compared in one statement. Source: measured; with 40 DuckDB takes a gigabyte, whatever its limit."""
MEMORY = "200MB"
"""Memory of a comparison, which spills beyond it; at 1 GB it was no faster, at 100 MB sorting the lines failed."""


class RowChanges(NamedTuple):
    """Numbers of rows added, removed and changed; names of columns added and removed."""

    added: int
    removed: int
    changed: int
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]


def changes_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the Table Schema of the changes file for rows with this schema.

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
    """Writes the changes file and returns its totals; None, and no file, if there is no common public primary key.

    The same two states give the same bytes.
    """
    if not after.key or before.key != after.key:
        return None
    derived = {field["name"] for field in after.schema["fields"] if is_derived(field)}
    common = [name for name in after.names if name in before.names and name not in {*after.key, *derived}]
    small = _is_small(before) and _is_small(after)
    with sql.open_small_connection() if small else sql.open_connection(path.parent, MEMORY) as con:
        pair_rows(con, before, after, common, path.parent)
        _load_changed_rows(con, "old", before, common)
        _load_changed_rows(con, "new", after, common)
        con.execute(_delete_unchanged_query(common))
        found = dict(con.execute("select what, count(*) from pairs group by what").fetchall())
        _collect_cells(con, after.key, common)
        con.execute("drop table pairs")  # sorting the lines takes the memory
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
    return sql.is_small(sum(file.stat().st_size for file in state.files), state.count_rows())


def _load_changed_rows(con: duckdb.DuckDBPyConnection, side: str, state: TableState, common: Sequence[str]) -> None:
    """Creates the table `old` or `new`: for each changed row its position, and the cells outside the key as text."""
    place = {"old": "was", "new": "now"}[side]
    wanted = con.sql(f"select {place} from pairs where what = 'changed' order by 1").to_arrow_table().column(0)
    con.register("rows", _text_batches(state, common, wanted))
    con.execute(f"create temp table {side} as from rows")


def _text_batches(state: TableState, common: Sequence[str], wanted: pa.ChunkedArray) -> pa.RecordBatchReader:
    """Streams the common columns of the rows at the wanted positions, which rise, as canonical text `c0`, `c1`, …, with the position."""
    schema = pa.schema([*((f"c{n}", pa.string()) for n in range(len(common))), ("place", pa.int64())])
    among = wanted.to_numpy()

    def blocks() -> Iterator[pa.RecordBatch]:
        for block, places in read_blocks(state, common):
            first = places[0].as_py()
            here = among[slice(*among.searchsorted([first, first + len(places)]))]
            if len(here):
                text = to_canonical_text(block.take(here - first), select_fields(state, {*common}))
                columns = [text.column(name) for name in common]
                yield from pa.table([*columns, pa.array(here)], schema=schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, blocks() if len(wanted) else iter(()))


def _delete_unchanged_query(common: Sequence[str]) -> str:
    """Builds the statement that deletes pairs whose cells are all equal in canonical spelling."""
    differs = [f"b.c{n} is distinct from a.c{n}" for n in range(len(common))] or ["false"]
    return f"""
        delete from pairs using old b, new a
        where what = 'changed' and b.place = pairs.was and a.place = pairs.now and not ({" or ".join(differs)})
    """


def _collect_cells(con: duckdb.DuckDBPyConnection, key: Sequence[str], common: Sequence[str]) -> None:
    """Creates the table `cells`: a line for each added or removed row (place -1), and one for each changed cell."""
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
    """Builds the query for the file's content, in its order."""
    change, field, was, now = (sql.quote_name(name) for name in choose_column_names(key))
    named = ", ".join(f"t{n} as {sql.quote_name(part)}" for n, part in enumerate(key))
    order = ", ".join(f"k{n} nulls last" for n in range(len(key)))
    return f"""
        select what as {change}, {named}, field as {field}, was as {was}, now as {now}
        from cells order by {order}, nth, place
    """


def choose_column_names(key: Sequence[str]) -> list[str]:
    """Returns `change`, `field`, `before`, `after`, each with as many `_` appended as needed to differ from the key columns."""
    taken, names = {part.lower() for part in key}, []
    for name in ("change", "field", "before", "after"):
        own = name
        while own in taken:
            own += "_"
        names.append(own)
    return names
