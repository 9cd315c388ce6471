"""Compares live rows with released rows: the released file is loaded once more and PostgreSQL digests both sides.

The digest is SHA-256 over the sorted SHA-256 of every row's text, so the order of rows does not matter and differences
of two rows cannot cancel out. Not here: what is done about a difference.
"""

from pathlib import Path

from psycopg import Connection, sql

from catalog.ckan.datastore import inspect, statements
from catalog.ckan.datastore.load import copy_file
from catalog.ckan.datastore.statements import public_name
from catalog.ckan.datastore.table_schema import TOLD, TableSchema

Difference = tuple[str, str, str]
_SHOWN = 60  # characters of a comment in an excerpt
_DIGEST = """
    SELECT count(*), coalesce(encode(sha256(string_agg(h, ''::bytea ORDER BY h)), 'hex'), '')
    FROM (SELECT sha256(convert_to(ROW({columns})::text, 'UTF8')) AS h FROM {table}) AS rows"""
_ONLY_IN = "SELECT count(*) FROM (SELECT ROW({columns})::text FROM {one} EXCEPT ALL SELECT ROW({columns})::text FROM {other}) AS lone"


def find_differences(
    con: Connection, resource_id: str, csv_file: Path, sha256: str, shape: TableSchema
) -> list[Difference]:
    """Returns (what, wanted, found) for the table, its columns, then its rows. The caller rolls back."""
    if not inspect.table_exists(con, resource_id):
        return [("table", "present", "absent")]
    columns = _compare_columns(inspect.list_columns(con, resource_id), shape)
    if any(what.startswith("column ") for what, _, _ in columns):
        return columns
    copy_file(con, resource_id, csv_file, sha256, shape)
    return [*columns, *_compare_rows(con, resource_id, shape), *_compare_total(con, resource_id)]


def _compare_columns(found: list[tuple[str, str, str]], shape: TableSchema) -> list[Difference]:
    there = {name: (kind, comment) for name, kind, comment in found}
    wrong: list[Difference] = []
    for column in shape.columns:
        kind, comment = there.get(column.name, ("absent", ""))
        if kind != TOLD[column.type]:
            wrong.append((f"column {column.name}", TOLD[column.type], kind))
        elif comment != column.comment:
            wrong.append((f"dictionary {column.name}", _shorten_comment(column.comment), _shorten_comment(comment)))
    wrong += [(f"column {name}", "absent", there[name][0]) for name in there if name not in shape.names]
    if not wrong and tuple(there) != shape.names:
        wrong.append(("column order", ", ".join(shape.names), ", ".join(there)))
    return wrong


def _compare_rows(con: Connection, resource_id: str, shape: TableSchema) -> list[Difference]:
    live, raw, columns = public_name(resource_id), statements.raw_table(resource_id), statements.join_names(shape.names)
    digests = [con.execute(sql.SQL(_DIGEST).format(columns=columns, table=table)).fetchone() for table in (raw, live)]
    (wanted, wanted_digest), (found, found_digest) = (row or (0, "") for row in digests)
    if wanted_digest == found_digest:
        return []
    missing, foreign = (
        con.execute(sql.SQL(_ONLY_IN).format(columns=columns, one=one, other=other)).fetchone() or (0,)
        for one, other in ((raw, live), (live, raw))
    )
    return [("rows", f"{wanted}", f"{found}: {missing[0]} missing, {foreign[0]} not of the release")]


def _compare_total(con: Connection, resource_id: str) -> list[Difference]:
    """Compares the `total` that CKAN answers, if it has counted."""
    one = inspect.read_live_tables(con, [resource_id])[resource_id]
    return [] if one.cached in {None, one.rows} else [("total", f"{one.rows}", f"{one.cached}")]


def _shorten_comment(comment: str) -> str:
    return comment if len(comment) <= _SHOWN else comment[: _SHOWN - 1] + "…"
