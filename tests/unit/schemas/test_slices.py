import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.errors import UsageError
from schemas.policy import Slice
from schemas.slices import (
    SliceKey,
    containing_period,
    later_period,
    parse_slice,
    period_days,
    period_order,
    select_current,
)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_a_period_covers_its_first_to_its_last_day(period, first, last):
    assert period_days(period) == (first, last)


@pytest.mark.parametrize("period", ["", "26", "1999", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-1", "2026-11-25",
                                    " 2026", "../2026", "2026-q1"])  # fmt: skip
def test_what_is_no_period_is_refused_with_how_to_write_one(period):
    with pytest.raises(UsageError, match="2026-Q3"):
        period_days(period)


@given(st.integers(2000, 2099))
def test_months_and_quarters_fill_the_year_without_gap_or_overlap(year):
    for parts in ([f"{year}-{month:02d}" for month in range(1, 13)], [f"{year}-Q{quarter}" for quarter in range(1, 5)]):
        spans = [period_days(part) for part in parts]
        assert (spans[0][0], spans[-1][1]) == period_days(str(year))
        for before, after in pairwise(spans):
            assert after[0] - before[1] == timedelta(days=1)


@pytest.mark.parametrize(("kind", "own"), [("year", "2026"), ("quarter", "2026-Q3"), ("month", "2026-11")])
def test_the_pattern_of_a_slice_takes_its_own_kind_of_period_only(kind, own):
    pattern = Slice(period=kind).pattern
    assert [p for p in ("2026", "2026-Q3", "2026-11") if re.match(pattern, p)] == [own]


def test_a_slice_is_written_as_its_three_parts():
    assert str(SliceKey(dataset="facility", department="210100", period="2026")) == "facility/210100/2026"


def test_a_slice_cannot_be_changed():
    key = SliceKey(dataset="facility", department="210100", period="2026")
    with pytest.raises(ValidationError):
        key.period = "2027"
    assert {key: 1}[SliceKey(dataset="facility", department="210100", period="2026")] == 1


DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))
KINDS = st.sampled_from(["year", "quarter", "month"])


@given(KINDS, DAYS)
def test_the_period_of_a_day_contains_it(kind, day):
    first, last = period_days(containing_period(kind, day))
    assert first <= day <= last


@given(KINDS, DAYS, st.integers(-3, 3))
def test_periods_forward_and_back_end_where_they_began(kind, day, count):
    period = containing_period(kind, day)
    later = later_period(kind, period, count) if 2004 <= day.year <= 2095 else period
    assert later_period(kind, later, -count if later != period else 0) == period


@given(KINDS, DAYS)
def test_the_next_period_begins_the_day_after_this_one(kind, day):
    period = containing_period(kind, day)
    assert period_days(later_period(kind, period, 1))[0] == period_days(period)[1] + timedelta(days=1)


def test_the_first_period_of_a_contract_is_of_its_kind():
    assert Slice(period="month", since="2023-01").since == "2023-01"
    with pytest.raises(ValidationError, match="2023 is not a month"):
        Slice(period="month", since="2023")


def test_of_a_snapshot_each_departments_newest_period_stands_and_otherwise_all():
    keys = [parse_slice(f"sample/{slice_}") for slice_ in ("a/2026-11", "a/2026-12", "b/2026-Q1", "a/2025")]
    assert [str(key) for key in select_current(keys, "snapshot")] == ["sample/a/2026-12", "sample/b/2026-Q1"]
    assert select_current(keys, "append") == keys
    assert select_current([], "snapshot") == []


@given(KINDS, DAYS, DAYS)
def test_periods_of_one_kind_are_ordered_as_their_days_are(kind, one, other):
    first, second = containing_period(kind, one), containing_period(kind, other)
    assert (period_order(first) < period_order(second)) == (period_days(first) < period_days(second))


def test_a_slice_that_was_written_is_read_back():
    key = SliceKey(dataset="facility", department="210100", period="2026-Q3")
    assert parse_slice(str(key)) == key
    with pytest.raises(ValueError, match="values to unpack"):
        parse_slice("facility/210100")
