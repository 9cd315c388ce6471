"""The three questions that a program may ask: which datasets there are, what one of them is, and any query that reads.

Every answer is a mapping for JSON and names its sources (`citations.py`). Nothing is written. Not here: the protocol (`mcp_server.py`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from catalog.entry import CatalogueEntry
from catalog.static_site.search_index import build_index, find_datasets
from pipelines.analyst_service.citations import cite_datasets, find_read_datasets, list_records, list_row_keys
from pipelines.publication.publish import wanted_entries
from pipelines.workspace import Workspace
from schemas.contract import find_contract
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.analyst_file.confined_query import QueryLimits, QueryRefusal, run_confined

MOST_FOUND = 50
"""Datasets in one answer of a search."""
MOST_CODES = 100
"""Codes of one list in a description; longer lists are asked for by a query."""
MOST_ROWS = 1_000
"""Rows that one query may ask for."""
_FIELDS = """
SELECT name, type, title_zh, title_en, description_zh, description_en, unit, codelist, required, in_key
FROM meta.field WHERE dataset = ? ORDER BY position
"""
_COLUMNS = """
SELECT table_name AS relation, column_name AS name, data_type AS type, comment FROM duckdb_columns()
WHERE schema_name = 'main' AND table_name IN (?, ? || '_labelled', ? || '_history') ORDER BY table_name, column_index
"""


class AnalystAnswers:
    """Answers about one installation. The catalogue is read again once the ledger has grown."""

    def __init__(self, workspace: Workspace, limits: QueryLimits) -> None:
        self._workspace, self._limits = workspace, limits
        self._entries: tuple[object, dict[str, CatalogueEntry], Mapping[str, Any]] | None = None

    def search_catalogue(self, question: str) -> dict[str, Any]:
        """Returns the public datasets that the search of the catalogue finds, at most `MOST_FOUND`, each with its source."""
        entries, index = self._read_catalogue()
        found = find_datasets(index, question)
        shown = [_describe_entry(entries[name]) for name in found[:MOST_FOUND]]
        return {"question": question, "found": len(found), "datasets": shown}

    def describe_dataset(self, dataset: str) -> dict[str, Any]:
        """Returns fields, columns, code lists, keys, releases, quality and licence of a dataset; UsageError if there is no such dataset."""
        find_contract(self._workspace.contracts, dataset)
        with self._open_file() as connection:
            records = list_records(connection.execute("FROM meta.dataset WHERE name = ?", [dataset]))
            fields = list_records(connection.execute(_FIELDS, [dataset]))
            lists = sorted({field["codelist"] for field in fields if field["codelist"]})
            about = {
                "dataset": records[0] if records else {"name": dataset},
                "fields": fields,
                "columns": list_records(connection.execute(_COLUMNS, [dataset] * 3)),
                "codelists": {name: _describe_codes(connection, name) for name in lists},
                "keys": _list_of(connection, "key", dataset),
                "releases": _list_of(connection, "release", dataset),
                "quality": _list_of(connection, "quality", dataset),
                "freshness": _list_of(connection, "freshness", dataset),
                "sources": cite_datasets(connection, [dataset]),
            }
        return {name: _to_plain(value) for name, value in about.items()}

    def answer_query(self, query: str, rows: int) -> dict[str, Any] | QueryRefusal:
        """Returns at most `rows` rows of a query, how many there are, and their sources; or why it is not answered."""
        limits = replace(self._limits, rows=max(1, min(rows, MOST_ROWS)))
        answer = run_confined(self._find_file(), query, limits)
        if isinstance(answer, QueryRefusal):
            return answer
        with self._open_file() as connection:
            datasets = find_read_datasets(connection, answer.tables)
            keys = list_row_keys(connection, datasets, answer)
            sources = cite_datasets(connection, datasets)
            built = connection.execute("SELECT value FROM meta.build WHERE name = 'built_at'").fetchone()
        return {
            "columns": answer.columns,
            "rows": answer.rows,
            "total": answer.total,
            "cut": answer.total > len(answer.rows),
            "texts_cut": answer.shortened,
            "row_keys": keys,
            "sources": sources,
            "built_at": built[0] if built else None,
        }

    def _read_catalogue(self) -> tuple[dict[str, CatalogueEntry], Mapping[str, Any]]:
        head = self._workspace.ledger.read_head()
        if self._entries is None or self._entries[0] != head:
            entries = wanted_entries(self._workspace)
            self._entries = head, {entry.dataset: entry for entry in entries}, build_index(entries)
        return self._entries[1:]

    def _find_file(self) -> Path:
        path = self._workspace.layout.warehouse
        if not path.is_file():
            raise UsageError(
                Text(
                    zh=f"还没有分析库 {path.name}；请先运行 sportlake run，或 sportlake warehouse rebuild",
                    en=f"there is no analysts' file {path.name} yet: sportlake run makes it, and so does sportlake warehouse rebuild",
                )
            )
        return path

    @contextmanager
    def _open_file(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self._find_file()), read_only=True) as connection:
            yield connection


def _describe_entry(entry: CatalogueEntry) -> dict[str, Any]:
    return {
        "dataset": entry.dataset,
        "title": entry.title.model_dump(),
        "description": entry.description.model_dump(),
        "publisher": entry.publisher.name.model_dump(),
        "rows": entry.facts.rows,
        "data_updated": entry.data_updated.isoformat(),
        "synthetic": entry.synthetic,
        "source": {
            "release": entry.release,
            "contract_version": entry.facts.contract_version,
            "licence": entry.licence.name,
            "licence_url": entry.licence.path,
        },
    }


def _describe_codes(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """Returns the codes of a list with both names, or only how many there are if there are more than `MOST_CODES`."""
    place = f'codelist."{name}"'
    counted = connection.execute(f"SELECT count(*) FROM {place}").fetchone()
    count = counted[0] if counted else 0
    if count > MOST_CODES:
        return {"codes": count, "query": f"FROM {place}"}
    return {"codes": count, "list": list_records(connection.execute(f"SELECT code, zh, en FROM {place}"))}


def _list_of(connection: duckdb.DuckDBPyConnection, table: str, dataset: str) -> list[dict[str, Any]]:
    return list_records(connection.execute(f"FROM meta.{table} WHERE dataset = ?", [dataset]))


def _to_plain(value: Any) -> Any:  # noqa: ANN401 - rows of any table
    """Returns the value with times and days as text, for JSON."""
    if isinstance(value, dict):
        return {name: _to_plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_to_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
