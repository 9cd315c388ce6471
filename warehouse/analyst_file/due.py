"""The tables `meta.time_limit` and `meta.due`: which limits there are, and what was due when, by item and by hand-in.

Items are computed on the dataset tables that were just written; hand-ins come from the caller. Here too: the first day on
which a state changes. Not here: the limits (`schemas/time_limits/time_limits.py`), how items are found (`warehouse/deadlines.py`), other
tables of `meta`.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from schemas.contract import Contract
from schemas.time_limits.time_limits import HAND_IN, TimeLimitRule
from warehouse import sql
from warehouse.analyst_file.meta import FLAG, TEXT, DescribedTable, describe_table
from warehouse.deadlines import OwedSlices, find_items, list_applied

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


def time_limit_table(rules: Mapping[str, TimeLimitRule]) -> DescribedTable:
    """Builds the table of time limits: one row each; key id."""
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
    """Builds the table of what was due: one row per item and limit, and per hand-in; states as of `today`.

    Reads the dataset tables of the attached database `fresh`. An item whose trigger is empty, or from a day on which the limit
    was not in force, has no row.
    """
    about = "时限执行：一行一件或一次报送 / What is due: one row an item or a hand-in"
    slices = describe_table("due", about, _DUE_COLUMNS, _list_slices(owed, today))
    items = [
        find_items(connection, f"fresh.main.{sql.quote_name(contract.name)}", contract, rule, applied, today)
        for contract in contracts.values()
        for rule, applied in list_applied(contract)
    ]
    schema = slices.table.schema
    return DescribedTable("due", about, pa.concat_tables([slices.table, *(table.cast(schema) for table in items)]))


def find_next_change(due: DescribedTable, owed: OwedSlices, today: date) -> date | None:
    """Returns the first day after `today` on which a state or the list of hand-ins changes; None if none will."""
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
