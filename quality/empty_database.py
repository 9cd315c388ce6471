"""The in-memory database in which queries of this package run over tables that are handed to them.

Without access to files, extensions and the network: no query here needs one, and cells from outside are only values. What `MEMORY` does not hold
is written to a temporary folder, which goes with the process. Not here: the queries.
"""

from functools import cache, lru_cache

import duckdb

from schemas.execution.temporary_folders import make_temporary_folder

MEMORY = "256MiB"
"""Memory of the database for groups and joins of large tables; a table that is handed to it is read where it is."""
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "memory_limit": MEMORY,
}


def open_cursor() -> duckdb.DuckDBPyConnection:
    """Returns a cursor of the process's one empty database; tables registered on it are visible to it alone. The caller closes it."""
    return _open_database().cursor()


def release_memory(cursor: duckdb.DuckDBPyConnection) -> None:
    """Ends the database's threads, so that the memory that they keep for later (up to `MEMORY`) is returned to the system."""
    cursor.execute("set threads = 1; reset threads")


@lru_cache(maxsize=256)
def parse_query(query: str) -> duckdb.Statement:
    """Returns one statement, parsed, for any cursor: a long query over a small table takes as long to parse as to run, and files of a batch ask the same.

    duckdb.ParserException if it is none.
    """
    return _open_database().extract_statements(query)[0]


@cache
def _open_database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={**_CONFIG, "temp_directory": str(make_temporary_folder())})
