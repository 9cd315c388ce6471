"""The tables `meta.time_limit` and `meta.due`: which limits there are, and what was due when, by item and by hand-in.

Items are computed by SQL on the dataset tables that were just written, with the last days joined in; hand-ins come from the
caller. Here too: the first day on which a state changes. Not here: the limits (`schemas/time_limits.py`), other tables of `meta`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import duckdb
import pyarrow as pa

from schemas.contract import Contract
from schemas.slices import SliceKey, period_days
from schemas.time_limits import HAND_IN, LimitedDataset, TimeLimitRule, last_day, read_time_limits
from schemas.workdays import Deadline
from warehouse import sql
from warehouse.meta import FLAG, TEXT, DescribedTable, describe_table

_DAY = pa.date32()
_DUE_COLUMNS = {
    "rule": (
        TEXT,
        "时限，见 time_limit；hand-in 为按数据规范报送 / Limit, see time_limit; hand-in: that of the contract",
    ),
    "dataset": (TEXT, "数据集 / Dataset"),
    "department": (TEXT, "单位代码 / Department"),
    "period": (TEXT, "期间 / Period"),
    "key": (TEXT, "主键值，以 | 分隔；报送为空 / Values of the primary key, joined by |; empty for a hand-in"),
    "trigger_date": (_DAY, "起算日，不计入 / Day of the trigger, not counted"),
    "due_date": (_DAY, "最后一日 / Last day"),
    "met_date": (_DAY, "完成日，可能已逾期；报送为空 / Day of the event, maybe too late; empty for a hand-in"),
    "state": (
        TEXT,
        "按期（报送为已报送）、逾期或未到期 / met: in time, of a hand-in: handed in; overdue: late or not yet; due: still time",
    ),
    "provisional": (FLAG, "最后一日是否暂定 / Whether holidays of a year are not known yet"),
}

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


def time_limit_table(rules: Mapping[str, TimeLimitRule]) -> DescribedTable:
    """Build the table of time limits: one row each; key id."""
    columns = {
        "id": (TEXT, "编号 / Id"),
        "title_zh": (TEXT, "中文名 / Chinese title"),
        "title_en": (TEXT, "英文名 / English title"),
        "trigger_zh": (TEXT, "起算事项，中文 / Trigger, in Chinese"),
        "trigger_en": (TEXT, "起算事项，英文 / Trigger, in English"),
        "event_zh": (TEXT, "应办事项，中文 / Event, in Chinese"),
        "event_en": (TEXT, "应办事项，英文 / Event, in English"),
        "limit": (TEXT, "期限（JSON） / Limit, as JSON"),
        "direction": (TEXT, "之后或之前 / within: after the trigger; before: ahead of it"),
        "clause": (TEXT, "条款 / Clause"),
        "source": (TEXT, "出处 / Source"),
        "sure": (TEXT, "已核对或待核 / verified, or to_confirm"),
        "valid_from": (_DAY, "启用日期 / Valid from"),
        "valid_to": (_DAY, "停用日期 / Valid to"),
    }
    rows = [
        (
            *(rule.id, rule.title.zh, rule.title.en, rule.trigger.zh, rule.trigger.en, rule.event.zh, rule.event.en),
            *(rule.limit.model_dump_json(), rule.direction, rule.clause, rule.source, rule.sure),
            *(rule.valid_from, rule.valid_to),
        )
        for rule in rules.values()
    ]
    return describe_table("time_limit", "法定时限：一行一项 / Time limits: one row each", columns, rows)


def due_table(
    connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], owed: OwedSlices, today: date
) -> DescribedTable:
    """Build the table of what was due: one row per item and limit, and per hand-in; states as of `today`.

    Reads the dataset tables of the attached database `fresh`. An item whose trigger is empty, or from a day on which the limit
    was not in force, has no row.
    """
    about = "时限执行：一行一件或一次报送 / What is due: one row an item or a hand-in"
    slices = describe_table("due", about, _DUE_COLUMNS, _list_slices(owed, today))
    items = [
        _find_items(connection, contract, rule, applied, today)
        for contract in contracts.values()
        for rule, applied in list_applied(contract)
    ]
    schema = slices.table.schema
    return DescribedTable("due", about, pa.concat_tables([slices.table, *(table.cast(schema) for table in items)]))


def find_next_change(due: DescribedTable, owed: OwedSlices, today: date) -> date | None:
    """Return the first day after `today` on which a state or the list of hand-ins changes; None if none will."""
    hand_ins = {owed_slice.deadline.day for owed_slice in owed.slices}
    open_days = {
        day
        for day, state in zip(due.table["due_date"].to_pylist(), due.table["state"].to_pylist(), strict=True)
        if state == "due"
    }
    days = [day + timedelta(days=1) for day in hand_ins | open_days if day >= today]
    return min([*days, *([owed.changes_on] if owed.changes_on else [])], default=None)


def _list_slices(owed: OwedSlices, today: date) -> Iterator[tuple[object, ...]]:
    for one in owed.slices:
        state = "met" if one.stands else "overdue" if one.is_late(today) else "due"
        place = (HAND_IN, one.slice.dataset, one.slice.department, one.slice.period, None)
        yield (*place, one.ended, one.deadline.day, None, state, one.deadline.provisional)


def list_applied(contract: Contract) -> list[tuple[TimeLimitRule, LimitedDataset]]:
    """Return the limits of law on a dataset, of which its public fields hold what the limit and the key of an item need."""
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
    """Return how many items of one limit there are by `STATE_COUNTS`; `place`: the table of the dataset, as SQL names it."""
    _register_deadlines(connection, place, rule, applied)
    query = f"SELECT {STATE_COUNTS} FROM ({_items_sql(place, contract, rule, applied)})"
    found = connection.execute(query, {"today": today})
    names = [column[0] for column in found.description]
    counts = dict(zip(names, found.fetchall()[0], strict=True))
    connection.unregister("deadline")
    return counts


def _find_items(
    connection: duckdb.DuckDBPyConnection, contract: Contract, rule: TimeLimitRule, applied: LimitedDataset, today: date
) -> pa.Table:
    """Return the rows of one limit on one dataset in the columns of `meta.due`."""
    place = f"fresh.main.{sql.quote_name(contract.name)}"
    _register_deadlines(connection, place, rule, applied)
    query = f"{_items_sql(place, contract, rule, applied)} ORDER BY ALL"
    rows = connection.sql(query, params={"today": today}).to_arrow_table()
    connection.unregister("deadline")
    return rows


def _register_deadlines(
    connection: duckdb.DuckDBPyConnection, place: str, rule: TimeLimitRule, applied: LimitedDataset
) -> None:
    """Make the last day for each trigger in the table known to the connection as `deadline`."""
    trigger = sql.quote_name(applied.trigger)
    found = connection.execute(f"SELECT DISTINCT {trigger} FROM {place} WHERE {trigger} IS NOT NULL").fetchall()
    connection.register("deadline", _list_deadlines(rule, (value for (value,) in found)))


def _items_sql(place: str, contract: Contract, rule: TimeLimitRule, applied: LimitedDataset) -> str:
    """Return the query of the items of one limit as of `$today`, in the columns of `meta.due`."""
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
    """Return the last day of the limit for each day, or last day of a period, on which it was in force."""
    starts = {value: value if isinstance(value, date) else period_days(value)[1] for value in values}
    rows = [(value, start, *last_day(rule.limit, start)) for value, start in starts.items() if rule.is_in_force(start)]
    kinds = [TEXT if any(isinstance(value, str) for value in starts) else _DAY, _DAY, _DAY, FLAG]
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.Table.from_arrays(arrays, names=["value", "start", "due", "provisional"])


def _condition_sql(applied: LimitedDataset) -> str:
    if applied.when is None:
        return "true"
    field = f"item.{sql.quote_name(applied.when.field)}"
    values = ", ".join(sql.quote_text(str(value)) for value in applied.when.is_in)
    return f"CAST({field} AS VARCHAR) IN ({values})" if values else f"{field} IS NOT NULL"
