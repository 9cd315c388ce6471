"""Loads a staged table from a released CSV: one transaction, blocks of 1 MiB, so memory does not grow with the file.

The table's own comment is set last and states what the table holds; since everything is one transaction, a table with
that comment is complete. Not here: the SQL (`statements.py`), making the table live (`swap.py`).
"""

import csv
import hashlib
import json
from pathlib import Path
from typing import Final

from psycopg import Connection, sql

from catalog.ckan.datastore import statements
from catalog.ckan.datastore.inspect import TableComment
from catalog.ckan.datastore.statements import STAGE, public_name
from catalog.ckan.datastore.table_schema import TableSchema
from schemas.errors import CatalogueError
from schemas.text import Text

BLOCK = 1 << 20
_BOM: Final = b"\xef\xbb\xbf"
_END_OF_COPY: Final = b"\n\\.\n"
_WITHIN: Final = {
    "maintenance_work_mem": "256MB",
    "max_parallel_workers_per_gather": "2",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "min_parallel_table_scan_size": "8MB",
    "default_statistics_target": "20",
}
"""All cores that PostgreSQL may use compute the search words of a table of a million rows; a small one uses a single
core. Statistics are taken from a few thousand rows."""
_SET: Final = "SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS wanted (name, value)"


def build_table(
    con: Connection, resource_id: str, csv_file: Path, sha256: str, shape: TableSchema, release: str
) -> int:
    """Loads the complete staged table; the caller holds the transaction. Returns its row count."""
    name = STAGE + resource_id
    table = public_name(name)
    con.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
    copy_file(con, resource_id, csv_file, sha256, shape)
    con.execute(_SET, [list(_WITHIN), list(_WITHIN.values())])
    con.execute(statements.segment_function(resource_id))
    rows = con.execute(statements.fill_table(resource_id, shape)).rowcount
    _see_that_readers_may_read(con, name)
    note = TableComment(release=release, sha256=sha256, rows=rows, shape=shape.digest)
    completing = (
        statements.create_trigger(table),
        *statements.drop_raw(resource_id),
        *statements.numbering_statements(resource_id, rows),
        *statements.index_statements(resource_id, shape),
        *statements.comment_statements(name, shape),
        # Statistics of the search words would help no search, and they take most of the time.
        sql.SQL("ANALYZE {} ({})").format(table, statements.join_names(shape.names)),
        sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(json.dumps(note._asdict()))),
    )
    con.execute(statements.join_statements(completing))
    return rows


def copy_file(con: Connection, resource_id: str, csv_file: Path, sha256: str, shape: TableSchema) -> None:
    """Copies the file into the raw table; CatalogueError unless its SHA-256 and header are as expected."""
    settings = (
        sql.SQL("SET LOCAL datestyle = 'ISO, YMD'"),
        # JIT would compile the Chinese word function again and again: ten times slower
        sql.SQL("SET LOCAL jit = off"),
    )
    con.execute(statements.join_statements([*settings, statements.create_raw(resource_id, shape)]))
    try:
        _see_header(csv_file, shape)
        _copy(con, resource_id, csv_file, sha256, shape)
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise _refused_error(
            csv_file, Text(zh=f"不能读取（{type(wrong).__name__}）", en=f"it cannot be read ({type(wrong).__name__})")
        ) from wrong


def _copy(con: Connection, resource_id: str, csv_file: Path, sha256: str, shape: TableSchema) -> None:
    hashed, end, skipped = hashlib.sha256(), b"", _BOM
    alone = len(shape.columns) == 1
    with (
        csv_file.open("rb") as file,
        con.cursor() as cursor,
        cursor.copy(statements.copy_raw(resource_id, shape)) as copy,
    ):
        while block := file.read(BLOCK):
            hashed.update(block)
            if alone and _END_OF_COPY in end + block:
                raise _ends_early(csv_file)
            end = block[-len(_END_OF_COPY) :]
            copy.write(block.removeprefix(skipped))
            skipped = b""
        if alone and end.endswith(_END_OF_COPY[:-1]):
            raise _ends_early(csv_file)
        if hashed.hexdigest() != sha256:
            wanted, found = sha256[:12], hashed.hexdigest()[:12]
            raise _refused_error(
                csv_file,
                Text(zh=f"SHA-256 应为 {wanted}…，实为 {found}…", en=f"its SHA-256 is {found}…, not {wanted}…"),
            )


def _see_header(csv_file: Path, shape: TableSchema) -> None:
    with csv_file.open(encoding="utf-8-sig", newline="") as file:
        header = tuple(next(csv.reader(file, strict=True), ()))
    if header != shape.names:
        odd = sorted(set(header) ^ set(shape.names)) or ["order"]
        raise _refused_error(
            csv_file, Text(zh=f"表头与数据字典不符：{odd[:5]}", en=f"its header is not the dictionary's: {odd[:5]}")
        )


def _see_that_readers_may_read(con: Connection, name: str) -> None:
    """CatalogueError unless the reading role has rights on the new table.

    CKAN's default privileges grant them only if the right role created the table.
    """
    row = con.execute(
        "SELECT relacl IS NOT NULL FROM pg_class WHERE oid = %s::regclass", [f'public."{name}"']
    ).fetchone()
    if row != (True,):
        raise CatalogueError(
            Text(
                zh="DataStore 的读角色读不到新建的表；请以写角色连接（SET ROLE），并运行 ckan datastore set-permissions",
                en="the reading role of the DataStore could not read a new table; connect as the writing role (SET ROLE) "
                "and run ckan datastore set-permissions",
            )
        )


def _ends_early(csv_file: Path) -> CatalogueError:
    r"""PostgreSQL takes a line of only `\.` as the end and would drop what follows; it needs a one-column file."""
    return _refused_error(csv_file, Text(zh=r"单列文件中有一行只含 \.", en=r"it has one column and a line of \. alone"))


def _refused_error(csv_file: Path, reason: Text) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"文件 {csv_file.name} 不能装入 DataStore：{reason.zh}；请核对该版本，必要时重新发布",
            en=f"{csv_file.name} cannot be loaded into the DataStore: {reason.en}; verify the release, or make it again",
        )
    )
