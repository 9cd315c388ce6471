"""The judge of cells for a dataset with a contract: frictionless's verdict on every cell and key, all of them.

Labels are matched and encodings decided before; so nothing is guessed here and the header is never judged. References to
other datasets are row rules (`in_dataset`), so `foreignKeys` of the schema are left to them.
"""

from collections.abc import Iterator

import pyarrow as pa
from frictionless import Resource, Schema

from quality.conformance.messages import finding_of
from quality.conformance.quirks import without_breaking_cells
from quality.conformance.spoken import of_contract
from quality.findings import Finding
from schemas.contract import Contract

DATA_PACKAGE = "v2"
"""The version of the standard that contracts are written in."""
FIRST = 2
"""Frictionless's number of the first row below the header."""


def conform(table: pa.Table, rows: pa.Array, contract: Contract) -> list[Finding]:
    """One finding for each error that frictionless has against the cells, in the order of the rows; empty if none.

    Args:
        table: the cells as text, one column a field of the contract, by name; null is an absent cell.
        rows: the row number of each record in the person's file (header = 1).
        contract: the fields, constraints, key and missing values.

    A type error hides the constraints of its cell; a blank row is reported once instead of cell by cell. `value` is the cell,
    or the key joined by ` / `, masked and cut by `shown`. Source: Data Package v2, Table Schema; frictionless-py 5.21.
    """
    texts = table.select([field.name for field in contract.fields])
    schema = Schema.from_descriptor(_schema_of(contract), datapackage_version=DATA_PACKAGE)
    spoken = of_contract(contract, lambda row: int(rows[row - FIRST].as_py()))
    judged = without_breaking_cells(texts, schema)
    findings: list[Finding] = []
    with Resource(data=lambda: _lines(judged), datatype="table", schema=schema) as resource:
        for row in resource.row_stream:
            if row.errors:
                cells = [column[row.row_number - FIRST].as_py() for column in texts.columns]
                findings += [finding_of(error, spoken, cells) for error in row.errors]
    return findings


def _schema_of(contract: Contract) -> dict[str, object]:
    return {name: value for name, value in contract.table_schema.items() if name != "foreignKeys"}


def _lines(table: pa.Table) -> Iterator[list[str | None]]:
    yield table.column_names
    for batch in table.to_batches():
        for record in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield list(record)
