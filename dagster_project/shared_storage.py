"""Dagster's history of runs in the PostgreSQL that several hosts share, with the driver that Dagster's library is written for.

SQLAlchemy 2.1 opens `postgresql://` with psycopg 3, which does not accept some of Dagster's statements (`NOTIFY` with a parameter). A
process keeps one connection open; Dagster's own storages open one for each query, some hundreds in a run. Not here: which database
(`instance.py`); the SQLite storages of one host (`run_storage.py`, `event_log.py`).
"""

import os
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from sqlalchemy import Engine, create_engine

_DRIVER = "postgresql+psycopg2://"
_SILENCE = 60_000
"""Milliseconds: a server that has vanished is noticed after a minute, as by the ledger."""


class SharedStorage(DagsterPostgresStorage):
    """Dagster's PostgreSQL storage of runs, events and schedules; `postgres_url` is `postgresql://user:password@host:port/database`."""

    def __init__(self, postgres_url: str, inst_data: ConfigurableClassData | None = None) -> None:
        make_tables(postgres_url)
        super().__init__(postgres_url, should_autocreate_tables=False, inst_data=inst_data)
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            storage._engine = shared_engine(postgres_url)  # noqa: SLF001 -- there is no setting for it

    @classmethod
    def from_config_value(  # Dagster's own makes an instance of its own class, whatever `cls` is
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "SharedStorage":
        """Returns the storage at that address; its tables are made if they are missing."""
        _, _, place = str(config_value["postgres_url"]).partition("://")
        return cls(f"{_DRIVER}{place}", inst_data=inst_data)


@cache
def make_tables(url: str) -> None:
    """Makes the tables that are missing in that database, once in a process: Dagster's own storages look for theirs each time they are opened."""
    DagsterPostgresStorage(url)


@cache
def shared_engine(url: str) -> Engine:
    """Returns the engine of this process for that database: one connection stays open, and one that was lost meanwhile is replaced.

    A process that is forked from this one opens a connection of its own.
    """
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=1,
        max_overflow=-1,
        pool_pre_ping=True,
        connect_args={"tcp_user_timeout": _SILENCE},
    )
    os.register_at_fork(after_in_child=partial(engine.dispose, close=False))
    return engine
