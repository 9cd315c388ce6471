"""Rules that certainly hold for a whole table, found by Arrow column by column: DuckDB is not asked about them.

Planning a query costs a millisecond or more for each rule, and most tables break none. A rule that holds may be left undecided; one that
does not hold is never accepted. Not here: what a rule means (the compilers), rules on a row by itself, of which one query asks all at
once (`judge.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from quality.rules.identities import is_credit_code
from quality.rules.rule_queries import FEW_ROWS
from quality.rules.scope import RuleScope
from schemas.codelists import CodeList
from schemas.execution.same_object import SameObject
from schemas.rules.group_rules import ConsistentWithin, UniqueTogether
from schemas.rules.rules import CreditCode, InCodelist, InDataset, RowRule
from schemas.slices import period_days

_FEW_CODES = 4_000
"""Distinct texts up to which Python checks them in less time than DuckDB the rows of a large table."""


def certainly_holds(rule: RowRule, table: pa.Table, scope: RuleScope) -> bool:
    """Returns whether the rule certainly holds for every row of the typed table; False for a rule that cannot be judged."""
    known = _KNOWN.get(rule.kind)
    return known is not None and known(rule, table, scope)


def _has_known_codes(rule: InCodelist, table: pa.Table, scope: RuleScope) -> bool:
    """Whether all codes are of the list and valid on every day, or on the last of the period where that is the day."""
    column, codelist = table.column(rule.field), scope.context.codelists.get(rule.codelist)
    if codelist is None or not pa.types.is_string(column.type):
        return False
    day = period_days(scope.context.slice.period)[1] if rule.as_of is None else None
    return _are_among(column, _valid_codes(SameObject(codelist), day))


@lru_cache(maxsize=256)
def _valid_codes(of_list: SameObject[CodeList], day: date | None) -> pa.Array:
    """Returns the codes that are valid on the day, on every day for None, and empty text, which no rule asks about."""
    codes = [
        code.code
        for code in of_list.it.codes
        if (code.valid_from is None or (day is not None and code.valid_from <= day))
        and (code.valid_to is None or (day is not None and day <= code.valid_to))
    ]
    return pa.array([*codes, ""], pa.string())


def _has_accepted_values(rule: InDataset, table: pa.Table, scope: RuleScope) -> bool:
    """Whether every text of the one field stands in the accepted rows."""
    accepted = scope.context.datasets.get(rule.dataset)
    if len(rule.fields) > 1 or accepted is None or rule.reference[0] not in accepted.column_names:
        return False
    column, there = table.column(rule.fields[0]), accepted.column(rule.reference[0])
    if not pa.types.is_string(column.type) or not pa.types.is_string(there.type):
        return False
    return _are_among(column, pa.chunked_array([*there.chunks, pa.array([""])], pa.string()))


def _has_credit_codes(rule: CreditCode, table: pa.Table, _: RuleScope) -> bool:
    """Whether every text is a credit code, in a column of few distinct ones: DuckDB would check each row, and owners repeat."""
    column = table.column(rule.field)
    if not pa.types.is_string(column.type):
        return False
    texts = pc.unique(column)
    return len(texts) <= _FEW_CODES and all(is_credit_code(text) for text in texts.to_pylist() if text)


def _has_no_equal_rows(rule: UniqueTogether, table: pa.Table, _: RuleScope) -> bool:
    """Whether no two rows of a small table have the same fields."""
    return _can_count_groups(table, rule.fields) and _count_groups(table, *rule.fields) == table.num_rows


def _has_one_value_for_each_key(rule: ConsistentWithin, table: pa.Table, _: RuleScope) -> bool:
    """Whether the rows of a small table that have the same key have the same fields."""
    if not _can_count_groups(table, [rule.key]):
        return False
    return _count_groups(table, rule.key, *rule.fields) == _count_groups(table, rule.key)


def _can_count_groups(table: pa.Table, names: Sequence[str]) -> bool:
    """Whether Arrow counts groups of these columns faster than DuckDB and with the same result; not for doubles, in which 0.0 equals -0.0."""
    return table.num_rows <= FEW_ROWS and not any(pa.types.is_floating(table.column(name).type) for name in names)


def _count_groups(table: pa.Table, *names: str) -> int:
    """Returns how many combinations of values there are; an empty text and null are two."""
    count: int = table.group_by(list(dict.fromkeys(names)), use_threads=False).aggregate([]).num_rows
    return count


def _are_among(column: pa.ChunkedArray, known: pa.Array | pa.ChunkedArray) -> bool:
    """Whether every cell that is not null is one of the known texts."""
    found = pc.sum(pc.is_in(column, value_set=known, skip_nulls=True), min_count=0).as_py()
    return bool(found == len(column) - column.null_count)


# Any: each takes the one model whose `kind` is its key, as the compilers do.
_KNOWN: Mapping[str, Callable[[Any, pa.Table, RuleScope], bool]] = {
    "in_codelist": _has_known_codes,
    "credit_code": _has_credit_codes,
    "in_dataset": _has_accepted_values,
    "unique_together": _has_no_equal_rows,
    "consistent_within": _has_one_value_for_each_key,
}
