"""Row checks: runs every rule of a contract over the rows of one submission and makes its findings.

An in-memory DuckDB without access to files and extensions; one statement for all rules. Cells become text here
and fill the placeholders of the contract's messages; only the contract is ever a template, a department's text only a value.
Not here: what a rule means (the compilers), what happens to the findings (`quality/verdict.py`), the messages themselves.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from quality.empty_database import open_cursor
from quality.findings import Finding, masked_excerpt, proposed_value
from quality.rules.compilers import compile_rule
from quality.rules.proposals import MOST_PROPOSALS, explain_place, propose_for_rule
from quality.rules.references import register_references
from quality.rules.scope import RuleContext, RuleScope, column_name
from quality.rules.violations import SUBMITTED, Violation
from schemas.codelists import CodeList, name_code
from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.rules import RowRule
from schemas.spilled_table import drop_resident_pages, list_slices
from schemas.text import Text

UNJUDGEABLE = (duckdb.BinderException, duckdb.InvalidInputException)
CompiledRule = tuple[RowRule, Sequence[Violation]]
FEW_ROWS = 10_000
"""Up to so many rows are copied into a table of DuckDB: each of a contract's rules reads them, and binding Arrow anew costs more."""
SUSPECTS = "suspects"
"""Of a large table the rows that break at least one rule on one row."""
OTHER_ROW = "other_row"
NO_PLACE = _NOTHING = Text(zh="", en="")
SEVERAL = " / "
"""Separates the values of a finding that displays more than one field."""


class _ViolatingRow(NamedTuple):
    """One place where a rule does not hold; `value` if the query returns one, `other`: position of the conflicting row."""

    position: int
    violation: Violation
    value: str | None
    other: int | None


def judge_rows(
    table: pa.Table,
    rows: pa.Array,
    contract: Contract,
    context: RuleContext,
    rules: Sequence[RowRule] | None = None,
) -> list[Finding]:
    """Return the findings of `rules` (default: all rules of the contract): in the order of the rules, then of the rows.

    `table`: one row per row of the file, typed, with the contract's fields; `rows`: their ascending numbers in the file
    (header = 1). Without rows there are no findings. A rule's message may use `{value}`, `{other_row}` (the conflicting row) and
    any field's name. ContractError if a rule cannot be checked: wrong type of field, bad pattern, a missing code list.
    """
    if table.num_rows == 0:
        return []
    scope = RuleScope(contract, context)
    compiled = [(rule, compile_rule(rule, scope)) for rule in (contract.rules if rules is None else rules)]
    with open_cursor() as connection:
        register_references(connection, scope)
        submitted = _register_submission(connection, table, contract)
        found = _find_violations(connection, compiled, contract, submitted)
    return [
        finding
        for (rule, _), offenders in zip(compiled, found, strict=True)
        for finding in _make_findings(rule, offenders, table, rows, scope)
    ]


def _register_submission(connection: duckdb.DuckDBPyConnection, table: pa.Table, contract: Contract) -> pa.Table:
    """Register the rows as SUBMITTED and return them: columns named by `column_name`, `position` from 0, empty text as NULL."""
    columns = {
        column_name(contract, name): _null_empty_text(table.column(name)) for name in (f.name for f in contract.fields)
    }
    position = pc.subtract(pc.cumulative_sum(pa.repeat(1, table.num_rows)), 1)
    numbered = pa.table({"position": position, **columns})
    if table.num_rows > FEW_ROWS:
        connection.register(SUBMITTED, numbered)
    else:
        connection.register("numbered", numbered)
        connection.execute(f"CREATE TEMP TABLE {SUBMITTED} AS FROM numbered")
    return numbered


