"""The rows of a built dataset: its query, run over the tables that it names.

Not here: which datasets are due, handing the rows in (`hand_in.py`).
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

import duckdb
import pyarrow as pa

from pipelines.workspace import Workspace
from schemas.built import Built, PlatformTable
from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.text import Text
from warehouse.analyst_file.code_tables import build_codelist_table
from warehouse.sql import open_small_connection, quote_names

_ASKS_FOR_DAY = re.compile(r"\btoday\b")


class BuildInputs(NamedTuple):
    """What a query reads: `versions` of the datasets in the lake (0: nothing was accepted), and the tables about the platform."""

    versions: Mapping[str, int]
    platform: Mapping[str, pa.Table]
    period: str
    today: date

    def hash_inputs(self, contract: Contract, built: Built) -> str:
        """SHA-256 (hex) of the inputs and the contract: equal inputs give equal rows. The day counts if the query asks for it."""
        inputs = {
            "contract": contract.digest,
            "versions": dict(self.versions),
            "platform": {name: table.to_pylist() for name, table in self.platform.items()},
            "period": self.period,
            "today": self.today if _ASKS_FOR_DAY.search(built.query) else None,
        }
        return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()


def read_inputs(
    workspace: Workspace, built: Built, period: str, today: date, read_table: Callable[[PlatformTable], pa.Table]
) -> BuildInputs:
    """Returns the inputs of a query; no dataset is read yet. `read_table` returns a table about the platform."""
    versions = {name: workspace.lake.current_version(workspace.contracts[name]) or 0 for name in built.datasets}
    return BuildInputs(versions, {name: read_table(name) for name in built.platform}, period, today)


def build_rows(workspace: Workspace, contract: Contract, built: Built, inputs: BuildInputs) -> list[tuple[str, ...]]:
    """Returns the rows as texts in the order of the contract's fields, sorted by primary key; empty cells are "".

    ContractError if the query does not run, or lacks a field.
    """
    names = [field.name for field in contract.fields]
    cells = ", ".join(f"coalesce(CAST({quote_names([name])} AS VARCHAR), '')" for name in names)
    statement = f"SELECT {cells} FROM ({built.query.rstrip().rstrip(';')}) ORDER BY {quote_names(contract.primary_key)}"
    with open_small_connection() as connection:
        for name, table in _list_tables(workspace, built, inputs):
            connection.register(name, table)
        try:
            return connection.execute(statement).fetchall()
        except duckdb.Error as wrong:
            raise ContractError(
                Text(
                    zh=f"“{contract.title.zh}”的生成语句不能运行：{wrong}；请检查数据规范中的 built",
                    en=f"the query of {contract.name} does not run: {wrong}; look at `built` in its contract",
                )
            ) from wrong


def write_csv(contract: Contract, rows: list[tuple[str, ...]]) -> bytes:
    """Returns the rows as CSV under the contract's titles, UTF-8 with a byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([field.title for field in contract.fields])
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _list_tables(workspace: Workspace, built: Built, inputs: BuildInputs) -> Iterator[tuple[str, pa.Table]]:
    yield "platform_run", pa.table({"today": [inputs.today], "period": [inputs.period]})
    for name, table in inputs.platform.items():
        yield f"platform_{name}", table
    for name in built.codelists:
        yield f"codes_{name}", build_codelist_table(workspace.codelists[name]).table
    for name in built.datasets:
        contract = workspace.contracts[name]
        yield name, workspace.lake.read_current(contract, inputs.versions[name] or None)
