"""Asks one relation of two tables of standing rows.

In-memory DuckDB without access to files. Pure. Not here: the query (`queries.py`), which relations are asked and when.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from quality.empty_database import open_cursor
from quality.findings import masked_excerpt
from quality.relations.queries import OTHER, OWN, build_query
from quality.relations.result import BrokenRow, BrokenRows, RelationResult
from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.relations import Relation
from schemas.text import Text


def judge_relation(relation: Relation, contract: Contract, own: pa.Table, other: pa.Table) -> RelationResult:
    """Return what the relation gives for these rows.

    `own`: standing rows of `contract`, with `department`, `period`, the fields in `relation.own_fields` and those of `key_fields`;
    `other`: those of the other dataset, with `relation.other_fields`. Both may be empty. ContractError if the query does not run, which is
    a fault of the relation.
    """
    with open_cursor() as connection:
        connection.register(OWN, own)
        connection.register(OTHER, other)
        try:
            rows = connection.execute(build_query(relation, key_fields(contract))).fetchall()
        except (duckdb.BinderException, duckdb.ConversionException, duckdb.InvalidInputException) as wrong:
            raise ContractError(
                Text(
                    zh=f"关联关系 {relation.id} 无法核对，请改 relations.yaml：{wrong}",
                    en=f"relation {relation.id} cannot be asked, change relations.yaml: {wrong}",
                )
            ) from wrong
    found = [
        BrokenRows(department=department, rows=broken, mark=f"{mark:x}", examples=tuple(map(_read_example, examples)))
        for department, _, broken, mark, examples in rows
        if broken
    ]
    return RelationResult(relation=relation.id, asked=sum(row[1] for row in rows), broken=tuple(found))


def key_fields(contract: Contract) -> tuple[str, ...]:
    """Return the fields by which a row is named to people: those of the primary key that are published and say nothing of a person."""
    hidden = {*contract.policy.disclosure.protected, *(rule.field for rule in contract.policy.disclosure.masked)}
    fields = {field.name: field for field in contract.fields}
    named = (fields[name] for name in contract.primary_key if name not in hidden)
    return tuple(field.name for field in named if not (field.person_role or field.denied_kind))


def _read_example(example: Mapping[str, Any]) -> BrokenRow:
    return BrokenRow(key=masked_excerpt(example["key"]) or "", period=example["period"])
