"""What the analysts' file says of time limits: counted, listed within bounds, and read again only when the file or the day is another one."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from schemas.slices import SliceKey
from schemas.time_limits.time_limits import HAND_IN
from schemas.time_limits.workdays import Deadline
from support.contracts import contract_with
from support.stocks import NOW, stock_at
from warehouse.analyst_file import due_reading
from warehouse.analyst_file.database import rebuild_database
from warehouse.analyst_file.due_reading import DueCounts, keep_due_summary, read_due_summary
from warehouse.deadlines import OwedSlice, OwedSlices
from warehouse.layout import Layout
from warehouse.types import arrow_schema

BUDGET = contract_with(["id", "approved_date:date", "published_date:date"], name="budget_line")
TODAY = date(2026, 11, 25)
LONG_AGO = date(2026, 1, 5)


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path)


def owe(*states):
    """Returns what is owed: (department, days until the last day, whether it stands) each."""
    return OwedSlices(
        [
            OwedSlice(
                SliceKey(dataset="facility", department=code, period="2025"),
                date(2025, 12, 31),
                Deadline(TODAY + timedelta(days=days), provisional=days > 300),
                stands,
            )
            for code, days, stands in states
        ]
    )


def build(layout, rows=(), owed=None, day=TODAY):
    stock = stock_at(layout.home)
    found = owed or OwedSlices()
    stock = replace(stock, contracts={**stock.contracts, "budget_line": BUDGET}, find_owed=lambda _: found)
    if rows:
        schema = arrow_schema(BUDGET)
        columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
        table = pa.table(columns, schema=schema.remove_metadata())
        key = SliceKey(dataset="budget_line", department="210100", period="2025")
        stock.lake.replace_slices(BUDGET, {key: table}, {}, NOW)
    rebuild_database(layout, stock, datetime.combine(day, NOW.timetz()))


def test_hand_ins_are_counted_by_department_and_the_soon_due_among_those_with_time(layout):
    build(layout, owed=owe(("210100", -1, True), ("210100", -1, False), ("210200", 7, False), ("210200", 400, False)))
    found = keep_due_summary(layout, TODAY)
    assert found.as_of == TODAY
    assert found.departments == {
        "210100": DueCounts(met=1, missing=1),
        "210200": DueCounts(due=2, soon=1, provisional=1),
    }
    assert found.departments["210100"].overdue == 1
    assert found.count_rule(HAND_IN) == found.count_all() == DueCounts(met=1, missing=1, due=2, soon=1, provisional=1)
    assert found.count_law() == found.count_dataset("facility") == DueCounts()
    assert [(line.department, line.key) for line in found.lines] == [("210100", "2025")]


def test_what_was_done_too_late_is_overdue_and_not_listed_as_left_undone(layout):
    build(layout, [("late", LONG_AGO, TODAY), ("not done", LONG_AGO, None), ("in time", LONG_AGO, LONG_AGO)])
    found = keep_due_summary(layout, TODAY)
    assert found.count_dataset("budget_line") == DueCounts(met=1, late=1, missing=1)
    assert [(line.rule, line.key, line.due_date) for line in found.lines] == [
        ("budget-published", "not done", date(2026, 1, 25))
    ]


def test_items_of_law_are_listed_before_hand_ins_that_are_older(layout):
    build(layout, [("B1", date(2026, 10, 1), None)], owed=owe(("210100", -300, False)))
    assert [line.rule for line in keep_due_summary(layout, TODAY).lines] == ["budget-published", HAND_IN]


def test_thousands_of_one_department_are_one_group_and_a_few_lines(layout):
    build(layout, [(f"B{at:05}", LONG_AGO + timedelta(days=at % 3), None) for at in range(5_000)])
    found = keep_due_summary(layout, TODAY)
    (group,) = found.missing
    assert (group.rule, group.department, group.count, group.oldest) == (
        *("budget-published", "210100", 5_000),
        date(2026, 1, 25),
    )
    assert [line.key for line in found.lines] == ["B00000", "B00003", "B00006", "B00009", "B00012"]
    assert layout.due_summary.stat().st_size < 5_000


def test_the_file_is_opened_again_only_for_another_build_or_another_day(layout, monkeypatch):
    opened = []
    connect = due_reading.duckdb.connect
    monkeypatch.setattr(due_reading.duckdb, "connect", lambda *a, **k: opened.append(a) or connect(*a, **k))
    build(layout, owed=owe(("210100", -1, False)))
    opened.clear()
    first = keep_due_summary(layout, TODAY)
    assert keep_due_summary(layout, TODAY) == read_due_summary(layout, TODAY) == first
    assert len(opened) == 1
    keep_due_summary(layout, TODAY + timedelta(days=1))
    assert len(opened) == 2
    build(layout, [("B1", LONG_AGO, None)], owed=owe(("210100", -1, True)))
    opened.clear()
    assert keep_due_summary(layout, TODAY) != first
    assert len(opened) == 1


def test_what_is_kept_may_go_or_be_damaged_and_is_made_again(layout):
    build(layout, owed=owe(("210100", -1, False)))
    first = keep_due_summary(layout, TODAY)
    for wrong in (b"", b"{}", b"\xff", b'{"made_of": 1}'):
        layout.due_summary.write_bytes(wrong)
        assert read_due_summary(layout, TODAY) == first
        assert layout.due_summary.read_bytes() == wrong
        assert keep_due_summary(layout, TODAY) == first
        assert layout.due_summary.read_bytes() != wrong


def test_without_a_readable_file_there_is_no_summary(layout):
    assert keep_due_summary(layout, TODAY) is None
    assert not layout.due_summary.exists()
    layout.warehouse.write_text("no database")
    assert keep_due_summary(layout, TODAY) is None
    assert read_due_summary(layout, TODAY) is None
