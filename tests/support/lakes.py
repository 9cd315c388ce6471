"""Rows of a small dataset, and what puts them into a lake. Not here: a home with everything that stands in it (`stocks.py`, `workspaces.py`)."""

from datetime import datetime, timedelta, timezone

import pyarrow as pa

from schemas.slices import SliceKey
from support.contracts import contract_with
from warehouse.types import arrow_schema

NOW = datetime(2026, 11, 25, 9, tzinfo=timezone(timedelta(hours=8)))
WHY = {"submission": "20261125-0001", "sha256": "ab" * 32, "who": "dagster"}
CONTRACT = contract_with(["id", "n:integer"])


def key(department="210100", period="2026"):
    return SliceKey(dataset="sample", department=department, period=period)


def rows(*values, contract=CONTRACT):
    """Rows (id, n, …) in the types of the contract."""
    columns = list(zip(*values, strict=True)) or [()] * len(contract.fields)
    schema = arrow_schema(contract)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def ids(table):
    """The values of the field `id`."""
    return table.column("id").to_pylist()


def put(lake, table, to=None, contract=CONTRACT):
    """Replaces one slice; the version that holds the rows."""
    return lake.replace_slices(contract, {to or key(): table}, WHY, NOW)


def files(lake):
    """All files of the lake, relative to its folder."""
    folder = lake._layout.lakes
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
