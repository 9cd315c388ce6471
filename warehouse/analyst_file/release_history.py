"""`<dataset>_history`, `changes` and `<dataset>_as_of` of the analysts' file: which rows which release had.

Grain of a history: a row as it was in consecutive releases, with the first of them and the first one that no longer has it. Grain of
`changes`: as in the changes files of the releases (`warehouse/releases/changes.py`). Both are made from the files of the releases. Of a
new release only the changes file and the rows that it names are read; all rows are read only if there is no such file, or if its columns
differ from those of the release before. Not here: releases themselves (`warehouse/releases/releases.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.contract import SLICE_COLUMNS, Contract
from warehouse import sql
from warehouse.analyst_file.database_writer import DescribedMacro
from warehouse.analyst_file.meta import TEXT, TIME
from warehouse.releases.changes import choose_column_names
from warehouse.releases.package import changes_filename
from warehouse.releases.release_table import list_release_files, read_table
from warehouse.releases.releases import read_release
from warehouse.releases.withholding import withhold_values
from warehouse.types import SQL_TYPES, column_comment, lake_schema, slice_comment

_BOUNDS = {
    "since_release": (TEXT, "首个含有本行的版本 / First release with this row"),
    "since_time": (TIME, "该版本的发布时间（北京时间） / When it was released, Beijing time"),
    "until_release": (
        TEXT,
        "首个不再含有本行的版本，空为最新版本仍有 / First release without it; empty: the newest has it",
    ),
    "until_time": (TIME, "该版本的发布时间（北京时间） / When that was released, Beijing time"),
}
CHANGES_COLUMNS: Mapping[str, str] = {
    "dataset": "数据集 / Dataset",
    "release": "版本号 / Number of the release",
    "change": "added 新增、removed 删除、changed 修改 / added, removed, changed",
    "key": "主键值，以 | 分隔 / Values of the primary key, joined by |",
    "field": "被修改的字段；新增、删除为空 / Changed field; empty for added and removed rows",
    "before": "修改前 / Value before",
    "after": "修改后 / Value after",
}
CHANGES_COMMENT = "各版本较上一版本的改动 / What each release changed against the one before it"


class HistoryColumns(NamedTuple):
    """Columns of one history: those of the dataset, and the four that say in which releases the row is."""

    values: pa.Schema
    bounds: tuple[str, str, str, str]

    @property
    def comments(self) -> dict[str, str]:
        """The comment of every column."""
        own = zip(self.bounds, _BOUNDS.values(), strict=True)
        return {f.name: f.metadata[b"comment"].decode() for f in self.values} | {n: comment for n, (_, comment) in own}


def history_columns(contract: Contract) -> HistoryColumns:
    """Returns the columns: the public fields of today, department and period, and the bounds, with `_` added to a name that is taken."""
    whole = lake_schema(contract)
    names = [*(field.name for field in contract.public_fields()), *SLICE_COLUMNS]
    comments = {f.name: column_comment(f) for f in contract.fields} | {n: slice_comment(n) for n in SLICE_COLUMNS}
    values = pa.schema([pa.field(n, whole.field(n).type, metadata={"comment": comments[n]}) for n in names])
    since, since_time, until, until_time = (_free_name(name, names) for name in _BOUNDS)
    return HistoryColumns(values, (since, since_time, until, until_time))


def first_release_query(
    connection: duckdb.DuckDBPyConnection, contract: Contract, columns: HistoryColumns, shelf: Path, number: str
) -> str:
    """Returns the query for the history of a dataset with this one release; ReleaseError if it cannot be read."""
    rows = _rows_query(connection, contract, columns, shelf / number)
    created = read_release(shelf / number).created.replace(tzinfo=None)
    since, since_time, until, until_time = map(sql.quote_name, columns.bounds)
    return (
        f"SELECT *, {sql.quote_text(number)} AS {since}, CAST({sql.quote_text(created.isoformat())} AS TIMESTAMP) AS {since_time}, "
        f"CAST(NULL AS VARCHAR) AS {until}, CAST(NULL AS TIMESTAMP) AS {until_time} FROM ({rows})"
    )


def next_release_query(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    columns: HistoryColumns,
    shelf: Path,
    step: tuple[str, str],
    history: str,
) -> str:
    """Returns the query that adds one release to a history; `history` is a query, `step` the numbers of the release before and of this one.

    Rows that the release no longer has are closed and keep their place; its new rows follow. The query may read the temporary table
    `keys`, which is created here. ReleaseError if a release cannot be read.
    """
    before, number = step
    folder, release = shelf / number, read_release(shelf / number)
    named = _find_changed_keys(contract, folder) if release.previous == before else None
    rows = _rows_query(connection, contract, columns, folder)
    until = sql.quote_name(columns.bounds[2])
    connection.execute("DROP TABLE IF EXISTS temp.keys")
    if named is None:
        same = _same_row(columns.values.names)
        is_dropped = f"NOT EXISTS (SELECT 1 FROM ({rows}) AS i WHERE {same})"
        there = f"SELECT 1 FROM ({history}) AS h WHERE h.{until} IS NULL AND {same}"
        fresh = f"SELECT * FROM ({rows}) AS i WHERE NOT EXISTS ({there})"
    else:
        typed = ", ".join(f"CAST({k} AS {kind}) AS {k}" for k, kind in _key_types(contract, columns))
        moved = _moved_rows_query(contract, shelf / before, folder)
        connection.execute(f"CREATE TEMP TABLE keys AS SELECT {typed} FROM {named} UNION SELECT {typed} FROM ({moved})")
        key = [name for name, _ in _key_types(contract, columns)]
        is_dropped = f"EXISTS (SELECT 1 FROM temp.keys AS k WHERE {' AND '.join(f'k.{k} = h.{k}' for k in key)})"
        fresh = f"{rows} SEMI JOIN temp.keys USING ({', '.join(key)})"
    return _compose_history(columns, (number, release.created.replace(tzinfo=None)), history, is_dropped, fresh)


def empty_history(columns: HistoryColumns) -> pa.Table:
    """Returns the history of a dataset without a release."""
    bounds = [pa.field(name, kind) for name, (kind, _) in zip(columns.bounds, _BOUNDS.values(), strict=True)]
    return pa.schema([*columns.values, *bounds]).empty_table()


def list_changes_queries(contract: Contract, shelf: Path, steps: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yields, for each pair of consecutive releases with a changes file, the query for the rows of `changes`.

    Left out are fields that the contract protects, masks or suppresses now, and changes against a release that is not in the histories.
    """
    public = [field.name for field in contract.public_fields()]
    if not set(contract.primary_key) <= set(public):
        return
    what, field, before, after = (sql.quote_name(name) for name in choose_column_names(contract.primary_key))
    key = ", ".join(f"coalesce({sql.quote_name(name)}, '')" for name in contract.primary_key)
    known = ", ".join(sql.quote_text(name) for name in public if name not in _withheld_fields(contract))
    for last, number in steps:
        path = shelf / number / changes_filename(contract.name)
        if path.is_file() and _has_key(path, contract) and read_release(shelf / number).previous == last:
            yield (
                f"SELECT {sql.quote_text(contract.name)}, {sql.quote_text(number)}, {what}, concat_ws('|', {key}), {field}, {before}, {after} "
                f"FROM {_csv_source(path)} WHERE {field} IS NULL OR {field} IN ({known})"
            )


