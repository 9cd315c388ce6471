"""Dagster's history of runs in one SQLite file, over connections that stay open.

Dagster's own opens a new engine for every statement, and a run of one submission has about sixty of them. With Postgres behind Dagster
(see the deployment notes in `instance.py`) this is not used. Not here: the event log (`event_log.py`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._serdes import ConfigurableClassData

from dagster_project.open_database import OpenDatabase

_NAME = "runs"
_FILE = f"{_NAME}.db"


class OpenRunStorage(SqliteRunStorage):
    """Dagster's SQLite storage of runs, with one connection pool for its lifetime. Same tables, same file."""

    @classmethod
    def from_config_value(  # Dagster's own makes an instance of its own class, whatever `cls` is
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "OpenRunStorage":
        """Returns the storage in the folder `base_dir`; a new one has its tables.

        An existing one has been checked already (`databases.py`). Dagster's own storage would read all of Alembic's scripts to find its
        version.
        """
        folder = config_value["base_dir"]
        if Path(folder, _FILE).exists():
            return cls(create_db_conn_string(folder, _NAME), inst_data)
        return cls.from_local(inst_data=inst_data, **config_value)

    @contextmanager
    def connect(self) -> Iterator[sqlalchemy.Connection]:
        """Yields a connection in a transaction."""
        with self._database.open_transaction() as connection:
            yield connection

    @cached_property
    def _database(self) -> OpenDatabase:
        return OpenDatabase(self._conn_string)

    def dispose(self) -> None:
        """Closes every connection."""
        super().dispose()
        self._database.close()
