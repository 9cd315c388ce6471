"""A home in which a value went everywhere, and what is asked of it: which files tell the value. Not here: erasing it (`tests/integration/test_erasure.py`)."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import duckdb
import pyarrow.parquet as pq
from openpyxl import Workbook

from pipelines.publication.due import warehouse_inputs
from schemas.table_parts import DEFAULT_PARTS
from support.contracts import contract_with
from support.people import write_people
from support.walked import publish_all, release_all, take_all
from support.workspaces import NOW, put, workspace_with
from warehouse.analyst_file.database import rebuild_database

NAME = "马小芳甲"
LATER = NOW + timedelta(days=1)
FILLER = [(f"c{n}", "好", n) for n in range(30)]


def csv_text(rows):
    return "id,note,n\n" + "".join(f"{one},{note},{n}\n" for one, note, n in rows)


def workbook_bytes(rows):
    book = Workbook()
    book.active.append(["id", "note", "n"])
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def lived_in(home, parts=DEFAULT_PARTS):
    """A home in which the value went everywhere: two datasets, three formats, two releases with differences, marks, quarantine.

    `parts`: when its releases are in parts.
    """
    contracts = [contract_with(["id", "note", "n:integer"], name=name) for name in ("sample", "other")]
    workspace = replace(workspace_with(home, *contracts), release_parts=parts)
    write_people(home)
    put(
        workspace,
        "210100",
        "sample_2026.csv",
        csv_text([("a", NAME, 1), ("b", f"联系{NAME[:2]}\u200b{NAME[2:]}", "x"), *FILLER]),
    )
    put(workspace, "210200", "sample_2026.csv", csv_text([(f"d{one}", note, n) for one, note, n in FILLER]))
    put(workspace, "210200", "other_2026.csv", csv_text([("a", NAME, 1), *FILLER]).encode("gb18030"))
    put(workspace, "lnsports", f"other_2026_{NAME}.csv", csv_text([("e", "x", 1), *FILLER]).replace("c", "z"))
    take_all(workspace)
    release_all(workspace)
    publish_all(workspace)
    put(
        workspace,
        "210100",
        "sample_2026.xlsx",
        workbook_bytes([("a", "其他", 1), ("k", NAME, 2), ("w", NAME, "很多"), *FILLER]),
    )
    put(workspace, "210100", "other_2026.csv", csv_text([("q", NAME, "错")] * 3))
    take_all(workspace, LATER)
    release_all(workspace, LATER)
    publish_all(workspace, LATER)
    rebuild_database(workspace.layout, warehouse_inputs(workspace), LATER)
    return workspace


def texts_in(name, content):
    yield from (content.decode(encoding, "replace") for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for part in package.namelist():
                yield from texts_in(part, package.read(part))
    if content.startswith(b"PAR1"):
        yield json.dumps(pq.read_table(io.BytesIO(content)).to_pydict(), ensure_ascii=False, default=str)
    if name.endswith(".duckdb"):
        connection = duckdb.connect(name, read_only=True)
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall():
            yield str(connection.execute(f'select * from "{schema}"."{table}"').fetchall())
        connection.close()


def holders(home):
    """Every file below the home that tells the value, by name or content, whatever its format."""
    return sorted(
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.is_file()
        and (
            NAME in path.name
            or any(NAME in text.replace("\u200b", "") for text in texts_in(str(path), path.read_bytes()))
        )
    )
