"""Removes erased texts from what our own portal keeps besides its visible content: activities, dead rows, deleted documents.

    activities       the history of a dataset repeats its former descriptions, and everybody may read it
    statistics, rows PostgreSQL keeps samples of cells, and rows that were changed or deleted, until it is told otherwise
    its log          segments of before the last checkpoint go (`wal_recycle` is off)
    the index        Solr keeps a deleted document until its segment is written anew

The catalogue must have been published without the texts before. Each step may be repeated. CKAN 2.12 has no table of former revisions.
Not here: what the public sees (`catalog/ckan/direct.py`), which texts, and who decided.
"""

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import LiteralString

import psycopg
import requests

from catalog.ckan.native import postgres
from catalog.ckan.native.paths import PortalPaths, lock_portal
from catalog.ckan.native.processes import Processes
from catalog.ckan.native.state import HOST, PortalState, SecretKeys, read_or_make_keys, read_state
from schemas.errors import CatalogueError
from schemas.text import Text

_BLOCK = 500
_SECONDS = 600
_TRIES = 20


def forget_texts(folder: Path, change: Callable[[str], str]) -> int | None:
    """Applies `change` to the JSON of every activity of the portal in `folder`, and removes dead rows and deleted documents.

    Returns how many activities were changed; None where no portal was built. CatalogueError if PostgreSQL or Solr do not answer.
    """
    place = PortalPaths(folder)
    state = read_state(place)
    if state is None:
        return None
    with lock_portal(place):
        keys = read_or_make_keys(place)
        try:
            changed = _change_activities(state, keys, change)
            _let_go_rows(state, keys, partial(_renew_workers, place))
            _let_go_documents(state)
        except (psycopg.Error, requests.RequestException) as away:
            raise _unreachable_error(away) from away
    return changed


def _change_activities(state: PortalState, keys: SecretKeys, change: Callable[[str], str]) -> int:
    count = 0
    with (
        postgres.connect_superuser(state, keys, postgres.MAIN) as connection,
        connection.transaction(),
        connection.cursor("activities") as found,
    ):
        found.itersize = _BLOCK
        found.execute("SELECT id, data::text FROM activity WHERE data IS NOT NULL")
        for identity, text in found:
            if (changed := change(str(text))) != text:
                connection.execute("UPDATE activity SET data = %s WHERE id = %s", [changed, identity])
                count += 1
    return count


def _let_go_rows(state: PortalState, keys: SecretKeys, renew: Callable[[], object]) -> None:
    """Refreshes PostgreSQL's statistics, rewrites the tables without dead rows, and drops the old write-ahead log.

    DataStore tables are replaced, never changed, so there only the statistics tables have dead rows.
    """
    with postgres.connect_superuser(state, keys, postgres.MAIN) as connection:
        connection.execute("ANALYZE")
        _write_anew(connection, "VACUUM FULL", renew)
    with postgres.connect_superuser(state, keys, postgres.DATASTORE) as connection:
        _write_anew(connection, "VACUUM FULL pg_catalog.pg_statistic", renew)
        for step in ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"):
            connection.execute(step)


def _write_anew(
    connection: "psycopg.Connection[tuple[object, ...]]", vacuum: LiteralString, renew: Callable[[], object]
) -> None:
    """Rewrites tables; readers wait two seconds at most, then go first, and it is tried again.

    CKAN sometimes leaves the transaction of an answered request open for hours; `renew` is called if a lock cannot be obtained.
    """
    connection.execute("SET lock_timeout = '2s'")
    for left in range(_TRIES - 1, -1, -1):
        try:
            connection.execute(vacuum)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if left == _TRIES - 1:
                renew()
            if not left:
                raise
        else:
            return


def _renew_workers(place: PortalPaths) -> None:
    """Lets the web server replace its workers, each after its last answer; visitors do not notice."""
    if pid := Processes(place, {}, ()).living_pid("web"):
        os.kill(pid, signal.SIGHUP)


def _let_go_documents(state: PortalState) -> None:
    parameters = {"optimize": "true", "maxSegments": "1", "waitSearcher": "true"}
    requests.get(f"http://{HOST}:{state.solr}/solr/ckan/update", parameters, timeout=_SECONDS).raise_for_status()


def _unreachable_error(away: Exception) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"门户的数据库或检索服务没有应答（{type(away).__name__}），活动记录等处的旧内容尚未清除；请运行 sportlake ckan up 后再次确认删除",
            en=f"the portal's database or search did not answer ({type(away).__name__}); its activities still hold what was; "
            "run sportlake ckan up, then confirm the erasure again",
        )
    )
