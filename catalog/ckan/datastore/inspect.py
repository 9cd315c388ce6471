"""Inspects the DataStore: live tables with their comments, and tables that belong to no resource.

Reads only. Not here: comparing rows (`compare.py`), the API of CKAN.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import Connection, sql

from catalog.ckan.datastore.statements import CKANS_OWN, LAST, STAGE, public_name, resource_id_from
from catalog.ckan.datastore.table_schema import TableSchema

# One row for each column: name, type, CKAN's comment; and their digest as in `TableSchema.columns_digest`.
_COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(a.attrelid, a.attnum), '')
    FROM pg_attribute a
    WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN ('_id', '_full_text')
    ORDER BY a.attnum"""
_TABLES = """
    SELECT c.relname, obj_description(c.oid, 'pg_class'), (
        SELECT encode(sha256(convert_to(coalesce(string_agg(
            a.attname || E'\\t' || format_type(a.atttypid, a.atttypmod) || E'\\t'
            || coalesce(col_description(a.attrelid, a.attnum), '') || E'\\n', '' ORDER BY a.attnum), ''), 'UTF8')), 'hex')
        FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN ('_id', '_full_text'))
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname::text = ANY(%s)"""
_ALL = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
_CACHED = (
    "SELECT resource_id::text, (stats ->> 'rows')::bigint FROM public._table_stats WHERE resource_id::text = ANY(%s)"
)


class TableComment(NamedTuple):
    """What the comment of one of our tables states."""

    release: str
    sha256: str
    rows: int
    shape: str


class LiveTable(NamedTuple):
    """One live table. `release`, `sha256`, `shape`, `stated_rows` are from its comment; None if that is not ours.

    `rows` is counted now; `cached` is what CKAN answers as `total`, None until it has counted. `columns_digest` is
    computed from the actual columns, types and data dictionary.
    """

    release: str | None
    sha256: str | None
    rows: int
    columns_digest: str
    shape: str | None
    stated_rows: int | None
    cached: int | None

    def holds_file(self, release: str, sha256: str, shape: TableSchema) -> bool:
        """Returns whether this is the table of that release, with no row or column added, lost or renamed since."""
        stated = (self.release, self.sha256, self.shape, self.columns_digest)
        wanted = (release, sha256, shape.digest, shape.columns_digest)
        return stated == wanted and self.rows == self.stated_rows and self.cached in {None, self.rows}


def read_comment(con: Connection, table: str) -> TableComment | None:
    """Returns the comment of a table; None if there is no such table or the comment was not written by us."""
    row = con.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f'public."{table}"']).fetchone()
    return _note(row[0]) if row else None


def table_exists(con: Connection, table: str) -> bool:
    """Returns whether a table (or view) of that name exists."""
    return con.execute("SELECT to_regclass(%s) IS NOT NULL", [f'public."{table}"']).fetchone() == (True,)


def has_cache(con: Connection) -> bool:
    """Returns whether CKAN stores row counts, as it does from 2.12 on."""
    return table_exists(con, "_table_stats")


def list_columns(con: Connection, table: str) -> list[tuple[str, str, str]]:
    """Returns name, type and comment of every column except CKAN's own; empty if there is no such table."""
    return [
        (str(name), str(kind), str(comment)) for name, kind, comment in con.execute(_COLUMNS, [f'public."{table}"'])
    ]


def read_live_tables(con: Connection, resource_ids: Sequence[str]) -> dict[str, LiveTable]:
    """Returns the live tables among these: three statements, for any number of tables."""
    tables = con.execute(_TABLES, [list(resource_ids)]).fetchall()
    if not tables:
        return {}
    counts = _count_rows(con, [row[0] for row in tables])
    cached: dict[str, int] = dict(con.execute(_CACHED, [list(resource_ids)]).fetchall()) if has_cache(con) else {}
    return {
        name: _build_live_table(_note(comment), counts[name], digest, cached.get(name))
        for name, comment, digest in tables
    }


def find_orphans(con: Connection, known: Collection[str]) -> list[str]:
    """Returns tables of no known resource, and all staged or previous ones; CKAN's own tables are ignored."""
    found = [name for (name,) in con.execute(_ALL) if name not in CKANS_OWN]
    return [name for name in found if name.startswith((STAGE, LAST)) or resource_id_from(name) not in known]


def _build_live_table(comment: TableComment | None, rows: int, digest: str, cached: int | None) -> LiveTable:
    if comment is None:
        return LiveTable(None, None, rows, digest, None, None, cached)
    return LiveTable(comment.release, comment.sha256, rows, digest, comment.shape, comment.rows, cached)


def _count_rows(con: Connection, names: Sequence[str]) -> Mapping[str, int]:
    each = sql.SQL("SELECT {}, count(*) FROM {}")
    parts = [each.format(sql.Literal(name), public_name(name)) for name in names]
    return dict(con.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall())


def _note(comment: str | None) -> TableComment | None:
    """Parses a comment. Ours is a JSON object of exactly these keys; anything else was written by others."""
    try:
        parsed: Any = json.loads(comment or "")
    except ValueError:
        return None
    return TableComment(**parsed) if isinstance(parsed, dict) and parsed.keys() == set(TableComment._fields) else None
