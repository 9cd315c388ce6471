"""`meta.time_limit` and `meta.due`: what was due when, and when the file must be made again because a day has passed."""

from dataclasses import replace
from datetime import date, datetime

import duckdb
import pyarrow as pa
import pytest

from schemas.slices import SliceKey
from schemas.time_limits.time_limits import read_time_limits
from schemas.time_limits.workdays import Deadline
from support.contracts import contract_with
from support.stocks import NOW, stock_at
from warehouse.analyst_file.database import is_current, rebuild_database
from warehouse.deadlines import OwedSlice, OwedSlices
from warehouse.layout import Layout
from warehouse.types import arrow_schema

BUDGET = contract_with(["id", "approved_date:date", "published_date:date"], name="budget_line")
LOTTERY = contract_with(["id", "published_date:date"], name="lottery_fund")
PROPOSAL = contract_with(["id", "kind", "received_date:date", "reply_date:date"], name="proposal")
TODAY = date(2026, 11, 25)
NOTHING_OWED = OwedSlices()


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path)


def at(day):
    return datetime.combine(day, NOW.timetz())


def stock_with(layout, contract, *rows, period="2025", owed=NOTHING_OWED):
    stock = stock_at(layout.home)
    stock = replace(stock, contracts={**stock.contracts, contract.name: contract}, find_owed=lambda _: owed)
    schema = arrow_schema(contract)
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    table = pa.table(columns, schema=schema.remove_metadata())
    stock.lake.replace_slices(contract, {SliceKey(dataset=contract.name, department="210100", period=period): table}, {}, NOW)  # fmt: skip
    return stock


def ask(layout, query):
    with duckdb.connect(str(layout.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def test_an_item_is_met_overdue_or_due_and_without_a_trigger_or_a_limit_in_force_it_has_no_row(layout):
    stock = stock_with(
        layout,
        BUDGET,
        ("in time", date(2026, 11, 1), date(2026, 11, 21)),
        ("late", date(2026, 11, 1), date(2026, 11, 22)),
        ("missing", date(2026, 11, 4), None),
        ("last day", date(2026, 11, 5), None),
        ("no trigger", None, None),
        ("before the limit", date(2018, 12, 31), None),
    )
    rebuild_database(layout, stock, at(TODAY))
    found = ask(layout, "select key, due_date, met_date, state from meta.due where rule = 'budget-published'")
    assert sorted(found) == [
        ("in time", date(2026, 11, 21), date(2026, 11, 21), "met"),
        ("last day", TODAY, None, "due"),
        ("late", date(2026, 11, 21), date(2026, 11, 22), "overdue"),
        ("missing", date(2026, 11, 24), None, "overdue"),
    ]


def test_a_period_is_a_trigger_on_its_last_day(layout):
    rebuild_database(layout, stock_with(layout, LOTTERY, ("L1", date(2026, 6, 30))), at(TODAY))
    query = "select trigger_date, due_date, state, department, period from meta.due"
    assert ask(layout, query) == [(date(2025, 12, 31), date(2026, 6, 30), "met", "210100", "2025")]


def test_a_condition_chooses_the_limit_of_each_row(layout):
    rows = [(kind, kind, date(2026, 3, 2), None) for kind in ("congress", "cppcc", "cppcc_between", "other")]
    rebuild_database(layout, stock_with(layout, PROPOSAL, *rows), at(TODAY))
    assert ask(layout, "select key, due_date from meta.due order by key") == [
        ("congress", date(2026, 6, 2)),
        ("cppcc", date(2026, 8, 2)),
        ("cppcc_between", date(2026, 8, 2)),
    ]


def test_a_hand_in_is_met_if_it_stands_and_else_due_until_its_last_day(layout):
    key = SliceKey(dataset="budget_line", department="210100", period="2025")
    days = [(date(2026, 11, 24), True), (date(2026, 11, 24), False), (TODAY, False)]
    owed = OwedSlices([OwedSlice(key, date(2026, 10, 31), Deadline(day, True), stands) for day, stands in days])
    rebuild_database(layout, stock_with(layout, BUDGET, ("B1", None, None), owed=owed), at(TODAY))
    assert ask(layout, "select rule, key, due_date, state, provisional from meta.due") == [
        ("hand-in", None, date(2026, 11, 24), "met", True),
        ("hand-in", None, date(2026, 11, 24), "overdue", True),
        ("hand-in", None, TODAY, "due", True),
    ]


def test_the_file_is_made_again_on_the_day_that_changes_a_state_and_not_before(layout):
    stock = stock_with(layout, BUDGET, ("B1", date(2026, 11, 7), None))  # due by 27 November
    assert rebuild_database(layout, stock, at(TODAY)).written
    assert not rebuild_database(layout, stock, at(date(2026, 11, 27))).written
    assert not is_current(layout, stock, date(2026, 11, 28))
    assert rebuild_database(layout, stock, at(date(2026, 11, 28))).written
    assert ask(layout, "select state from meta.due") == [("overdue",)]
    assert not rebuild_database(layout, stock, at(date(2027, 6, 1))).written


def test_the_file_is_made_again_when_a_cycle_ends(layout):
    stock = stock_with(layout, BUDGET, ("B1", None, None), owed=OwedSlices((), date(2026, 12, 1)))
    rebuild_database(layout, stock, at(TODAY))
    assert is_current(layout, stock, date(2026, 11, 30))
    assert not is_current(layout, stock, date(2026, 12, 1))


def test_every_limit_of_the_table_is_listed(layout):
    rebuild_database(layout, stock_at(layout.home), at(TODAY))
    found = dict(ask(layout, "select id, direction from meta.time_limit"))
    assert found == {rule.id: rule.direction for rule in read_time_limits().values()}
    assert set(found.values()) == {"within", "before"}
