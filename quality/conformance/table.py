"""Cell checks for a dataset with a contract: frictionless's result for every cell and key.

Labels are matched and encodings determined before, so nothing is guessed here and the header is not checked. References to
other datasets are row rules (`in_dataset`), which therefore cover the schema's `foreignKeys`.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from quality.brief_findings import FindingCounter, UnlistedFindings
from quality.conformance.buffers import to_numpy
from quality.conformance.cell_error import CellOverflow
from quality.conformance.deferred_field import DeferredField, defer_fields
from quality.conformance.messages import Messages, labels_from_contract
from quality.conformance.prefilter import Prefilter
from quality.conformance.reader import batch_from_table
from quality.conformance.run import ROW, TypedSink, run_batches
from quality.findings import Finding
from schemas.execution.same_object import SameObject

if TYPE_CHECKING:
    from frictionless import Field, Schema

    from schemas.contract import Contract

DATA_PACKAGE = "v2"
"""Version of the Data Package standard that contracts use."""
BATCH = 50_000
"""Rows that are checked at a time."""
CONTRACTS_KEPT = 128
"""Schemas that are kept: more than there are contracts."""


class ConformedCells(NamedTuple):
    """The findings of a table, the valid cells that their column cannot hold, and the schema of its typed batches."""

    findings: list[Finding]
    overflows: list[CellOverflow]
    typed: pa.Schema
    unlisted: tuple[UnlistedFindings, ...] = ()


def conform(
    table: pa.Table,
    rows: pa.Array,
    contract: "Contract",
    typed: TypedSink | None = None,
    counter: FindingCounter | None = None,
) -> ConformedCells:
    """Returns one finding for each error that frictionless reports about the cells, in row order; none for a table without rows.

    Args:
        table: the cells as text, one column per field of the contract, by name; null is an absent cell.
        rows: the row number of each record in the submitted file (header = 1).
        contract: the fields, constraints, key and missing values.
        typed: receives in the same pass the typed rows in batches, in their order, after `ROW`; null where a cell is missing, wrong or in `overflows`.
        counter: says which findings are made, the others are in `unlisted`; all are made for None.

    A type error hides the constraints of its cell; a blank row is reported once instead of cell by cell. `value` is the cell,
    or the key joined by ` / `, masked and cut by `masked_excerpt`. Within a row cells come first, from left to right, then keys.
    Source: Data Package v2, Table Schema; frictionless-py 5.21.
    """
    fields = read_contract_fields(contract)
    texts = table.select([field.name for field in contract.fields])
    places = to_numpy(rows.cast(pa.int64()))
    with Prefilter(fields, contract.primary_key, typed=typed is not None, forgiving=True) as prefilter:
        found = run_batches(
            texts.to_batches(max_chunksize=BATCH),
            batch_from_table,
            prefilter,
            numbers=lambda start, count: places[start : start + count],
            messages=Messages(labels_from_contract(contract)),
            typed=typed,
            counter=counter,
        )
    kept = pa.schema(list(zip([ROW, *prefilter.names], [pa.int64(), *prefilter.kept], strict=True)))
    return ConformedCells(found.findings, found.overflows, kept, found.unlisted)


def read_contract_fields(contract: "Contract") -> "list[DeferredField | Field]":
    """Returns the fields as frictionless checks them, in the order of the contract; nothing that checks changes them."""
    return _read_fields(SameObject(contract))


@lru_cache(maxsize=CONTRACTS_KEPT)
def _read_fields(of_contract: "SameObject[Contract]") -> "list[DeferredField | Field]":
    described = {name: value for name, value in of_contract.it.table_schema.items() if name != "foreignKeys"}

    def load() -> "Schema":
        from frictionless import Schema  # noqa: PLC0415 -- a table without a suspect cell does not need it

        return Schema.from_descriptor(described, datapackage_version=DATA_PACKAGE)

    return defer_fields(described, load)
