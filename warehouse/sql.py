"""The one place of this room where a name or a value becomes SQL, and where DuckDB is opened.

Here: quoting, and a connection that reaches for nothing outside. Not here: any statement.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

# Source: measured with slices of 10 M rows; DuckDB spills beyond it.
MEMORY_LIMIT = "1GB"


def quote_name(identifier: str) -> str:
    """An identifier, quoted: whatever is in it stays one name."""
    return '"' + identifier.replace('"', '""') + '"'


def quote_names(identifiers: Iterable[str]) -> str:
    """Quoted identifiers, separated by commas."""
    return ", ".join(quote_name(identifier) for identifier in identifiers)


def quote_text(value: str) -> str:
    """A string literal, quoted."""
    return "'" + value.replace("'", "''") + "'"


def open_connection(spill: Path) -> duckdb.DuckDBPyConnection:
    """A connection of its own in memory. What does not fit spills into the folder `spill`; no extension is ever fetched."""
    return duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
