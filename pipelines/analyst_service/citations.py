"""Where an answer comes from: the dataset, its newest release, the version of its contract, the licence. Read from the analysts' file.

Grain of a citation: one dataset. Not here: the queries of people (`answers.py`), what the tables of `meta` are (`warehouse/analyst_file/meta.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.analyst_file.confined_query import QueryAnswer

_SCHEMA, _SUFFIX = "main.", "_history"
_CITED = """
SELECT d.name AS dataset, d.title_zh, d.title_en, d.contract_version, d.licence, d.lake_version,
  r.number AS release, CAST(r.released_at AS VARCHAR) AS released_at, r.lake_version AS release_lake_version
FROM meta.dataset AS d
LEFT JOIN (FROM meta.release WHERE in_history QUALIFY row_number() OVER (PARTITION BY dataset ORDER BY released_at DESC) = 1) AS r
  ON r.dataset = d.name
WHERE list_contains(?, d.name) ORDER BY d.name
"""


def list_records(found: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Returns the rows of a result as mappings."""
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def cite_datasets(connection: duckdb.DuckDBPyConnection, datasets: Iterable[str]) -> list[dict[str, Any]]:
    """Returns the citations of these datasets by name; unknown names have none.

    `release` is null before the first one. Tables hold the rows that stand in `lake_version`; those of the release are of
    `release_lake_version`, and can be had by `<dataset>_as_of(release)`.
    """
    return list_records(connection.execute(_CITED, [list(datasets)]))


def find_read_datasets(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> list[str]:
    """Returns the datasets whose table or history is among the tables (`schema.table`), by name, each once."""
    names = {table.removeprefix(_SCHEMA).removesuffix(_SUFFIX) for table in tables}
    known = {name for (name,) in connection.execute("SELECT name FROM meta.dataset").fetchall()}
    return sorted(names & known)


def list_row_keys(
    connection: duckdb.DuckDBPyConnection, datasets: Sequence[str], answer: QueryAnswer
) -> list[Mapping[str, Any]]:
    """Returns the primary key of every row of an answer from one dataset; empty if it has not all columns of the key."""
    if len(datasets) != 1:
        return []
    found = connection.execute(
        "SELECT columns FROM meta.key WHERE dataset = ? AND kind = 'primary'", [datasets[0]]
    ).fetchone()
    key = found[0].split(", ") if found else []
    if not key or not set(key) <= set(answer.names):
        return []
    places = [answer.names.index(name) for name in key]
    return [dict(zip(key, (row[place] for place in places), strict=True)) for row in answer.rows]
