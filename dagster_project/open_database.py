"""One of Dagster's SQLite files over connections that stay open: Dagster's own storages open a new engine for every statement.

Not here: the storages that use it (`event_log.py`, `run_storage.py`), damaged files (`databases.py`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS


class OpenDatabase:
    """The connection pool of one file. A file that was set aside (`databases.py`) is closed, and its successor opened."""

    def __init__(self, address: str) -> None:
        """`address` as SQLAlchemy writes it: `sqlite:///…`."""
        self._address, self._file = address, Path(sqlalchemy.make_url(address).database or "")
        self._opened: tuple[sqlalchemy.Engine, int | None] | None = None

    @contextmanager
    def open_transaction(self) -> Iterator[sqlalchemy.Connection]:
        """Yields a connection in a transaction, which is committed at the end, or rolled back by an exception."""
        with self._open_engine().connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Closes every connection; the next use opens the file again."""
        if self._opened:
            self._opened[0].dispose()
        self._opened = None

    def _open_engine(self) -> sqlalchemy.Engine:
        inode = self._file.stat().st_ino if self._file.exists() else None
        if self._opened and self._opened[1] == inode:
            return self._opened[0]
        self.close()
        engine = sqlalchemy.create_engine(self._address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
        sqlalchemy.event.listen(engine, "connect", _relax_sync)
        self._opened = engine, inode
        return engine


def _relax_sync(connection: sqlite3.Connection, _record: object) -> None:
    """Sets `synchronous` so that SQLite syncs only when the write-ahead log is checkpointed: waiting for the disk at each event took half of a run's time.

    A power cut may lose the newest lines of Dagster's history, never the file. The authoritative record is the ledger.
    """
    connection.execute("PRAGMA synchronous=NORMAL")
