"""A relation as one query of DuckDB over two tables, `own` (the dataset) and `other` (the one that it is related to).

The query returns a row for each department: how many rows the relation is about, how many break it, a number that identifies the set of
these, and the first of them by key. Large tables can be cut into shards that are queried one by one: rows with equal compared values are
in the same shard. The order of the rows changes no result. Pure. Not here: running it (`relation_judge.py`).
"""

from collections.abc import Iterable, Sequence
from typing import Literal, assert_never

from quality.rules.violations import join_conditions, quote_identifier, to_literal
from schemas.contract import SLICE_COLUMNS, Contract
from schemas.relations import (
    Exclusion,
    Implication,
    Membership,
    Reference,
    Relation,
    RowRelation,
    SumComparison,
    ValueComparison,
)
from schemas.rules.rule_base import Condition

Side = Literal["own", "other"]
OWN: Side = "own"
OTHER: Side = "other"
NEWEST = "newest"
"""The table with `department` and `to_newest` of `other`, which a shard of `other` alone cannot tell; of all its rows, or the newest years only."""
SHARD = "shard_number"
MOST_EXAMPLES = 5
"""Broken rows that are named for each department."""
BETWEEN_KEYS = " / "
"""Separates the values of a key of several fields."""


def build_query(relation: Relation, key: Sequence[str]) -> str:
    """Returns the query; `key`: the fields that name a broken row in results, none of them personal."""
    query = _ask_groups(relation, key) if isinstance(relation, SumComparison) else _ask_rows(relation, key)
    example = "{'key': key, 'period': period}"
    return (
        f"WITH asked AS ({query}) SELECT department, count(*) AS asked, count_if(broken) AS broken, "
        f"bit_xor(md5_number(concat_ws('/', department, period, key))) FILTER (broken) AS mark, "
        f"min({example}, {MOST_EXAMPLES}) FILTER (broken) AS examples FROM asked GROUP BY department ORDER BY department"
    )


def list_cut_fields(relation: Relation, own: Contract, other: Contract) -> list[tuple[str, str]]:
    """Returns the compared fields by which rows may be cut into shards: those whose equal values are equal texts too.

    Empty if there are none, then there is one shard. Numbers are left out (-0 is 0), and pairs of two types.
    """
    pairs = zip(relation.fields, relation.to_fields, strict=True)
    return [pair for pair in pairs if own.get_field(pair[0]).type == other.get_field(pair[1]).type != "number"]


def build_cut_query(
    relation: Relation, side: Side, key: Sequence[str], cut_by: Iterable[tuple[str, str]], shards: int
) -> str:
    """Returns the query of the rows of one side that may matter: the columns that `build_query` needs, and `SHARD`, a number below `shards`.

    `key` as in `build_query`, `cut_by` as `list_cut_fields` returns it.
    """
    if side == OWN:
        columns, chosen = (*SLICE_COLUMNS, *relation.own_fields, *key), _choose_own(relation)
        values = [f"{_column(OWN, name)}{_write_offset(_find_offset(relation, name))}" for name, _ in cut_by]
    else:
        columns, chosen = relation.other_fields, _build_conditions(OTHER, relation.to_when)
        values = [_column(OTHER, name) for _, name in cut_by]
    texts = ", ".join(f"CAST({value} AS VARCHAR)" for value in values)
    # Not DuckDB's hash(), which differs between versions: workers may have another one.
    shard = f"md5_number_lower(concat_ws('/', {texts})) % {shards}" if values else "0"
    return f"SELECT {_list_columns(side, dict.fromkeys(columns))}, {shard} AS {SHARD} FROM {side} WHERE {chosen}"


def build_newest_query(relation: Implication) -> str:
    """Returns the query of the newest year of each department in `other`, in the columns of `NEWEST`; `to_newest` must be set."""
    year = quote_identifier(relation.to_newest or "")
    return f"SELECT {SLICE_COLUMNS[0]}, max({year}) AS {year} FROM {OTHER} GROUP BY ALL"


