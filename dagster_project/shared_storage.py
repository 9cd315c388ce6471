"""Dagster's memory of runs in the PostgreSQL of several hosts, by the driver that Dagster's library is written for.

SQLAlchemy 2.1 opens `postgresql://` by psycopg 3, of which Dagster's statements (`NOTIFY` with a parameter) do not know. Not here: which
database (`instance.py`); the SQLite storages of one host (`run_storage.py`, `event_log.py`).
"""

from collections.abc import Mapping
from typing import Any

from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage

_DRIVER = "postgresql+psycopg2://"


class SharedStorage(DagsterPostgresStorage):
    """Dagster's PostgreSQL storage of runs, events and schedules; `postgres_url` is `postgresql://user:password@host:port/database`."""

    @classmethod
    def from_config_value(  # Dagster's own makes an instance of its own class, whatever `cls` is
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "SharedStorage":
        """Returns the storage at that address; its tables are made if they are missing."""
        _, _, place = str(config_value["postgres_url"]).partition("://")
        return cls(f"{_DRIVER}{place}", inst_data=inst_data)
