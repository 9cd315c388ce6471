"""Items with a limit set by law, found by SQL on the rows of a dataset, and what is late of what departments owe."""

from datetime import date

import duckdb
import pytest

from schemas.slices import SliceKey
from schemas.time_limits.workdays import Deadline
from support.contracts import contract_with
from warehouse.deadlines import OwedSlice, count_items, find_items, list_applied

BUDGET = contract_with(["id", "approved_date:date", "published_date:date"], name="budget_line")
TODAY = date(2026, 11, 25)


@pytest.fixture
def rows():
    with duckdb.connect() as con:
        con.sql("""CREATE TABLE rows AS SELECT *, '210100' AS department, '2025' AS period FROM (VALUES
            ('in time', DATE '2026-11-01', DATE '2026-11-21'), ('late', DATE '2026-11-01', DATE '2026-11-22'),
            ('missing', DATE '2026-11-04', NULL), ('last day', DATE '2026-11-05', NULL),
            ('no trigger', NULL, NULL)) AS item(id, approved_date, published_date)""")
        yield con


def test_items_are_counted_by_what_became_of_them(rows):
    [(rule, applied)] = list_applied(BUDGET)
    counts = count_items(rows, "rows", BUDGET, rule, applied, TODAY)
    assert counts == {"met": 1, "late": 1, "missing": 1, "due": 1, "provisional": 0}


def test_the_items_that_are_found_are_those_that_are_counted(rows):
    [(rule, applied)] = list_applied(BUDGET)
    items = find_items(rows, "rows", BUDGET, rule, applied, TODAY).to_pylist()
    assert {item["key"]: item["state"] for item in items} == {
        "in time": "met",
        "late": "overdue",
        "missing": "overdue",
        "last day": "due",
    }
    assert items[0]["due_date"] == date(2026, 11, 21)


def test_a_limit_whose_fields_are_not_all_public_does_not_apply():
    assert list_applied(contract_with(["id", "approved_date:date"], name="budget_line")) == []


@pytest.mark.parametrize(("stands", "day", "late"), [(False, 25, False), (False, 24, True), (True, 24, False)])
def test_a_hand_in_is_late_from_the_day_after_its_last_day_until_it_stands(stands, day, late):
    place = SliceKey(dataset="budget_line", department="210100", period="2025")
    owed = OwedSlice(place, date(2025, 12, 31), Deadline(date(2026, 11, day), provisional=False), stands)
    assert owed.is_late(TODAY) is late
