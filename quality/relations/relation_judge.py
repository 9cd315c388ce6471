"""Asks one relation of two tables of standing rows, or of shards of them one by one.

In-memory DuckDB without access to files. Pure. Not here: the queries (`queries.py`), which relations are asked and when.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import duckdb
import pyarrow as pa

from quality.empty_database import open_cursor
from quality.findings import masked_excerpt
from quality.relations.queries import MOST_EXAMPLES, NEWEST, OTHER, OWN, build_query
from quality.relations.result import BrokenRow, BrokenRows, RelationResult
from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.relations import Relation
from schemas.text import Text

if TYPE_CHECKING:
    from pyarrow.dataset import Dataset

Rows: TypeAlias = "pa.Table | Dataset"
"""Rows in memory, or in files, which are read as the query goes on."""


class DepartmentBreaches(NamedTuple):
    """The result of a relation for some rows of one department: rows asked, rows that break it, and the first of these by key and period.

    `mark`: the XOR of the hashes of the rows that break it; 0 if none does. The keys are not masked.
    """

    department: str
    asked: int
    broken: int
    mark: int
    first: tuple[tuple[str, str], ...]


def judge_relation(relation: Relation, contract: Contract, own: pa.Table, other: pa.Table) -> RelationResult:
    """Returns the result of the relation for these rows.

    `own`: standing rows of `contract`, with `department`, `period`, the fields in `relation.own_fields` and those of `key_fields`;
    `other`: those of the other dataset, with `department` and `relation.other_fields`. Both may be empty. ContractError if the query does
    not run, which is a fault of the relation.
    """
    return join_breaches(relation, find_breaches(relation, contract, own, other, other))


def find_breaches(
    relation: Relation, contract: Contract, own: Rows, other: Rows, newest: "Rows | None"
) -> list[DepartmentBreaches]:
    """Returns the result of the relation for these rows, or for one shard of them; raises as `judge_relation` does.

    `newest`: as `queries.NEWEST` says, of all rows of the other dataset whatever the shard is; None where the relation has no `to_newest`.
    """
    with open_cursor() as connection, translate_query_errors(relation):
        for name, rows in ((OWN, own), (OTHER, other), (NEWEST, newest)):
            if rows is not None:
                connection.register(name, rows)
        found = connection.execute(build_query(relation, key_fields(contract))).fetchall()
    return [
        DepartmentBreaches(
            department, compared, broken, mark or 0, tuple((one["key"], one["period"]) for one in examples or ())
        )
        for department, compared, broken, mark, examples in found
    ]


def join_breaches(relation: Relation, breaches: Iterable[DepartmentBreaches]) -> RelationResult:
    """Joins the results for all shards of a relation's rows, in any order."""
    joined: dict[str, DepartmentBreaches] = {}
    for one in breaches:
        before = joined.get(one.department)
        joined[one.department] = one if before is None else _add_breaches(before, one)
    broken = [
        BrokenRows(department=one.department, rows=one.broken, mark=f"{one.mark:x}", examples=_list_examples(one))
        for _, one in sorted(joined.items())
        if one.broken
    ]
    return RelationResult(relation=relation.id, asked=sum(one.asked for one in joined.values()), broken=tuple(broken))


@contextmanager
def translate_query_errors(relation: Relation) -> Iterator[None]:
    """Raises ContractError for a query of a relation that DuckDB refuses."""
    try:
        yield
    except (duckdb.BinderException, duckdb.ConversionException, duckdb.InvalidInputException) as wrong:
        raise ContractError(
            Text(
                zh=f"关联关系 {relation.id} 无法核对，请改 relations.yaml：{wrong}",
                en=f"relation {relation.id} cannot be asked, change relations.yaml: {wrong}",
            )
        ) from wrong


def key_fields(contract: Contract) -> tuple[str, ...]:
    """Returns the fields by which a row is named to people: those of the primary key that are published and say nothing of a person."""
    hidden = {*contract.policy.disclosure.protected, *(rule.field for rule in contract.policy.disclosure.masked)}
    fields = {field.name: field for field in contract.fields}
    named = (fields[name] for name in contract.primary_key if name not in hidden)
    return tuple(field.name for field in named if not (field.person_role or field.denied_kind))


def _add_breaches(one: DepartmentBreaches, two: DepartmentBreaches) -> DepartmentBreaches:
    first = tuple(islice(merge(one.first, two.first), MOST_EXAMPLES))
    return DepartmentBreaches(
        one.department, one.asked + two.asked, one.broken + two.broken, one.mark ^ two.mark, first
    )


def _list_examples(one: DepartmentBreaches) -> tuple[BrokenRow, ...]:
    return tuple(BrokenRow(key=masked_excerpt(key) or "", period=period) for key, period in one.first)
