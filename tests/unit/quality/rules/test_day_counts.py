"""The number of days between two dates, held to a count day by day."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.time_limits.workdays import read_workdays
from support.judged import findings_of, places

FIELDS = ["id", "first:date", "last:date", "status"]
RULE = {"kind": "days_between", "first": "first", "last": "last"}
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@cache
def is_working_day(day):
    return read_workdays().is_working_day(day)


def count_working_days(first, last):
    """By the calendar, day by day; below 0 backwards."""
    step = 1 if last >= first else -1
    lower, upper = sorted((first, last))
    return step * sum(is_working_day(lower + timedelta(days=n)) for n in range(1, (upper - lower).days + 1))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), min_size=1, max_size=30), st.integers(0, 400))
@pytest.mark.parametrize("count", ["working", "calendar"])
def test_days_are_counted_as_one_counts_them(count, pairs, bound):
    rows = [{"first": first, "last": last} for first, last in pairs]

    def measure(first, last):
        return count_working_days(first, last) if count == "working" else (last - first).days

    numbers = [measure(*pair) if None not in pair else None for pair in pairs]
    short = findings_of(FIELDS, RULE | {"count": count, "at_least": bound}, rows)
    long = findings_of(FIELDS, RULE | {"count": count, "at_most": bound}, rows)
    assert [one.row for one in short] == [row for row, n in enumerate(numbers, 2) if n is not None and n < bound]
    assert [one.row for one in long] == [row for row, n in enumerate(numbers, 2) if n is not None and n > bound]


def test_the_spring_festival_of_2026_has_no_working_days_and_its_last_day_is_the_finding():
    rows = [
        {"first": date(2026, 2, 14), "last": date(2026, 2, 24)},
        {"first": date(2026, 2, 14), "last": date(2026, 2, 25)},
    ]
    number = count_working_days(date(2026, 2, 14), date(2026, 2, 24))
    found = findings_of(FIELDS, RULE | {"count": "working", "at_most": number}, rows)
    assert places(found) == [(3, "last")]


def test_both_bounds_are_allowed_themselves():
    rows = [{"first": date(2026, 3, 1), "last": date(2026, 3, 1) + timedelta(days=n)} for n in (4, 5, 7, 8)]
    assert places(findings_of(FIELDS, RULE | {"at_least": 5, "at_most": 7}, rows)) == [(2, "last"), (5, "last")]


def test_years_without_a_notice_are_not_judged_in_working_days():
    rows = [{"first": date(2016, 1, 1), "last": date(2026, 1, 9)}, {"first": date(1, 1, 1), "last": date(9999, 12, 31)}]
    assert findings_of(FIELDS, RULE | {"count": "working", "at_most": 1}, rows) == []
    assert len(findings_of(FIELDS, RULE | {"at_most": 1}, rows)) == 2


def test_only_rows_in_which_the_condition_is_true_are_judged():
    rows = [{"first": date(2026, 1, 1), "last": date(2026, 1, 9), "status": said} for said in ("done", "open", None)]
    found = findings_of(FIELDS, RULE | {"at_most": 1, "when": {"field": "status", "is_in": ["done"]}}, rows)
    assert places(found) == [(2, "last")]


def test_days_in_the_wrong_order_are_left_to_another_rule_where_the_rule_says_so():
    rows = [
        {"first": date(2026, 3, 2), "last": date(2026, 3, 1)},
        {"first": date(2026, 3, 1), "last": date(2026, 3, 1)},
    ]
    assert places(findings_of(FIELDS, RULE | {"at_least": 1}, rows)) == [(2, "last"), (3, "last")]
    assert places(findings_of(FIELDS, RULE | {"at_least": 1, "only_in_order": True}, rows)) == [(3, "last")]


def test_a_date_is_some_years_after_another_give_or_take_some_days():
    rule = {"kind": "years_after", "first": "first", "years": "years", "last": "last", "tolerance": 1}
    day = date(2020, 2, 29)
    pairs = [
        (8, date(2028, 2, 29)),
        (8, date(2028, 2, 28)),
        (8, date(2028, 2, 27)),
        (1, date(2021, 3, 1)),
        (8, None),
        (None, day),
    ]
    rows = [{"first": day, "years": years, "last": last} for years, last in pairs]
    assert places(findings_of([*FIELDS, "years:integer"], rule, rows)) == [(4, "last")]


@pytest.mark.parametrize("years", [float("nan"), float("inf"), -1e300])
def test_a_number_that_is_no_number_of_years_is_only_wrong(years):
    rule = {"kind": "years_after", "first": "first", "years": "years", "last": "last"}
    rows = [{"first": date(9999, 12, 31), "years": years, "last": date(2028, 1, 1)}]
    assert places(findings_of([*FIELDS, "years:number"], rule, rows)) == [(2, "last")]
