"""Databases of a test's own in the portal's PostgreSQL, for ledgers of several hosts; a process that appends until it is killed.

    PYTHONPATH=tests python -m support.shared_ledgers HOME ADDRESS COUNT

appends that many entries and prints the number of each that was acknowledged. Not here: the portal (`tests/live/conftest.py`).
"""

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.postgres import SUPERUSER, connect_superuser
from catalog.ckan.native.state import HOST, read_or_make_keys, read_state
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger
from warehouse.ledger.shared_ledger import SharedLedger

NOW = datetime(2026, 11, 25, 9, tzinfo=timezone(timedelta(hours=8)))


@contextmanager
def database_of_its_own(databases: PortalPaths) -> Iterator[str]:
    """The address of an empty database, dropped afterwards."""
    state, keys = read_state(databases), read_or_make_keys(databases)
    assert state is not None
    name = f"test_{uuid.uuid4().hex}"
    with connect_superuser(state, keys, SUPERUSER) as door:
        door.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield f"postgresql://{SUPERUSER}:{quote(keys.superuser.get_secret_value())}@{HOST}:{state.postgres}/{name}"
        finally:
            door.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def end_sessions(address: str) -> None:
    """Ends every session of that database, as the server ends those of a host that it does not hear of any more. Afterwards they are gone."""
    with psycopg.connect(address, autocommit=True) as door:
        door.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def host_of(home: Path, address: str) -> Ledger:
    """The ledger as one host sees it."""
    return Ledger(Layout(home), SharedLedger(address))


def main(home: Path, address: str, count: int) -> None:
    """Appends, telling each entry when it is durable."""
    ledger = host_of(home, address)
    for at in range(count):
        facts = {"number": f"{home.name}-{at}"}
        entry = ledger.append_entry("submission", now=NOW, actor=home.name, reason="收到", facts=facts)
        sys.stdout.write(f"{entry.seq} {entry.hash}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
