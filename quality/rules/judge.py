"""The judge of rows: runs every rule of a contract over the rows of one submission and makes its findings.

One in-memory DuckDB for each call, closed to files and extensions; one query for each rule. Not here: what a rule means (the compilers),
what becomes of the findings (`quality/verdict.py`).
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import Finding
from quality.rules.compilers import offences_of
from quality.rules.context import RuleContext
from quality.rules.messages import filled_in, placeholders, text_of
from quality.rules.offences import SUBMITTED, Offence, quoted
from quality.rules.references import register_references
from quality.rules.scope import TEXTS, Scope, column_name
from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.rules import RowRule
from schemas.text import Text

SEALED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
}
"""No query of ours has business with files or the network."""
OTHER_ROW = "other_row"
SEVERAL = " / "
"""Stands between the values of a finding that shows more than one field."""


def judge_rows(table: pa.Table, rows: pa.Array, contract: Contract, context: RuleContext) -> list[Finding]:
    """What is wrong with the rows by the contract's rules: in the order of the rules, then of the rows.

    `table`: one row a row of the file, typed, the contract's fields; `rows`: their ascending numbers in the file (header = 1).
    Without rows there are no findings. A rule's message may use `{value}`, `{other_row}` (the row collided with) and any
    field's name. ContractError if a rule cannot be judged: wrong type of field, bad pattern, a code list that is not there.
    """
    if table.num_rows == 0:
        return []
    scope = Scope(contract, context)
    with duckdb.connect(config=SEALED) as connection:
        register_references(connection, scope)
        _register_submission(connection, table, contract)
        return [
            finding
            for rule in contract.rules
            for finding in _findings(rule, *_offenders(connection, rule, scope), table, rows)
        ]


def _register_submission(connection: duckdb.DuckDBPyConnection, table: pa.Table, contract: Contract) -> None:
    """The rows as the view SUBMITTED: columns named by `column_name`, `position` from 0, empty text as NULL."""
    names = [column_name(contract, field.name) for field in contract.fields]
    columns = [table.column(field.name) for field in contract.fields]
    position = pc.subtract(pc.cumulative_sum(pa.repeat(1, table.num_rows)), 1)
    numbered = pa.table([position, *columns], names=["position", *names])
    connection.register("rows_of_the_file", numbered)
    selected = [
        f"nullif({quoted(name)}, '') AS {quoted(name)}" if field.type in TEXTS else quoted(name)
        for name, field in zip(names, contract.fields, strict=True)
    ]
    connection.execute(f"CREATE TEMP VIEW {SUBMITTED} AS SELECT position, {', '.join(selected)} FROM rows_of_the_file")


def _offenders(
    connection: duckdb.DuckDBPyConnection, rule: RowRule, scope: Scope
) -> tuple[Sequence[Offence], pa.Table]:
    """The rule's offences, and one row for each place where one was found: position, number of the offence, value, other."""
    offences = offences_of(rule, scope)
    queries = [
        f"SELECT position, {number} AS offence, CAST({offence.value} AS VARCHAR) AS value, CAST({offence.other} AS BIGINT) AS other "
        f"FROM {offence.source} WHERE {offence.where}"
        for number, offence in enumerate(offences)
    ]
    if not queries:
        return offences, pa.table({"position": pa.array([], pa.int64())})
    query = f"{' UNION ALL '.join(queries)} ORDER BY position, offence"
    try:
        return offences, connection.sql(query).to_arrow_table()
    except (duckdb.BinderException, duckdb.InvalidInputException) as wrong:
        raise ContractError(
            Text(
                zh=f"契约 {scope.contract.name} 的规则 {rule.id} 无法执行，请改规则：{wrong}",
                en=f"rule {rule.id} of contract {scope.contract.name} cannot be judged, change it: {wrong}",
            )
        ) from wrong


def _findings(
    rule: RowRule, offences: Sequence[Offence], offenders: pa.Table, table: pa.Table, rows: pa.Array
) -> Iterator[Finding]:
    if offenders.num_rows == 0:
        return
    cells = _cells(rule, offences, offenders, table)
    numbers = rows.take(offenders["position"].combine_chunks()).to_pylist()
    others = rows.take(offenders["other"].combine_chunks()).to_pylist()
    which, values = offenders["offence"].to_pylist(), offenders["value"].to_pylist()
    for place, (number, other) in enumerate(zip(numbers, others, strict=True)):
        offence = offences[which[place]]
        value = (
            SEVERAL.join(cells[name][place] for name in offence.shown or (offence.field,))
            if values[place] is None
            else text_of(values[place])
        )
        said = {name: texts[place] for name, texts in cells.items()} | {"value": value, OTHER_ROW: text_of(other)}
        yield Finding(
            judge="row",
            type=rule.id,
            severity=rule.severity,
            row=number,
            field=offence.field,
            value=value or None,
            message=filled_in(rule.message, said),
            mend=rule.mend,
        )


def _cells(
    rule: RowRule, offences: Sequence[Offence], offenders: pa.Table, table: pa.Table
) -> Mapping[str, Sequence[str]]:
    """The cells, as text, that the rule's findings show or speak of: field name to one text for each offender."""
    wanted = {name for offence in offences for name in offence.shown or (offence.field,)} | placeholders(rule.message)
    taken = table.select([name for name in table.column_names if name in wanted]).take(offenders["position"])
    return {name: [text_of(cell) for cell in taken[name].to_pylist()] for name in taken.column_names}
