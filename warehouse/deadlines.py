"""Deadlines as of a day: items of a dataset that have a limit set by law, counted or listed, and hand-ins that a department owes.

Items are computed by SQL on the rows of a dataset, with the last days joined in. Not here: the limits
(`schemas/time_limits/time_limits.py`), the tables that show what was due (`warehouse/analyst_file/due.py`), which hand-ins are owed
(`pipelines/submissions/timeliness.py`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import pyarrow as pa

from schemas.contract import Contract
from schemas.slices import SliceKey, period_days
from schemas.time_limits.time_limits import LimitedDataset, TimeLimitRule, last_day, read_time_limits
from schemas.time_limits.workdays import Deadline
from warehouse import sql

STATE_COUNTS = """
    count(*) FILTER (state = 'met') AS met, count(*) FILTER (state = 'overdue' AND met_date IS NOT NULL) AS late,
    count(*) FILTER (state = 'overdue' AND met_date IS NULL) AS missing, count(*) FILTER (state = 'due') AS due,
    count(*) FILTER (state = 'due' AND provisional) AS provisional
"""
"""SQL over rows of `meta.due`: done in time, done too late, not done and too late, still time; of the last, with a last day that may move."""


class OwedSlice(NamedTuple):
    """A hand-in that a department owes for a cycle that ended on `ended`; `stands`: its rows are in the lake."""

    slice: SliceKey
    ended: date
    deadline: Deadline
    stands: bool

    def is_late(self, today: date) -> bool:
        """Whether its rows are not in the lake and its last day is before `today`."""
        return not self.stands and self.deadline.day < today


class OwedSlices(NamedTuple):
    """What is owed on a day, and the next day on which a cycle ends for one of the datasets; None without cycles."""

    slices: Sequence[OwedSlice] = ()
    changes_on: date | None = None


def list_applied(contract: Contract) -> list[tuple[TimeLimitRule, LimitedDataset]]:
    """Returns the limits set by law on a dataset whose fields (those of the limit, and of the key of an item) are all public."""
    public = {field.name for field in contract.public_fields()}
    return [
        (rule, applied)
        for rule in read_time_limits().values()
        for applied in rule.applies
        if applied.dataset == contract.name and {*applied.fields, *contract.primary_key} <= public
    ]


def count_items(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    contract: Contract,
    rule: TimeLimitRule,
    applied: LimitedDataset,
    today: date,
) -> dict[str, int]:
    """Returns how many items of one limit there are by `STATE_COUNTS`; `place`: the table of the dataset, as SQL names it."""
    _register_deadlines(connection, place, rule, applied)
    query = f"SELECT {STATE_COUNTS} FROM ({_items_sql(place, contract, rule, applied)})"
    found = connection.execute(query, {"today": today})
    names = [column[0] for column in found.description]
    counts = dict(zip(names, found.fetchall()[0], strict=True))
    connection.unregister("deadline")
    return counts


def find_items(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    contract: Contract,
    rule: TimeLimitRule,
    applied: LimitedDataset,
    today: date,
) -> pa.Table:
    """Returns the items of one limit in the columns of `meta.due`, one row each; `place` as in `count_items`."""
    _register_deadlines(connection, place, rule, applied)
    query = f"{_items_sql(place, contract, rule, applied)} ORDER BY ALL"
    rows = connection.sql(query, params={"today": today}).to_arrow_table()
    connection.unregister("deadline")
    return rows


def _register_deadlines(
    connection: duckdb.DuckDBPyConnection, place: str, rule: TimeLimitRule, applied: LimitedDataset
) -> None:
    """Registers the table `deadline` on the connection: the last day for each trigger that occurs in the dataset."""
    trigger = sql.quote_name(applied.trigger)
    found = connection.execute(f"SELECT DISTINCT {trigger} FROM {place} WHERE {trigger} IS NOT NULL").fetchall()
    connection.register("deadline", _list_deadlines(rule, (value for (value,) in found)))


def _items_sql(place: str, contract: Contract, rule: TimeLimitRule, applied: LimitedDataset) -> str:
    """Returns the query of the items of one limit as of `$today`, in the columns of `meta.due`."""
    key = ", ".join(f"CAST(item.{sql.quote_name(name)} AS VARCHAR)" for name in contract.primary_key)
    event = f"item.{sql.quote_name(applied.event)}"
    return f"""
        SELECT {sql.quote_text(rule.id)} AS rule, {sql.quote_text(contract.name)} AS dataset, item.department, item.period,
            concat_ws('|', {key}) AS key, deadline.start AS trigger_date, deadline.due AS due_date, {event} AS met_date,
            CASE WHEN {event} <= deadline.due THEN 'met'
                WHEN {event} IS NOT NULL OR deadline.due < $today THEN 'overdue' ELSE 'due' END AS state,
            deadline.provisional
        FROM {place} item JOIN deadline ON item.{sql.quote_name(applied.trigger)} = deadline.value
        WHERE {_condition_sql(applied)}
    """


def _list_deadlines(rule: TimeLimitRule, values: Iterable[date | str]) -> pa.Table:
    """Returns the last day of the limit for each trigger value (a day, or a period by its last day) on which the limit was in force."""
    starts = {value: value if isinstance(value, date) else period_days(value)[1] for value in values}
    rows = [(value, start, *last_day(rule.limit, start)) for value, start in starts.items() if rule.is_in_force(start)]
    kinds = [
        pa.string() if any(isinstance(value, str) for value in starts) else pa.date32(),
        pa.date32(),
        pa.date32(),
        pa.bool_(),
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.Table.from_arrays(arrays, names=["value", "start", "due", "provisional"])


def _condition_sql(applied: LimitedDataset) -> str:
    if applied.when is None:
        return "true"
    field = f"item.{sql.quote_name(applied.when.field)}"
    values = ", ".join(sql.quote_text(str(value)) for value in applied.when.is_in)
    return f"CAST({field} AS VARCHAR) IN ({values})" if values else f"{field} IS NOT NULL"
