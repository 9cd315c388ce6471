"""Rules that look elsewhere: codes in code lists as of a day, keys in the accepted rows of other datasets.

Here too: handing those tables to DuckDB. Not here: rows of the same file (`groups`).
"""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from quality.rules.scope import DAYS, TEXTS, WHOLE_NUMBERS, Scope
from quality.rules.violations import SUBMITTED, Offence, all_of, filled, literal, quoted
from schemas.errors import ContractError
from schemas.rules import InCodelist, InDataset, Rule
from schemas.slices import days_of
from schemas.text import Text

FIRST_YEAR, LAST_YEAR = 1, 9999
"""Years outside are taken for the nearest inside: a year of 8 digits is another rule's finding, no reason to stop."""


def register_references(connection: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Makes every code list and dataset that the contract's rules name a table of the connection.

    ContractError if a code list is not in the context, or a dataset lacks a field that a rule refers to.
    """
    for rule in scope.contract.rules:
        if isinstance(rule, InCodelist):
            connection.register(_codes(rule), _codelist(rule, scope))
        elif isinstance(rule, InDataset):
            connection.register(_accepted(rule), _reference(rule, scope))


def in_codelist(rule: InCodelist, scope: Scope) -> tuple[Offence, ...]:
    """The code is not in the list, or was not valid on the day; empty is skipped. A year stands for its last day."""
    column = scope.column_of(rule, rule.field, TEXTS)
    day = _day(rule, scope)
    valid = f"coalesce(valid_from <= {day}, TRUE) AND coalesce({day} <= valid_to, TRUE)"
    known = f"SELECT 1 FROM {quoted(_codes(rule))} WHERE code = {column} AND {valid}"
    return (Offence(rule.field, f"{column} IS NOT NULL AND NOT EXISTS ({known})"),)


def in_dataset(rule: InDataset, scope: Scope) -> tuple[Offence, ...]:
    """The values do not occur together in the accepted rows; skipped where one of them is empty.

    A rule that refers to its own dataset also takes the rows of the submission itself, which are about to be accepted.
    """
    columns = [scope.column(name) for name in rule.fields]
    texts = [scope.text(name) for name in rule.fields]
    wanted = all_of(f"r{place} = {text}" for place, text in enumerate(texts))
    missing = f"NOT EXISTS (SELECT 1 FROM {quoted(_accepted(rule))} WHERE {wanted})"
    if rule.dataset == scope.contract.name:
        beside = all_of(
            f"beside.{scope.column(name)} = own.{column}" for name, column in zip(rule.reference, columns, strict=True)
        )
        missing += f" AND NOT EXISTS (SELECT 1 FROM {SUBMITTED} AS beside WHERE {beside})"
    source = f"(SELECT position FROM {SUBMITTED} AS own WHERE {filled(columns)} AND {missing})"
    return (Offence(rule.fields[0], "TRUE", source, shown=rule.fields),)


def _codes(rule: InCodelist) -> str:
    return f"codes of {rule.codelist}"


def _accepted(rule: InDataset) -> str:
    return f"rows for {rule.id}"


def _day(rule: InCodelist, scope: Scope) -> str:
    _, last = days_of(scope.context.slice.period)
    if rule.as_of is None:
        return literal(last)
    column = scope.column_of(rule, rule.as_of, DAYS | WHOLE_NUMBERS)
    if scope.type_of(rule.as_of) in DAYS:
        return f"coalesce(CAST({column} AS DATE), {literal(last)})"
    year = f"CAST(greatest(least({column}, {LAST_YEAR}), {FIRST_YEAR}) AS INTEGER)"
    return f"CASE WHEN {column} IS NULL THEN {literal(last)} ELSE make_date({year}, 12, 31) END"


def _codelist(rule: InCodelist, scope: Scope) -> pa.Table:
    lists = scope.context.codelists
    if rule.codelist not in lists:
        raise _absent(rule, f"代码表 {rule.codelist}", f"code list {rule.codelist}", lists)
    codes = lists[rule.codelist].codes
    return pa.table(
        {
            "code": pa.array([code.code for code in codes], pa.string()),
            "valid_from": pa.array([code.valid_from for code in codes], pa.date32()),
            "valid_to": pa.array([code.valid_to for code in codes], pa.date32()),
        }
    )


def _reference(rule: InDataset, scope: Scope) -> pa.Table:
    """The fields that the rule refers to as text columns r0, r1, …; no rows if nothing was accepted yet."""
    names = [f"r{place}" for place in range(len(rule.reference))]
    texts = pa.schema([(name, pa.string()) for name in names])
    table = scope.context.datasets.get(rule.dataset)
    if table is None:
        return texts.empty_table()
    if absent := set(rule.reference) - set(table.column_names):
        what = ", ".join(sorted(absent))
        raise _absent(rule, f"{rule.dataset} 的字段 {what}", f"field {what} of {rule.dataset}", table.column_names)
    return table.select(list(rule.reference)).rename_columns(names).cast(texts)


def _absent(rule: Rule, zh: str, en: str, there: Sequence[str] | Mapping[str, object]) -> ContractError:
    names = ", ".join(there)
    return ContractError(
        Text(zh=f"规则 {rule.id} 找不到{zh}；现有：{names}", en=f"rule {rule.id} finds no {en}; there are: {names}")
    )