def _ask_rows(relation: RowRelation, key: Sequence[str]) -> str:
    """Returns a query with one row for each row that the relation is about: its slice, its key, and whether it breaks the relation."""
    return (
        f"SELECT {_list_columns(OWN, SLICE_COLUMNS)}, {_build_key(OWN, key)} AS key, {_build_breach(relation)} AS broken "
        f"FROM {OWN} WHERE {_choose_asked(relation)}"
    )


def _choose_own(relation: Relation) -> str:
    """Returns the condition that a row meets every condition of `when`, and that its `day` is one on which the relation was in force."""
    days = []
    if relation.day:
        days.append(f"coalesce({_column(OWN, relation.day)} >= {to_literal(relation.valid_from)}, FALSE)")
        if relation.valid_to:
            days.append(f"{_column(OWN, relation.day)} <= {to_literal(relation.valid_to)}")
    return join_conditions([_build_conditions(OWN, relation.when), *days])


def _choose_asked(relation: RowRelation) -> str:
    when = _choose_own(relation)
    match relation:
        case Implication():
            return join_conditions([when, *_choose_due(relation)])
        case Reference() | Exclusion():
            needed = [*relation.fields, *([relation.as_of] if relation.as_of else [])]
            return join_conditions([when, *_are_filled(OWN, needed)])
        case Membership():
            group = _find_row(relation, join_conditions(_are_filled(OTHER, [relation.to_value])))
            return join_conditions([when, *_are_filled(OWN, [*relation.fields, relation.value]), group])
        case ValueComparison():
            found = _find_row(relation, join_conditions(_are_filled(OTHER, [relation.to_value])))
            return join_conditions([when, *_are_filled(OWN, [*relation.fields, relation.value]), found])
        case _:
            assert_never(relation)


def _build_breach(relation: RowRelation) -> str:
    match relation:
        case Reference():
            return f"NOT {_find_row(relation, _is_valid(relation))}"
        case Exclusion():
            return _find_row(relation, _is_valid(relation))
        case Implication():
            newest = (
                f"{_column(OTHER, relation.to_newest)} = {_find_newest(relation.to_newest)}"
                if relation.to_newest
                else "TRUE"
            )
            return f"NOT {_find_row(relation, newest)}"
        case Membership():
            same = f"{_column(OTHER, relation.to_value)} = {_column(OWN, relation.value)}"
            return f"NOT {_find_row(relation, same)}"
        case ValueComparison():
            value = _column(OWN, relation.value)
            value = _build_day(value, relation.year_day) if relation.year_day else value
            return _find_row(relation, f"NOT {value} {relation.op} {_column(OTHER, relation.to_value)}")
        case _:
            assert_never(relation)


def _choose_due(relation: Implication) -> list[str]:
    """Returns the conditions that the department handed in some year of `other`, and that a row was there by the day of the newest."""
    if relation.to_newest is None:
        return []
    newest = _find_newest(relation.to_newest)
    if relation.since is None or relation.year_day is None:
        return [f"{newest} IS NOT NULL"]
    there = f"coalesce({_column(OWN, relation.since)} <= {_build_day(newest, relation.year_day)}, TRUE)"
    return [f"{newest} IS NOT NULL", there]


def _find_newest(year: str) -> str:
    """Returns the newest year of `other` that the row's department has handed in; NULL if none."""
    department = SLICE_COLUMNS[0]
    same = f"{_column(NEWEST, department)} = {_column(OWN, department)}"
    return f"(SELECT max({_column(NEWEST, year)}) FROM {NEWEST} WHERE {same})"


def _build_day(year: str, year_day: str) -> str:
    """Returns a day of a year as a date; `year_day`: month and day, as 06-30."""
    month, day = year_day.split("-")
    return f"make_date(CAST({year} AS BIGINT), {int(month)}, {int(day)})"


def _find_row(relation: Relation, more: str) -> str:
    """Returns the condition that `other` has a row with the same values, chosen by `to_when`, for which `more` is true."""
    pairs = zip(relation.fields, relation.to_fields, strict=True)
    same = [
        f"{_column(OTHER, other)} = {_column(OWN, own)}{_write_offset(_find_offset(relation, own))}"
        for own, other in pairs
    ]
    where = join_conditions([*same, _build_conditions(OTHER, relation.to_when), more])
    return f"EXISTS (SELECT 1 FROM {OTHER} WHERE {where})"


