from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.errors import ContractError
from schemas.time_limits.time_limits import (
    FILE,
    DayLimit,
    DaysBefore,
    FixedDay,
    MonthLimit,
    last_day,
    read_time_limits,
)
from schemas.time_limits.workdays import Deadline, read_workdays

DAYS = st.dates(date(2018, 1, 1), date(2025, 6, 30))
RULES = read_time_limits()


@pytest.mark.parametrize(
    ("rule", "start", "due"),
    [
        ("decision-published", date(2025, 9, 30), date(2025, 10, 16)),  # National Day, a Saturday that works
        ("decision-published", date(2026, 2, 13), date(2026, 3, 2)),  # Spring Festival, two shifted days
        ("information-published", date(2025, 12, 31), date(2026, 1, 29)),  # into the next year, over New Year
        ("budget-published", date(2026, 2, 10), date(2026, 3, 2)),  # calendar days do not stop for the festival
        ("lottery-fund-published", date(2025, 12, 31), date(2026, 6, 30)),
        ("openness-report", date(2025, 12, 31), date(2026, 1, 31)),
        ("highrisk-event-applied", date(2026, 1, 10), date(2025, 12, 11)),
        ("deputy-suggestion-answered", date(2025, 11, 30), date(2026, 2, 28)),
        ("committee-proposal-answered", date(2025, 9, 30), date(2026, 2, 28)),
    ],
)
def test_the_last_day_of_a_limit_in_the_table(rule, start, due):
    assert last_day(RULES[rule].limit, start) == Deadline(due, provisional=False)


def test_working_days_into_a_year_without_a_notice_are_provisional_and_calendar_days_never():
    assert last_day(DayLimit(days=7, kind="working"), date(2026, 12, 28)).provisional
    assert not last_day(DayLimit(days=7, kind="calendar"), date(2026, 12, 28)).provisional


@given(DAYS, st.integers(1, 60))
def test_working_days_are_those_of_the_table_counted_one_by_one(start, days):
    working = [day for n in range(1, 400) if read_workdays().is_working_day(day := start + timedelta(days=n))]
    assert last_day(DayLimit(days=days, kind="working"), start).day == working[days - 1]


@given(DAYS, st.integers(1, 120))
def test_months_end_on_the_same_day_or_on_the_last_one_of_the_month(start, months):
    end = last_day(MonthLimit(months=months), start).day
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(1, 400))
def test_days_before_and_calendar_days_after_undo_each_other(start, days):
    due = last_day(DaysBefore(days_before=days), start).day
    assert last_day(DayLimit(days=days, kind="calendar"), due).day == start


def test_a_day_that_a_common_year_lacks_is_no_limit():
    with pytest.raises(ValidationError):
        FixedDay(month=2, day=29, years_after=1)


def test_a_rule_holds_from_its_first_to_its_last_day():
    rule = RULES["decision-published"].model_copy(
        update={"valid_from": date(2020, 1, 1), "valid_to": date(2021, 12, 31)}
    )
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2021, 12, 31), date(2022, 1, 1)]
    assert [rule.is_in_force(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda text: text.replace("days: 7", "days: 0", 1), "entry 1"),
        (lambda text: text + "\n" + text[text.index("- id") :], "decision-published stands 2 times"),
    ],
)
def test_a_table_with_a_wrong_entry_is_refused_with_its_name(tmp_path, change, named):
    file = tmp_path / "limits.yaml"
    file.write_text(change(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ContractError, match=named):
        read_time_limits(file)
