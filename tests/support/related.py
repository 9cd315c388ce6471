"""Standing rows of two datasets for tests of relations: `rows_of(contract, rows)`. Not here: relations."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from schemas.contract import Contract
from warehouse.types import arrow_schema

SLICE = {"department": "210100", "period": "2026"}


def rows_of(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as they stand in the lake, of Shenyang and 2026 unless they say so; fields that are not given are empty.

    Text fields of the primary key that are not given get a value that tells the rows apart. KeyError for a name that is no field.
    """
    schema = arrow_schema(contract)
    for name in SLICE:
        schema = schema.append(pa.field(name, pa.string()))
    texts = [name for name in contract.primary_key if contract.get_field(name).type == "string"]
    named = [{**SLICE, **{name: f"{name}-{at}" for name in texts}, **row} for at, row in enumerate(rows, 1)]
    if unknown := {name for row in rows for name in row} - set(schema.names):
        raise KeyError(contract.name, *unknown)
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in named], schema=schema)
