"""The queries of row rules: which statements are run over the rows of a submission, and the places that they return.

Not here: what a rule means (the compilers), registering the rows, findings (`judge.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from quality.brief_findings import UnlistedFindings
from quality.empty_database import parse_query, release_memory
from quality.rules.violations import SUBMITTED, Violation, quote_identifier
from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.execution.spilled_table import drop_resident_pages, list_slices
from schemas.rules.rules import RowRule
from schemas.text import Text

UNJUDGEABLE = (duckdb.BinderException, duckdb.InvalidInputException)
CompiledRule = tuple[RowRule, Sequence[Violation]]
FEW_ROWS = 10_000
"""Rows up to which starting a query costs more than running it."""
SUSPECTS = "suspects"
"""Of a large table the rows that break at least one rule on one row."""
_Queries: TypeAlias = Sequence[tuple[int, Sequence[Violation]]]
"""The numbers of the rules that are asked, each with its violations."""

_PLACES = pa.schema(
    [
        ("rule", pa.int32()),
        ("position", pa.int64()),
        ("offence", pa.int32()),
        ("value", pa.string()),
        ("other", pa.int64()),
    ]
)


class ViolatingRow(NamedTuple):
    """One place where a rule does not hold; `value` if the query returns one, `other`: position of the conflicting row."""

    position: int
    violation: Violation
    value: str | None
    other: int | None


class RuleViolations(NamedTuple):
    """The places where one rule does not hold, by row and then by violation: the first of each violation, and the rows of the others."""

    first: list[ViolatingRow]
    unlisted: tuple[UnlistedFindings, ...] = ()


KeepPlaces: TypeAlias = Callable[[RowRule, Sequence[Violation], pa.Table], RuleViolations]


def find_violations(
    connection: duckdb.DuckDBPyConnection,
    compiled: Sequence[CompiledRule],
    contract: Contract,
    table: pa.Table,
    keep_places: KeepPlaces,
) -> list[RuleViolations]:
    """Returns for each rule the places where it does not hold.

    `keep_places`: gets all places of a rule, in the form that `read_violations` reads, and returns those to keep. `table`: the rows that
    are registered as SUBMITTED.

    First one query tests whether any row breaks a rule on one row; only if so, these rules are run one by one. All other rules of a small
    table run in one statement, because starting a query costs more than running it; those of a large table run one after the other, so
    that only one of them takes memory.
    """
    found = [RuleViolations([]) for _ in compiled]
    queries = [(at, offences) for at, (_, offences) in enumerate(compiled) if offences]
    plan = _plan_statements if table.num_rows > FEW_ROWS else _plan_few_statements
    try:
        for statement in plan(connection, queries, table):
            answer = _query_places(connection, statement, few=table.num_rows <= FEW_ROWS)
            for at in answer.column("rule").unique().to_pylist():
                rule, offences = compiled[at]
                places = answer.filter(pc.equal(answer.column("rule"), at)) if len(queries) > 1 else answer
                found[at] = keep_places(rule, offences, places)
    except UNJUDGEABLE:
        _refuse_unjudgeable(connection, compiled, contract)
        raise
    return found


def _query_places(connection: duckdb.DuckDBPyConnection, statement: str, *, few: bool) -> pa.Table:
    """Returns the places that a statement finds. `few`: fetch rows; otherwise columns, which cost more at the start and less for each row."""
    if few:
        return pa.Table.from_pylist(
            [
                dict(zip(_PLACES.names, row, strict=True))
                for row in connection.execute(parse_query(statement)).fetchall()
            ],
            _PLACES,
        )
    return connection.sql(statement).to_arrow_table()


def read_violations(places: pa.Table, offences: Sequence[Violation]) -> Iterator[ViolatingRow]:
    """Yields the places that a query on one rule with those violations returned as columns."""
    columns = (places.column(name).to_pylist() for name in ("position", "offence", "value", "other"))
    for position, number, value, other in zip(*columns, strict=True):
        yield ViolatingRow(position, offences[number], value, other)


def _plan_few_statements(connection: duckdb.DuckDBPyConnection, queries: _Queries, _: pa.Table) -> Iterator[str]:
    """Yields the statements for a small table."""
    alone = _list_alone(queries)
    if alone:
        broken = parse_query(f"SELECT 1 FROM {SUBMITTED} WHERE {_join_broken(alone)} LIMIT 1")
        if connection.execute(broken).fetchall():
            yield _join_queries(alone)
    if others := [query for query in queries if query not in alone]:
        yield _join_queries(others)


def _list_alone(queries: _Queries) -> _Queries:
    """Returns the rules each of which concerns one row by itself."""
    return [(at, offences) for at, offences in queries if all(_concerns_row(offence) for offence in offences)]


def _join_broken(queries: _Queries) -> str:
    """Returns the condition that a row breaks any of those rules."""
    return " OR ".join(f"({offence.where})" for _, offences in queries for offence in offences)


def _plan_statements(connection: duckdb.DuckDBPyConnection, queries: _Queries, table: pa.Table) -> Iterator[str]:
    """Yields the statements for a large table; the first is about the rows that break a rule on one row.

    For rules on one row SUBMITTED is first a slice of the table and then only its doubtful rows, so that queries about a column (such as
    its distinct texts) see only these.
    """
    alone = _list_alone(queries)
    if alone:
        broken, columns = _join_broken(alone), _list_columns(alone, table)
        connection.execute(f"CREATE TEMP TABLE {SUSPECTS} AS SELECT {columns} FROM {SUBMITTED} LIMIT 0")
        for part in list_slices(table):
            connection.register(SUBMITTED, part)
            # This test comes first: it reads only the columns of those rules, and if all rows are sound, nothing has to be copied.
            if connection.execute(f"SELECT 1 FROM {SUBMITTED} WHERE {broken} LIMIT 1").fetchall():
                connection.execute(f"INSERT INTO {SUSPECTS} SELECT {columns} FROM {SUBMITTED} WHERE {broken}")
        connection.unregister(SUBMITTED)
        connection.execute(f"CREATE TEMP VIEW {SUBMITTED} AS FROM {SUSPECTS}")
        for query in alone:
            yield _join_queries([query])
        connection.execute(f"DROP VIEW {SUBMITTED}; DROP TABLE {SUSPECTS}")
        connection.register(SUBMITTED, table)
    for query in queries:
        if query not in alone:
            drop_resident_pages()
            yield _join_queries([query])
    drop_resident_pages()
    release_memory(connection)


def _list_columns(queries: _Queries, table: pa.Table) -> str:
    """Returns the columns that the queries name, as SQL: doubtful rows are copied without the other columns, which are most of their bytes."""
    query = _join_queries(queries)
    return ", ".join(
        quoted for name in table.column_names if (quoted := quote_identifier(name)) in query or name == "position"
    )


def _concerns_row(offence: Violation) -> bool:
    return offence.source == SUBMITTED and not offence.common_tables


def _join_queries(queries: _Queries) -> str:
    """Returns one statement for those rules: number of the rule, position, number of the violation, value, other row."""
    joined = " UNION ALL ".join(f"SELECT {at} AS rule, * FROM ({_build_query(offences)})" for at, offences in queries)
    return f"{joined} ORDER BY rule, position, offence"


def _refuse_unjudgeable(
    connection: duckdb.DuckDBPyConnection, compiled: Sequence[CompiledRule], contract: Contract
) -> None:
    """Raises ContractError for the first rule that cannot be checked by itself."""
    for rule, offences in compiled:
        try:
            connection.execute(_build_query(offences) if offences else "SELECT 1")
        except UNJUDGEABLE as wrong:
            raise ContractError(
                Text(
                    zh=f"数据规范 {contract.name} 的规则 {rule.id} 无法执行，请改规则：{wrong}",
                    en=f"rule {rule.id} of contract {contract.name} cannot be judged, change it: {wrong}",
                )
            ) from wrong


def _build_query(offences: Sequence[Violation]) -> str:
    """Returns a query with one row per violating row: position, number of the violation, value, position of the other row."""
    parts = [
        f"SELECT position, {number} AS offence, CAST({offence.value} AS VARCHAR) AS value, CAST({offence.other} AS BIGINT) AS other "
        f"FROM {offence.source} WHERE {offence.where}"
        for number, offence in enumerate(offences)
    ]
    given = f"WITH {', '.join(offences[0].common_tables)} " if offences[0].common_tables else ""
    return f"{given}{' UNION ALL '.join(parts)}"
