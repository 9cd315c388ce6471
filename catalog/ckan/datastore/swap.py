"""Staged → live → previous, and back: each direction is one transaction, atomic for readers.

A reader holds its lock on a table until its request ends, so the exclusive lock waits for whole requests, two seconds
at most; then readers go first and it is tried again. Not here: loading the staged table (`load.py`).

Trap. If CKAN's count of a table's rows is missing, a reader counts on a second connection; that waits for our lock,
which waits for the reader's first connection. PostgreSQL cannot detect this deadlock. So the count is filled in first,
and set in the same transaction.
"""

import time
from collections.abc import Callable
from typing import Final

from psycopg import Connection, errors, sql

from catalog.ckan.datastore import inspect
from catalog.ckan.datastore.statements import LAST, LIVE, STAGE, join_statements, moved_name, public_name

LOCK_TIMEOUT = "2s"
TRIES = 10
_PAUSE: Final = 0.2
_OWNED = """
    SELECT 'INDEX', c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = to_regclass(%(table)s)
    UNION ALL
    SELECT 'SEQUENCE', c.relname FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
      AND d.refobjid = to_regclass(%(table)s)"""
_ALIASES = "SELECT DISTINCT name FROM public._table_metadata WHERE alias_of = %s ORDER BY name"
_SET_COUNT = """
    INSERT INTO public._table_stats (resource_id, stats)
    SELECT %(id)s, jsonb_build_object('rows', %(rows)s::bigint)
    ON CONFLICT (resource_id) DO UPDATE SET stats = jsonb_set(_table_stats.stats, '{rows}', to_jsonb(%(rows)s::bigint))"""


def swap_table(con: Connection, resource_id: str) -> None:
    """The staged table becomes live; the live one becomes the previous one."""
    _fill_count(con, resource_id)
    _retry_locked(con, lambda: _replace(con, resource_id, STAGE, keep=True))


def undo_swap(con: Connection, resource_id: str) -> None:
    """The previous table becomes live again; the live one is dropped."""
    _fill_count(con, resource_id)
    _retry_locked(con, lambda: _replace(con, resource_id, LAST, keep=False))


def drop_table(con: Connection, resource_id: str) -> None:
    """Drops the live, staged and previous tables, their aliases and CKAN's row count."""
    _retry_locked(con, lambda: _drop_all(con, resource_id))


def prune_previous(con: Connection, resource_id: str) -> None:
    """Drops the staged and the previous table; readers see neither."""
    _drop_tables(con, resource_id, STAGE, LAST)


def _retry_locked(con: Connection, act: Callable[[], None]) -> None:
    for left in reversed(range(TRIES)):
        try:
            with con.transaction():
                con.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
                act()
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            if not left:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _replace(con: Connection, resource_id: str, prefix: str, *, keep: bool) -> None:
    live = public_name(resource_id)
    aliases: list[str] = []
    if inspect.table_exists(con, resource_id):
        con.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(live))
        aliases = _drop_aliases(con, resource_id)
        _put_away(con, resource_id, keep=keep)
    elif keep:
        _drop_tables(con, resource_id, LAST)
    _rename(con, resource_id, prefix, LIVE)
    for alias in aliases:
        con.execute(sql.SQL("CREATE VIEW {} AS SELECT * FROM {}").format(public_name(alias), live))
    _set_count(con, resource_id)


def _put_away(con: Connection, resource_id: str, *, keep: bool) -> None:
    if keep:
        _drop_tables(con, resource_id, LAST)
        _rename(con, resource_id, LIVE, LAST)
    else:
        con.execute(sql.SQL("DROP TABLE {}").format(public_name(resource_id)))


def _rename(con: Connection, resource_id: str, before: str, after: str) -> None:
    """Renames the table, its indexes (with the keys that use them) and its sequences."""
    old, new = before + resource_id, after + resource_id
    owned = con.execute(_OWNED, {"table": f'public."{old}"'}).fetchall()
    names = [*((kind, name, moved_name(name, before, after)) for kind, name in owned), ("TABLE", old, new)]
    rename = sql.SQL("ALTER {} {} RENAME TO {}")
    con.execute(
        join_statements(rename.format(sql.SQL(kind), public_name(one), sql.Identifier(two)) for kind, one, two in names)
    )


def _drop_all(con: Connection, resource_id: str) -> None:
    _drop_aliases(con, resource_id)
    _drop_tables(con, resource_id, LIVE, STAGE, LAST)
    if inspect.has_cache(con):
        con.execute("DELETE FROM public._table_stats WHERE resource_id = %s", [resource_id])


def _drop_tables(con: Connection, resource_id: str, *prefixes: str) -> None:
    tables = sql.SQL(", ").join(public_name(prefix + resource_id) for prefix in prefixes)
    con.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(tables))


def _drop_aliases(con: Connection, resource_id: str) -> list[str]:
    """Drops the aliases; returns their names. A view follows the table, not its name, so it must be recreated."""
    aliases = [str(name) for (name,) in con.execute(_ALIASES, [resource_id]).fetchall()]
    for alias in aliases:
        con.execute(sql.SQL("DROP VIEW {}").format(public_name(alias)))
    return aliases


def _fill_count(con: Connection, resource_id: str) -> None:
    if inspect.has_cache(con) and inspect.table_exists(con, resource_id):
        con.execute("SELECT cached_table_row_count(%s)", [resource_id])


def _set_count(con: Connection, resource_id: str) -> None:
    if not inspect.has_cache(con):
        return
    if comment := inspect.read_comment(con, resource_id):
        con.execute(_SET_COUNT, {"id": resource_id, "rows": comment.rows})
    else:
        con.execute("SELECT update_cached_table_row_count(%s)", [resource_id])