def _find_offset(relation: Relation, field: str) -> int:
    return relation.offsets.get(field, 0) if isinstance(relation, Reference | Exclusion) else 0


def _write_offset(offset: int) -> str:
    return f" + ({offset})" if offset else ""


def _is_valid(relation: Reference | Exclusion) -> str:
    """Returns the condition that a row of `other` was valid on the day `as_of`; always true without one."""
    if relation.as_of is None:
        return "TRUE"
    day = _column(OWN, relation.as_of)
    bounds = []
    if relation.to_from:
        bounds.append(f"coalesce({_column(OTHER, relation.to_from)} <= {day}, TRUE)")
    if relation.to_until:
        bounds.append(f"coalesce({day} <= {_column(OTHER, relation.to_until)}, TRUE)")
    return join_conditions(bounds)


def _ask_groups(relation: SumComparison, key: Sequence[str]) -> str:
    """Returns a query with one row for each group that both datasets have; it is named by its fields and both sums."""
    slice_ = ", ".join(f"'{name}': {_column(OWN, name)}" for name in SLICE_COLUMNS)
    first = f", min({{'key': {_build_key(OWN, key)}, {slice_}}}) AS first"
    own = _sum_groups(OWN, relation.fields, relation.sums, _choose_own(relation), first)
    other = _sum_groups(OTHER, relation.to_fields, relation.to_sums, _build_conditions(OTHER, relation.to_when))
    same = join_conditions(f"a.g{at} = b.g{at}" for at in range(len(relation.fields)))
    named = ", ".join(f"CAST(a.g{at} AS VARCHAR)" for at in range(len(relation.fields)))
    margin = to_literal(relation.tolerance)
    breach = {
        "=": f"abs(a.total - b.total) > {margin}",
        "<=": f"a.total > b.total + {margin}",
        ">=": f"a.total < b.total - {margin}",
    }[relation.op]
    return (
        f"SELECT a.first.department, a.first.period, concat(concat_ws('{BETWEEN_KEYS}', {named}), "
        f"format(' ({{}}; {{}})', {_write_sum('a.total')}, {_write_sum('b.total')})) AS key, {breach} AS broken "
        f"FROM ({own}) AS a JOIN ({other}) AS b ON {same}"
    )


def _sum_groups(table: str, fields: Sequence[str], sums: Sequence[str], when: str, more: str = "") -> str:
    columns = ", ".join(f"{_column(table, name)} AS g{at}" for at, name in enumerate(fields))
    added = " + ".join(f"coalesce({_column(table, name)}, 0)" for name in sums)
    where = join_conditions([when, *_are_filled(table, fields)])
    # In a fixed order, on which sums of floating-point numbers depend.
    total = f"sum({added} ORDER BY {added}) AS total"
    return f"SELECT {columns}, {total}{more} FROM {table} WHERE {where} GROUP BY {_list_columns(table, fields)}"


def _write_sum(total: str) -> str:
    return f"regexp_replace(format('{{:.2f}}', CAST({total} AS DOUBLE)), '\\.?0+$', '')"


def _build_conditions(table: str, conditions: Iterable[Condition]) -> str:
    return join_conditions(["TRUE", *(_build_condition(table, one) for one in conditions)])


def _build_condition(table: str, condition: Condition) -> str:
    column = _column(table, condition.field)
    if not condition.is_in:
        return f"{column} IS NOT NULL"
    return f"coalesce({column} IN ({', '.join(to_literal(str(value)) for value in condition.is_in)}), FALSE)"


def _are_filled(table: str, names: Iterable[str]) -> list[str]:
    return [f"{_column(table, name)} IS NOT NULL" for name in names]


def _build_key(table: str, key: Sequence[str]) -> str:
    named = [f"coalesce(CAST({_column(table, name)} AS VARCHAR), '')" for name in key]
    return f"concat_ws('{BETWEEN_KEYS}', {', '.join(named)})" if named else "''"


def _list_columns(table: str, names: Iterable[str]) -> str:
    return ", ".join(_column(table, name) for name in names)


def _column(table: str, name: str) -> str:
    return f"{table}.{quote_identifier(name)}"
