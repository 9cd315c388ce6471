"""The in-memory database in which queries of this package run over tables that are handed to them.

Without access to files, extensions and the network: no query here needs one, and cells from outside are only values. Not here: the queries.
"""

from functools import cache

import duckdb

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
}


def open_cursor() -> duckdb.DuckDBPyConnection:
    """Return a cursor of the process's one empty database; what is registered at it is seen by it alone. The caller closes it."""
    return _open_database().cursor()


@cache
def _open_database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config=_CONFIG)
