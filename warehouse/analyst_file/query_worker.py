"""Program that puts one query to the analysts' file in its own process, within limits, and writes the answer to standard output.

A hostile query can take any amount of memory or time (DuckDB does not count long texts among its memory) or end the process; it ends
this one only (`confined_query.py` starts it). It is run by path and imports no module of ours, so it starts quickly.

Protocol: one JSON object on standard input, with `path`, `sql`, `rows`, `characters`, `seconds`, `memory`; one on standard output: the answer
(`columns`, `rows`, `total`, `shortened`, `tables`), or `{"refused": kind, "detail": text}`. Not here: the texts of refusals.
"""

import json
import math
import re
import resource
import sys
from collections.abc import Mapping
from threading import Timer
from typing import Any

import duckdb

_ONE_QUERY = ("SELECT", "MULTI")
"""Types of a statement that only reads; a PIVOT without the values of its columns is of type MULTI."""
_ADDRESS_SPACE = 8
"""Times the memory that DuckDB may take: threads and mapped files count too."""
_CONFIG = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "max_temp_directory_size": "0B",
    "threads": "2",
}


class Refused(Exception):
    """The query is not answered: `kind` as in the protocol, and what DuckDB says of it."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind, self.detail = kind, detail


def main() -> None:
    """Answers the query on standard input."""
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"] * _ADDRESS_SPACE,) * 2)
    try:
        answer = answer_query(request)
    except Refused as refused:
        answer = {"refused": refused.kind, "detail": refused.detail}
    except MemoryError:
        answer = {"refused": "memory", "detail": ""}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False))


def answer_query(request: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the answer to a query; Refused if it does more than read, breaks off, or is no SQL."""
    config: dict[str, str | bool | int | float | list[str]] = {
        **_CONFIG,
        "memory_limit": f"{request['memory']}B",
        "lock_configuration": "true",
    }
    try:
        with duckdb.connect(request["path"], read_only=True, config=config) as connection:
            stop = Timer(request["seconds"], connection.interrupt)
            stop.daemon = True
            stop.start()
            try:
                return _run(connection, request)
            finally:
                stop.cancel()
    except duckdb.InterruptException as wrong:
        raise Refused("time", str(wrong)) from wrong
    except duckdb.OutOfMemoryException as wrong:
        raise Refused("memory", str(wrong)) from wrong
    except duckdb.PermissionException as wrong:
        raise Refused("outside", str(wrong)) from wrong
    except duckdb.Error as wrong:
        raise Refused("sql", str(wrong)) from wrong


def _run(connection: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> dict[str, Any]:
    query = _require_query(connection, request["sql"])
    found = connection.execute(f"FROM (\n{query}\n) LIMIT {int(request['rows']) + 1}")
    columns = [{"name": column[0], "type": str(column[1])} for column in found.description or ()]
    fetched = found.fetchall()
    shown, total = fetched[: request["rows"]], len(fetched)
    if total > request["rows"]:
        counted = connection.execute(f"SELECT count(*) FROM (\n{query}\n)").fetchone()
        total = counted[0] if counted else total
    cells = _CellWriter(request["characters"])
    rows = [[cells.write_cell(value) for value in row] for row in shown]
    tables = _list_tables(connection, query)
    return {"columns": columns, "rows": rows, "total": total, "shortened": cells.shortened, "tables": tables}


def _require_query(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    """Returns the text of the one query in it. Refused: `statements` (none or several), `statement` (another kind)."""
    statements = connection.extract_statements(text)
    if len(statements) != 1:
        raise Refused("statements", str(len(statements)))
    (statement,) = statements
    if statement.type.name not in _ONE_QUERY:
        raise Refused("statement", statement.type.name)
    return statement.query.strip().rstrip(";")


def _list_tables(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """Returns the tables that the query reads, also through views and macros; for a PIVOT all tables whose names occur in it."""
    try:
        return _find_tables(connection, query)
    except duckdb.Error:
        words = set(re.findall(r"\w+", query))
        relations = "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views()"
        named = [name for (name,) in connection.execute(relations).fetchall() if name in words]
        return sorted({table for name in named for table in _find_tables(connection, f'FROM "{name}"')})


def _find_tables(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """Returns `schema.table` of each; DuckDB prints it as `schema."table" AS alias`."""
    found = connection.get_table_names(query, qualified=True)
    return sorted({name.partition(" AS ")[0].replace('"', "") for name in found})


class _CellWriter:
    """Makes JSON values of cells and counts the texts that were cut to so many characters."""

    def __init__(self, characters: int) -> None:
        self._characters = characters
        self.shortened = 0

    def write_cell(self, value: object) -> object:
        """Returns numbers and truth values as they are, everything else as text; what JSON does not have, as text too."""
        if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
            return value
        text = str(value)
        if len(text) <= self._characters:
            return text
        self.shortened += 1
        return f"{text[: self._characters]}…"


if __name__ == "__main__":
    main()
