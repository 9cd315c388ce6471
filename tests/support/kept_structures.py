"""The structure of the analysts' file, written once in a process for each set of contracts and copied into the other new files.

Writing it takes two seconds of processor time with the contracts of the bureau, copying it a fifth. The copying is the platform's own, from
the file before; here it is done in a home without one too. Not here: what of a file before is taken over (`warehouse/analyst_file/previous_file.py`,
whose unit tests have the same file from both).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from warehouse import sql
from warehouse.analyst_file import database
from warehouse.analyst_file.file_state import BuildState
from warehouse.analyst_file.previous_file import BuiltDataset


@contextmanager
def kept_structures(folder: Path) -> Iterator[None]:
    """Keeps structures below `folder` and copies them into files of homes that have none yet, for the time of the block."""
    copy, note, wanted = database.copy_structure, database.note_state, []

    def copy_kept(
        connection: duckdb.DuckDBPyConnection, warehouse: Path, fingerprint: str, built: Mapping[str, BuiltDataset]
    ) -> bool:
        wanted.clear()
        if copy(connection, warehouse, fingerprint, built):
            return True
        kept = folder / fingerprint
        if not kept.exists():
            wanted.append(kept)
            return False
        connection.execute(f"ATTACH {sql.quote_text(str(kept))} AS kept (READ_ONLY)")
        connection.execute("COPY FROM DATABASE kept TO fresh (SCHEMA)")
        return True

    def note_and_keep(warehouse: Path, state: BuildState) -> None:
        note(warehouse, state)
        for kept in wanted:
            _keep_structure(warehouse, kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "copy_structure", copy_kept)
        patch.setattr(database, "note_state", note_and_keep)
        yield


def _keep_structure(warehouse: Path, kept: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {sql.quote_text(str(warehouse))} AS built (READ_ONLY)")
        form = f"STORAGE_VERSION '{database.STORAGE}', BLOCK_SIZE {database.BLOCK_BYTES}"
        connection.execute(f"ATTACH {sql.quote_text(str(kept))} AS kept ({form})")
        connection.execute("COPY FROM DATABASE built TO kept (SCHEMA)")
