"""What a new analysts' file copies from the previous one: tables whose inputs are the same, and the structure.

Rows are copied into a new file instead of changing a copy of the old one, because DuckDB keeps deleted data in a changed file. The
structure consists of all tables without rows, views and macros, with their comments. Not here: the inputs (`database.py`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse import sql
from warehouse.analyst_file.file_state import is_as_placed

ALIAS = "previous"
STRUCTURE = "structure"
"""Name in `meta.build`: fingerprint of what the structure was made from."""


class BuiltDataset(NamedTuple):
    """What the tables of one dataset were built from: fingerprints of the inputs, the newest release in the history, and the rows."""

    rows: int
    inputs: str
    history_inputs: str
    history_release: str | None


def attach_previous(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, facts: Mapping[str, str]
) -> Mapping[str, BuiltDataset]:
    """Attaches the file as `previous` and returns what its datasets were built from, by name.

    Empty, and nothing is attached, if the file is missing, cannot be read, was changed by somebody, or was built by other code (`facts`).
    """
    if not warehouse.is_file() or warehouse.with_name(f"{warehouse.name}.wal").exists():
        return {}
    try:
        connection.execute(f"ATTACH {sql.quote_text(str(warehouse))} AS {ALIAS} (READ_ONLY)")
    except duckdb.Error:
        return {}
    try:
        build = dict(connection.execute(f"SELECT name, value FROM {ALIAS}.meta.build").fetchall())
        query = f"SELECT name, rows, inputs, history_inputs, history_release FROM {ALIAS}.meta.dataset"
        built = {name: BuiltDataset(*values) for name, *values in connection.execute(query).fetchall()}
    except duckdb.Error:
        build, built = {}, {}
    if any(build.get(name) != value for name, value in facts.items()):
        built = {}
    if not built:
        connection.execute(f"DETACH {ALIAS}")
    return built


def copy_structure(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, fingerprint: str, built: Mapping[str, BuiltDataset]
) -> bool:
    """Copies the structure of the attached file into the empty database `fresh`; returns False, and copies nothing, if its fingerprint differs.

    Also False if nothing is attached (`built`, from `attach_previous`, is empty), or if somebody has written into the file, because their
    additions would be copied. Writing the structure anew takes six thousand statements, copying it one.
    """
    if not built:
        return False
    structure = connection.execute(f"SELECT value FROM {ALIAS}.meta.build WHERE name = '{STRUCTURE}'").fetchone()
    if structure != (fingerprint,) or not is_as_placed(warehouse):
        return False
    connection.execute(f"COPY FROM DATABASE {ALIAS} TO fresh (SCHEMA)")
    return True
