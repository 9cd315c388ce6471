"""Typed rows as the walk takes them, out of the judge's own pass, and what frictionless alone makes of the same cells.

Not here: rows given as values (`judged.py`).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from math import isnan
from typing import Any, NamedTuple

import pyarrow as pa
from frictionless import Schema

from quality.conformance.cell_error import CellOverflow
from quality.conformance.run import ROW
from quality.conformance.table import conform
from quality.findings import Finding
from schemas.contract import Contract
from warehouse.types import arrow_schema

BEIJING = timezone(timedelta(hours=8))
AS_TEXT = frozenset({"string", "any", "yearmonth", "geopoint", "duration", "object", "array"})


class ConformedTable(NamedTuple):
    """The findings of a table, the same rows with typed columns, and the valid cells that their column cannot hold."""

    findings: list[Finding]
    typed: pa.Table
    overflows: list[CellOverflow]


def conform_typed(table: pa.Table, rows: pa.Array, contract: Contract) -> ConformedTable:
    """What the judge finds in the cells, with the typed table in contract order from the same pass."""
    batches: list[pa.RecordBatch] = []
    cells = conform(table, rows, contract, batches.append)
    return ConformedTable(
        cells.findings, pa.Table.from_batches(batches, cells.typed).drop_columns([ROW]), cells.overflows
    )


def typed(text: pa.Table, contract: Contract) -> pa.Table:
    """The rows as the lake takes them; their cells are of their types and fit, whatever else is wrong with them."""
    found = conform_typed(text, pa.array(range(2, text.num_rows + 2), pa.int64()), contract)
    assert not [finding for finding in found.findings if finding.type == "type-error"]
    assert not found.overflows
    return found.typed.cast(arrow_schema(contract))


def in_slice(table: pa.Table, department: str = "210100", period: str = "2026") -> pa.Table:
    """The rows with the columns of one slice, as they come from the lake."""
    for name, value in (("department", department), ("period", period)):
        table = table.append_column(name, pa.array([value] * table.num_rows, pa.string()))
    return table


def kept_by_frictionless(text: pa.Table, contract: Contract) -> dict[str, list[Any]]:
    """The columns that frictionless's own readers make, each value as a column keeps it; NaN as the word, to be comparable."""
    described = {name: value for name, value in contract.table_schema.items() if name != "foreignKeys"}
    schema = Schema.from_descriptor(described, datapackage_version="v2")
    columns = {}
    for field in schema.fields:
        read = field.create_cell_reader()
        cells = text.column(field.name).to_pylist()
        columns[field.name] = [_kept(read(cell)[0], cell, field.type) for cell in cells]
    return columns


def _kept(value: Any, cell: str | None, kind: str) -> Any:
    if value is None or kind in AS_TEXT:
        return None if value is None else cell
    if kind == "number":
        return comparable([float("nan") if value.is_nan() else float(value)])[0]
    if kind == "time" and value.tzinfo:
        return datetime.combine(date(2000, 1, 1), value).astimezone(BEIJING).time()
    if kind == "datetime" and value.tzinfo:
        return value.astimezone(BEIJING).replace(tzinfo=None)
    return value


def comparable(values: Sequence[Any]) -> list[Any]:
    """The values with every NaN as a word that equals itself."""
    return ["NaN" if isinstance(value, float) and isnan(value) else value for value in values]