def _null_empty_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column with empty text as null; it is copied only if it has any."""
    if not pa.types.is_string(column.type) or not pc.any(pc.equal(column, "")).as_py():
        return column
    return pc.if_else(pc.equal(column, ""), None, column)


def _find_violations(
    connection: duckdb.DuckDBPyConnection, compiled: Sequence[CompiledRule], contract: Contract, table: pa.Table
) -> list[list[_ViolatingRow]]:
    """Return for each rule the places where it does not hold, by row and then by violation.

    `table` is what is registered as SUBMITTED. Of a small one one statement runs all rules, because starting a query costs more than running it. Of a large one the rules that
    compare rows run one after the other, so that only one of them takes memory; the others are asked of the rows alone that break any of them.
    """
    found: list[list[_ViolatingRow]] = [[] for _ in compiled]
    queries = [(at, offences) for at, (_, offences) in enumerate(compiled) if offences]
    try:
        for statement in (
            _plan_statements(connection, queries, table) if table.num_rows > FEW_ROWS else [_join_queries(queries)]
        ):
            for at, position, number, value, other in connection.execute(statement).fetchall() if statement else ():
                found[at].append(_ViolatingRow(position, compiled[at][1][number], value, other))
    except UNJUDGEABLE:
        _refuse_unjudgeable(connection, compiled, contract)
        raise
    return found


def _plan_statements(
    connection: duckdb.DuckDBPyConnection, queries: Sequence[tuple[int, Sequence[Violation]]], table: pa.Table
) -> Iterator[str]:
    """Yield the statements for a large table; the first is about the rows that break a rule on one row."""
    alone = [(at, offences) for at, offences in queries if all(_concerns_row(offence) for offence in offences)]
    if alone:
        broken = " OR ".join(f"({offence.where})" for _, offences in alone for offence in offences)
        connection.execute(f"CREATE TEMP TABLE {SUSPECTS} AS FROM {SUBMITTED} LIMIT 0")
        for part in list_slices(table):
            connection.register("part", part)
            connection.execute(f"INSERT INTO {SUSPECTS} FROM part WHERE {broken}")
        yield _join_queries(
            [(at, [replace(offence, source=SUSPECTS) for offence in offences]) for at, offences in alone]
        )
        connection.execute(f"DROP TABLE {SUSPECTS}")
    for query in queries:
        if query not in alone:
            drop_resident_pages()
            yield _join_queries([query])
    drop_resident_pages()


def _concerns_row(offence: Violation) -> bool:
    return offence.source == SUBMITTED and not offence.common_tables


def _join_queries(queries: Sequence[tuple[int, Sequence[Violation]]]) -> str:
    """Return one statement for those rules, "" for none: number of the rule, position, number of the violation, value, other row."""
    if not queries:
        return ""
    joined = " UNION ALL ".join(f"SELECT {at} AS rule, * FROM ({_build_query(offences)})" for at, offences in queries)
    return f"{joined} ORDER BY rule, position, offence"


def _refuse_unjudgeable(
    connection: duckdb.DuckDBPyConnection, compiled: Sequence[CompiledRule], contract: Contract
) -> None:
    """Raise ContractError for the first rule that cannot be checked by itself."""
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
    """Return a query with one row per violating row: position, number of the violation, value, position of the other row."""
    parts = [
        f"SELECT position, {number} AS offence, CAST({offence.value} AS VARCHAR) AS value, CAST({offence.other} AS BIGINT) AS other "
        f"FROM {offence.source} WHERE {offence.where}"
        for number, offence in enumerate(offences)
    ]
    given = f"WITH {', '.join(offences[0].common_tables)} " if offences[0].common_tables else ""
    return f"{given}{' UNION ALL '.join(parts)}"


def _make_findings(
    rule: RowRule, offenders: Sequence[_ViolatingRow], table: pa.Table, rows: pa.Array, scope: RuleScope
) -> Iterator[Finding]:
    if not offenders:
        return
    cells = _cell_texts(rule, offenders, table)
    lists = {name: _find_codelist(name, scope) for name in cells}
    for place, offender in enumerate(offenders):
        value = (
            SEVERAL.join(cells[name][place] for name in offender.violation.fields)
            if offender.value is None
            else cell_text(offender.value)
        )
        other = "" if offender.other is None else str(rows[offender.other])
        named = {name: name_code(lists[name], texts[place]) for name, texts in cells.items()}
        said = _join_texts(named[name] for name in offender.violation.fields)
        placeholders = {
            **named,
            "value": said if offender.value is None else Text(zh=value, en=value),
            OTHER_ROW: Text(zh=other, en=other),
        }
        at, fix = _propose_value(rule, offender, table) if place < MOST_PROPOSALS else (NO_PLACE, None)
        message = fill_in(rule.message, placeholders)
        yield Finding(
            judge="row",
            type=rule.id,
            severity=rule.severity,
            row=rows[offender.position].as_py(),
            field=offender.violation.field,
            value=value or None,
            message=Text(zh=message.zh + at.zh, en=message.en + at.en) if at is not NO_PLACE else message,
            mend=rule.mend,
            fix=proposed_value(fix),
        )


def _propose_value(rule: RowRule, offender: _ViolatingRow, table: pa.Table) -> tuple[Text, str | None]:
    """Return the place in the cell that is wrong (empty texts if that is all of it), and the value that would be right."""

    def typed_cell(name: str) -> object:
        return table.column(name)[offender.position].as_py()

    field = offender.violation.field
    return explain_place(rule, field, typed_cell) or NO_PLACE, propose_for_rule(rule, field, typed_cell)


def _cell_texts(rule: RowRule, offenders: Sequence[_ViolatingRow], table: pa.Table) -> Mapping[str, Sequence[str]]:
    """Return the cells, as text, that the findings display or mention: field name to one text for each violating row."""
    shown = {name for offence in {offender.violation for offender in offenders} for name in offence.fields}
    wanted = shown | placeholder_names(rule.message)
    names = [name for name in table.column_names if name in wanted]
    taken = table.select(names).take(pa.array([offender.position for offender in offenders], pa.int64()))
    return {name: [cell_text(cell) for cell in taken[name].to_pylist()] for name in names}


LONGEST_INTEGER = 1e15
"""DOUBLEs below this hold every whole number exactly, and are written without exponent or `.0`."""
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def cell_text(cell: object) -> str:
    """Return the cell as a person would write it: no `.0`, ISO dates, masked and cut by `masked_excerpt`; empty for null."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer() and abs(cell) < LONGEST_INTEGER:
            return str(int(cell))
        case str():
            return masked_excerpt(cell) or ""
        case _:
            return str(cell)


def placeholder_names(message: Text) -> set[str]:
    """Return the names in braces of both languages."""
    return {found[1] for sentence in (message.zh, message.en) for found in _PLACEHOLDER.finditer(sentence)}


def fill_in(message: Text, values: Mapping[str, Text]) -> Text:
    """Return both languages with `{name}` replaced by its value; a name without a value becomes empty text."""
    return Text(
        zh=_PLACEHOLDER.sub(lambda found: values.get(found[1], _NOTHING).zh, message.zh),
        en=_PLACEHOLDER.sub(lambda found: values.get(found[1], _NOTHING).en, message.en),
    )


def leave_open(message: Text) -> Text:
    """Return the message of a rule for several rows: an ellipsis stands for what differs from row to row."""
    return Text(zh=_PLACEHOLDER.sub("…", message.zh), en=_PLACEHOLDER.sub("…", message.en))


def _find_codelist(name: str, scope: RuleScope) -> CodeList | None:
    listed = scope.contract.get_field(name).policy.codelist
    return scope.context.codelists.get(listed) if listed else None


def _join_texts(texts: Iterable[Text]) -> Text:
    given = list(texts)
    return Text(zh=SEVERAL.join(one.zh for one in given), en=SEVERAL.join(one.en for one in given))
