"""A table of every type, released as a CSV file, and what PostgreSQL and the API of a portal tell of it.

Not here: the fixtures (`tests/live/datastore/conftest.py`).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.statements import index_name
from catalog.ckan.datastore.table_schema import TableColumn, TableSchema

DATASET = "tables-under-test"

PATIENCE = 90.0

Cells = Sequence[Sequence[str | None]]


def column(name: str, kind: str, label: str = "") -> TableColumn:
    return TableColumn(
        name, kind, {"label": label or name, "notes": f"“{label}”的说明：100%", "label_en": name.title()}
    )


SHAPE = TableSchema(
    (
        column("facility_id", "text", "场地编码"),
        column("name", "text", "场地名称"),
        column("lanes", "bigint", "泳道"),
        column("area_m2", "numeric", "面积"),
        column("is_open", "bool", "开放"),
        column("built", "date", "建成"),
        column("seen", "timestamp", "登记"),
        column("opens", "time", "开门"),
        column("year", "int", "年份"),
        column("kind", "text", "类型"),
    ),
    primary_key=("facility_id",),
    indexes=(("kind",), ("lanes", "area_m2")),
)

ROWS: Cells = (
    ("F1", "沈阳市第7体育馆", "8", "7140", "true", "2001-02-03", "2026-01-02T03:04:05", "08:30:00", "2001", "SW01"),
    ("F2", 'Swimming hall, "north"\nsecond line', None, "NaN", "false", "0001-01-01", "2026-01-02T03:04:05.25", "23:59:59", "0044", "SW01"),
    ("F3", "=1+1\r,'; DROP TABLE x --", "-9223372036854775808", "-INF", None, None, None, None, None, "BK01"),
    ("F4", "", None, None, None, None, None, None, None, None),
)  # fmt: skip


@dataclass(frozen=True)
class Released:
    """A released file and what is known of it."""

    csv: Path
    sha256: str
    shape: TableSchema
    release: str
    rows: int

    def stage(self, tables: DataStore, resource_id: str) -> int:
        return tables.stage_table(resource_id, self.csv, self.sha256, self.shape, self.release)

    def publish(self, tables: DataStore, resource_id: str) -> None:
        self.stage(tables, resource_id)
        assert tables.swap_table(resource_id)

    def differences(self, tables: DataStore, resource_id: str) -> list[tuple[str, str, str]]:
        return tables.find_differences(resource_id, self.csv, self.sha256, self.shape)


class Portal:
    """The API with and without the key; a web process that restarts is waited for."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def ask(self, action: str, *, key: bool = True, **words: Any) -> requests.Response:
        until = time.monotonic() + PATIENCE
        headers = {"Authorization": self.token} if key else {}
        while True:
            try:
                return requests.post(f"{self.url}/api/3/action/{action}", json=words, headers=headers, timeout=60)
            except requests.ConnectionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def do(self, action: str, *, key: bool = True, **words: Any) -> Any:
        answer = self.ask(action, key=key, **words)
        assert answer.ok, f"{action}: {answer.status_code} {answer.text[:500]}"
        return answer.json()["result"]

    def rows(self, resource_id: str, **words: Any) -> list[dict[str, Any]]:
        return self.do("datastore_search", key=False, resource_id=resource_id, sort="_id", **words)["records"]


def everything(con, resource_id: str) -> set[str]:
    """Names of all that exists of a resource: tables, indexes, sequences, views."""
    found = con.execute("SELECT relname FROM pg_class WHERE relname LIKE %s", [f"%{resource_id}%"]).fetchall()
    own = con.execute(
        "SELECT i.relname FROM pg_class t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid"
        " WHERE t.relname LIKE %s AND t.relkind = 'r'",
        [f"%{resource_id}%"],
    ).fetchall()
    return {name for (name,) in found + own}


def wanted_names(resource_id: str, shape: TableSchema = SHAPE) -> set[str]:
    keys = [("_full_text",), shape.primary_key, *shape.indexes]
    return {
        resource_id,
        f"{resource_id}_pkey",
        f"{resource_id}__id_seq",
        *(index_name(resource_id, columns) for columns in keys if columns),
    }
