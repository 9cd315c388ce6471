"""Rules that refer to other tables: codes in code lists as of a day, keys in the accepted rows of other datasets, stages in those of the own.

Also here: registering those tables in DuckDB. Not here: rows of the same file (`groups`).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import duckdb
import pyarrow as pa

from quality.rules.scope import DAYS, TEXTS, WHOLE_NUMBERS, RuleScope
from quality.rules.violations import (
    SUBMITTED,
    Violation,
    filled_condition,
    join_conditions,
    quote_identifier,
    to_literal,
)
from schemas.codelists import CodeList
from schemas.errors import ContractError
from schemas.execution.same_object import SameObject
from schemas.rules.group_rules import NoStepBack
from schemas.rules.rule_base import Rule
from schemas.rules.rules import InCodelist, InDataset, RowRule
from schemas.slices import period_days
from schemas.text import Text

_STAGE = "stage"
FIRST_YEAR, LAST_YEAR = 1, 9999
"""Years outside become the nearest inside: a year of 8 digits is reported by another rule and must not stop this one."""


def register_references(connection: duckdb.DuckDBPyConnection, scope: RuleScope, rules: Iterable[RowRule]) -> None:
    """Registers every code list and dataset that those rules of the contract name as a table of the connection.

    ContractError if a code list is not in the context, or a dataset lacks a field that a rule refers to.
    """
    for rule in rules:
        if isinstance(rule, InCodelist):
            connection.register(_codelist_table_name(rule), _codelist_table(rule, scope))
        elif isinstance(rule, InDataset):
            connection.register(_accepted_table_name(rule), _reference_table(rule, rule.dataset, rule.reference, scope))
        elif isinstance(rule, NoStepBack):
            table = _reference_table(rule, scope.contract.name, (*rule.key, rule.field), scope)
            connection.register(_accepted_table_name(rule), table)


def compile_in_codelist(rule: InCodelist, scope: RuleScope) -> tuple[Violation, ...]:
    """The code is not in the list, or was not valid on the day; empty is skipped. A year means its last day."""
    column = scope.typed_column(rule, rule.field, TEXTS)
    day = _valid_day(rule, scope)
    valid = f"coalesce(valid_from <= {day}, TRUE) AND coalesce({day} <= valid_to, TRUE)"
    known = f"SELECT 1 FROM {quote_identifier(_codelist_table_name(rule))} WHERE code = {column} AND {valid}"
    return (Violation(rule.field, f"{column} IS NOT NULL AND NOT EXISTS ({known})"),)


def compile_in_dataset(rule: InDataset, scope: RuleScope) -> tuple[Violation, ...]:
    """The values do not occur together in the accepted rows; skipped where one of them is empty.

    A rule that refers to its own dataset also uses the rows of the submission itself, which are about to be accepted.
    """
    columns = [scope.quoted_column(name) for name in rule.fields]
    texts = [scope.column_text(name) for name in rule.fields]
    wanted = join_conditions(f"r{place} = {text}" for place, text in enumerate(texts))
    missing = f"NOT EXISTS (SELECT 1 FROM {quote_identifier(_accepted_table_name(rule))} WHERE {wanted})"
    if rule.dataset == scope.contract.name:
        beside = join_conditions(
            f"beside.{scope.quoted_column(name)} = own.{column}"
            for name, column in zip(rule.reference, columns, strict=True)
        )
        missing += f" AND NOT EXISTS (SELECT 1 FROM {SUBMITTED} AS beside WHERE {beside})"
    source = f"(SELECT position FROM {SUBMITTED} AS own WHERE {filled_condition(columns)} AND {missing})"
    return (Violation(rule.fields[0], "TRUE", source, displayed_fields=rule.fields),)


def compile_no_step_back(rule: NoStepBack, scope: RuleScope) -> tuple[Violation, ...]:
    """The row is in an earlier stage than the accepted row with the same key."""
    own, standing = (_find_stage(rule, text) for text in (f"own.{_STAGE}", f"r{len(rule.key)}"))
    keys = [scope.column_text(name) for name in rule.key]
    columns = ", ".join(f"{text} AS k{place}" for place, text in enumerate(keys))
    same = join_conditions(f"k{place} = r{place}" for place in range(len(keys)))
    source = (
        f"(SELECT own.position FROM (SELECT position, {columns}, {scope.column_text(rule.field)} AS {_STAGE} FROM {SUBMITTED}) AS own "
        f"SEMI JOIN {quote_identifier(_accepted_table_name(rule))} ON {same} AND {own} < {standing})"
    )
    return (Violation(rule.field, "TRUE", source),)


def _find_stage(rule: NoStepBack, text: str) -> str:
    """Returns the place of a code among the stages as SQL; NULL for a code that is in none."""
    cases = (
        f"WHEN {text} IN ({', '.join(map(to_literal, codes))}) THEN {place}" for place, codes in enumerate(rule.stages)
    )
    return f"CASE {' '.join(cases)} END"


def _codelist_table_name(rule: InCodelist) -> str:
    return f"codes of {rule.codelist}"


def _accepted_table_name(rule: InDataset | NoStepBack) -> str:
    return f"rows for {rule.id}"


def _valid_day(rule: InCodelist, scope: RuleScope) -> str:
    _, last = period_days(scope.context.slice.period)
    if rule.as_of is None:
        return to_literal(last)
    column = scope.typed_column(rule, rule.as_of, DAYS | WHOLE_NUMBERS)
    if scope.field_type(rule.as_of) in DAYS:
        return f"coalesce(CAST({column} AS DATE), {to_literal(last)})"
    year = f"CAST(greatest(least({column}, {LAST_YEAR}), {FIRST_YEAR}) AS INTEGER)"
    return f"CASE WHEN {column} IS NULL THEN {to_literal(last)} ELSE make_date({year}, 12, 31) END"


def _codelist_table(rule: InCodelist, scope: RuleScope) -> pa.Table:
    lists = scope.context.codelists
    if rule.codelist not in lists:
        raise _missing_reference_error(rule, f"代码表 {rule.codelist}", f"code list {rule.codelist}", lists)
    return _make_codelist_table(SameObject(lists[rule.codelist]))


@lru_cache(maxsize=128)
def _make_codelist_table(of_list: SameObject[CodeList]) -> pa.Table:
    codes = of_list.it.codes
    return pa.table(
        {
            "code": pa.array([code.code for code in codes], pa.string()),
            "valid_from": pa.array([code.valid_from for code in codes], pa.date32()),
            "valid_to": pa.array([code.valid_to for code in codes], pa.date32()),
        }
    )


def _reference_table(rule: Rule, dataset: str, fields: Sequence[str], scope: RuleScope) -> pa.Table:
    """Returns the fields of the dataset that the rule asks for as text columns r0, r1, …; no rows if nothing has been accepted yet."""
    names = [f"r{place}" for place in range(len(fields))]
    texts = pa.schema([(name, pa.string()) for name in names])
    table = scope.context.datasets.get(dataset)
    if table is None:
        return texts.empty_table()
    if absent := set(fields) - set(table.column_names):
        what = ", ".join(sorted(absent))
        raise _missing_reference_error(
            rule, f"{dataset} 的字段 {what}", f"field {what} of {dataset}", table.column_names
        )
    return table.select(list(fields)).rename_columns(names).cast(texts)


def _missing_reference_error(
    rule: Rule, zh: str, en: str, there: Sequence[str] | Mapping[str, object]
) -> ContractError:
    names = ", ".join(there)
    return ContractError(
        Text(zh=f"规则 {rule.id} 找不到{zh}；现有：{names}", en=f"rule {rule.id} finds no {en}; there are: {names}")
    )
