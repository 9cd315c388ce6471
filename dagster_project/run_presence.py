"""Whether the process of a run on several hosts is alive: it holds a PostgreSQL lock, which is released when the process, its host or its network connection fails.

Dagster's own launcher asks the code server that started a run; if that server is gone, the run stays *started*, and the next intake of
the dataset waits for it. Ours asks the database that holds Dagster's history. If a run is marked as failed although its process lives,
because it was cut off, Dagster interrupts the process as soon as it is connected again. Not here: steps that lost their worker
(`celery_steps.py`).
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._serdes import ConfigurableClassData
from dagster_postgres import PostgresRunStorage
from dagster_postgres.utils import DagsterPostgresException
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from warehouse.ledger.index_tables import hash_value

PRESENCE_TAG = "sportlake/presence"
"""The tag of a run whose process holds the lock: the name of its host."""
LOOKS_WITHOUT = 2
"""So often in a row nobody holds the lock before the run is failed: a process that lost its connection takes the lock again between two looks."""
_SIGN_SECONDS = 5.0
"""Between two signs of life of the session that holds the lock: so long its loss is not noticed. Far less than Dagster's monitoring waits between two looks
(`instance.py`), so that connections which are lost several times hardly make two looks miss the lock."""
_AGAIN_SECONDS = 1.0
"""Between two attempts to take the lock again."""
_KEPT_ALIVE = ("tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")
"""As of the ledger's sessions: a host that has vanished lets go after a minute."""


@contextmanager
def hold_presence(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """Holds the lock of a run while the block lasts; does nothing if Dagster's history is kept on one host."""
    storage = instance.run_storage
    if not isinstance(storage, PostgresRunStorage):
        yield
        return
    instance.add_run_tags(run_id, {PRESENCE_TAG: socket.gethostname()})
    ended = threading.Event()
    holder = threading.Thread(target=_keep_lock, args=(storage, run_id, ended), name="presence", daemon=True)
    holder.start()
    try:
        yield
    finally:
        ended.set()
        holder.join(_SIGN_SECONDS)


class WatchingRunLauncher(DefaultRunLauncher):
    """Dagster's launcher, which also reports lost processes of runs to Dagster's monitoring."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(inst_data)
        self._missed: dict[str, int] = {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> "WatchingRunLauncher":
        """Returns the launcher; it has no configuration."""
        del config_value
        return cls(inst_data)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Whether Dagster's monitoring may ask: it may."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Reports a run as failed if nobody held its lock at this check and the one before; runs that never held a lock are left alone."""
        if PRESENCE_TAG not in run.tags or self._is_present(run.run_id):
            self._missed.pop(run.run_id, None)
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        self._missed[run.run_id] = self._missed.get(run.run_id, 0) + 1
        if self._missed[run.run_id] < LOOKS_WITHOUT:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        del self._missed[run.run_id]
        host = run.tags[PRESENCE_TAG]
        return CheckRunHealthResult(
            WorkerStatus.FAILED,
            f"主机 {host} 上执行此运行的进程已不在，再次运行即可继续。 The process of this run on {host} is gone; run it again to go on.",
        )

    def _is_present(self, run_id: str) -> bool:
        storage = self._instance.run_storage
        if not isinstance(storage, PostgresRunStorage):
            return True
        with storage.connect() as session:
            # The lock lasts for this statement only, so that an interrupted check leaves no lock on a shared connection.
            free = session.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), _lock_key(run_id)).scalar_one()
        return not free


def _keep_lock(storage: PostgresRunStorage, run_id: str, ended: threading.Event) -> None:
    """Holds the lock until the event; after a loss of the connection it is taken again."""
    while not ended.is_set():
        with suppress(DBAPIError, DagsterPostgresException), storage.connect() as session:
            # Out of the pool: a pooled connection would be reused and keep the lock; this one is closed, which releases it.
            session.detach()
            _take_lock(session, run_id)
            while not ended.wait(_SIGN_SECONDS):
                session.execute(text("SELECT 1"))
        ended.wait(_AGAIN_SECONDS)


def _take_lock(session: Connection, run_id: str) -> None:
    for setting in _KEPT_ALIVE:
        session.execute(text(f"SET {setting}"))
    session.execute(text("SELECT pg_advisory_lock(:key)"), _lock_key(run_id))


def _lock_key(run_id: str) -> dict[str, int]:
    return {"key": hash_value(f"sportlake/run/{run_id}")}