def build_as_of_macro(contract: Contract, columns: HistoryColumns) -> DescribedMacro:
    """Builds the macro `<dataset>_as_of(release_or_date)`: the rows of the release of that number, or of the newest release at the end of that day."""
    name, (_, since_time, _, until_time) = contract.name, map(sql.quote_name, columns.bounds)
    wanted = "CAST(release_or_date AS VARCHAR)"
    moment = (
        f"coalesce((SELECT max(released_at) FROM meta.release WHERE dataset = {sql.quote_text(name)} AND number = {wanted} AND in_history), "
        f"TRY_CAST({wanted} AS DATE) + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND, "
        f"CAST(error('没有该版本或日期 / no such release or day: ' || {wanted}) AS TIMESTAMP))"
    )
    body = (
        f"SELECT {sql.quote_names(columns.values.names)} FROM main.{sql.quote_name(f'{name}_history')} "
        f"WHERE {since_time} <= {moment} AND ({until_time} IS NULL OR {until_time} > {moment})"
    )
    about = f"{contract.title.zh}在某一版本（版本号）或某日（日期）的数据 / {contract.title.en}: as of a release (its number) or a day (a date)"
    return DescribedMacro(f"{name}_as_of", about, ("release_or_date",), body, is_table=True)


def _free_name(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _find_changed_keys(contract: Contract, folder: Path) -> str | None:
    """Returns the SQL source of the keys of rows that differ from the release before; None if all rows must be compared.

    The changes file compares only columns that both releases have, so it is incomplete if their columns differ.
    """
    path, previous = folder / changes_filename(contract.name), read_release(folder).previous
    if previous is None or not path.is_file() or not _has_key(path, contract):
        return None
    before, after = (
        pq.read_schema(list_release_files(release)[0]).names for release in (folder.with_name(previous), folder)
    )
    return _csv_source(path) if before == after else None


def _moved_rows_query(contract: Contract, before: Path, folder: Path) -> str:
    """Returns the query for the keys of rows that came from another department or period than in the release before.

    The changes file does not name them. Both releases have the same columns; older releases have no slice columns, and then no row is
    returned.
    """
    key = sql.quote_names(contract.primary_key)
    files = list_release_files(folder)
    if not set(SLICE_COLUMNS) <= set(pq.read_schema(files[0]).names):
        return f"SELECT {key} FROM {_parquet_source(files)} WHERE false"
    then, now = (
        f"SELECT {key}, {sql.quote_names(SLICE_COLUMNS)} FROM {_parquet_source(released)}"
        for released in (list_release_files(before), files)
    )
    return f"{then} EXCEPT {now}"


def _has_key(path: Path, contract: Contract) -> bool:
    """Whether the changes file uses the contract's present primary key; the contract may have had another one when the release was made."""
    with path.open(encoding="utf-8-sig") as lines:
        head = lines.readline().rstrip("\n").split(",")
    change, *cell = choose_column_names(contract.primary_key)
    return head == [change, *contract.primary_key, *cell]


def _parquet_source(files: Sequence[Path]) -> str:
    return f"read_parquet({sql.quote_files(files)}, hive_partitioning = false)"


def _csv_source(path: Path) -> str:
    return f"read_csv({sql.quote_text(str(path))}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', nullstr = '')"


def _key_types(contract: Contract, columns: HistoryColumns) -> list[tuple[str, str]]:
    """Returns the quoted names of the primary key's columns, each with its type in the file."""
    return [(sql.quote_name(name), SQL_TYPES[str(columns.values.field(name).type)]) for name in contract.primary_key]


def _rows_query(
    connection: duckdb.DuckDBPyConnection, contract: Contract, columns: HistoryColumns, folder: Path
) -> str:
    """Returns the query for the rows of the release in the present columns; a column that the release lacks is null.

    Cells that the present contract withholds are withheld, even if the release showed them.
    """
    files = list_release_files(folder)
    there = set(pq.read_schema(files[0]).names)
    wanted = ", ".join(
        f"r.{sql.quote_name(n)}" if n in there else f"CAST(NULL AS {SQL_TYPES[str(t)]}) AS {sql.quote_name(n)}"
        for n, t in zip(columns.values.names, columns.values.types, strict=True)
    )
    if _withheld_fields(contract):
        name = f"released_{folder.name}"  # the query of the next release reads this view too
        connection.register(name, withhold_values(read_table(files), contract).table)
        return f"SELECT {wanted} FROM {sql.quote_name(name)} AS r"
    return f"SELECT {wanted} FROM {_parquet_source(files)} AS r"


def _withheld_fields(contract: Contract) -> set[str]:
    rules = contract.policy.disclosure
    return {rule.field for rule in (*rules.masked, *rules.small_cells)}


def _same_row(names: Sequence[str]) -> str:
    """Returns the condition that two rows are equal: by two hashes of 64 bits each, as in `warehouse/releases/row_pairs.py`."""
    h, i = (", ".join(f"{side}.{sql.quote_name(name)}" for name in names) for side in "hi")
    return f"hash({h}) = hash({i}) AND hash(2, {h}) = hash(2, {i})"


def _compose_history(
    columns: HistoryColumns, release: tuple[str, datetime], history: str, gone: str, fresh: str
) -> str:
    """Returns the query for a history in which open rows are closed where the condition `gone` holds, followed by the rows of the query `fresh`."""
    names = sql.quote_names(columns.values.names)
    since, since_time, until, until_time = map(sql.quote_name, columns.bounds)
    number, created = sql.quote_text(release[0]), f"CAST({sql.quote_text(release[1].isoformat())} AS TIMESTAMP)"
    typed = ", ".join(
        f"CAST({sql.quote_name(field.name)} AS {SQL_TYPES[str(field.type)]}) AS {sql.quote_name(field.name)}"
        for field in columns.values
    )
    return (
        f"SELECT {names}, {since}, {since_time}, CASE WHEN closed THEN {number} ELSE {until} END AS {until}, "
        f"CASE WHEN closed THEN {created} ELSE {until_time} END AS {until_time} "
        f"FROM (SELECT h.*, h.{until} IS NULL AND {gone} AS closed FROM ({history}) AS h) "
        f"UNION ALL SELECT {typed}, {number}, {created}, CAST(NULL AS VARCHAR), CAST(NULL AS TIMESTAMP) FROM ({fresh})"
    )
