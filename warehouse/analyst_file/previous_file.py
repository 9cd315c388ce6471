"""What may be taken from the analysts' file that is there when the next one is built: tables whose inputs are the same, and its structure.

Tables are copied as rows, not as the file: DuckDB keeps what was deleted in a file that it only changes. The structure is all tables without
rows, views and macros, with their comments. Not here: the inputs (`database.py`).
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

    Empty, and nothing attached, if it is missing, cannot be read, was written into, or was built by other code (`facts`).
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
    """Copies the structure of the attached file into `fresh`, which is empty; returns False, and copies nothing, if it is another one.

    So it is too if nothing is attached (`built` of `attach_previous` is empty), or somebody has written into the file: what they added
    would be copied. Writing the structure takes six thousand statements, copying it one.
    """
    if not built:
        return False
    structure = connection.execute(f"SELECT value FROM {ALIAS}.meta.build WHERE name = '{STRUCTURE}'").fetchone()
    if structure != (fingerprint,) or not is_as_placed(warehouse):
        return False
    connection.execute(f"COPY FROM DATABASE {ALIAS} TO fresh (SCHEMA)")
    return True
