from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from frictionless import validate
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import ContractError, UsageError
from schemas.time_limits.workdays import FILE, MOST_DAYS, Deadline, add_working_days, read_workdays

HEADER = "date,kind,name,notice\n"
DAYS = st.dates(date(2016, 1, 1), date(2028, 12, 31))


def test_seven_working_days_jump_the_national_holiday_and_the_shifted_saturday():
    # DOMAIN 4: 2025-10-11 is a Saturday that works
    assert add_working_days(date(2025, 9, 30), 7) == Deadline(date(2025, 10, 16), provisional=False)


def test_seven_working_days_jump_the_spring_festival_and_both_shifted_saturdays():
    assert add_working_days(date(2026, 2, 13), 7) == Deadline(date(2026, 3, 2), provisional=False)


def test_a_limit_into_a_year_without_a_notice_is_provisional():
    # three working days are left of 2026, then Monday to Friday as if 2027 had no holidays
    assert add_working_days(date(2026, 12, 28), 3) == Deadline(date(2026, 12, 31), provisional=False)
    assert add_working_days(date(2026, 12, 28), 4) == Deadline(date(2027, 1, 1), provisional=True)


def test_a_limit_that_begins_before_the_table_is_provisional():
    assert add_working_days(date(2016, 12, 30), 1) == Deadline(date(2017, 1, 3), provisional=True)


def test_no_days_end_on_the_day_itself_even_on_a_holiday():
    assert add_working_days(date(2026, 10, 1), 0) == Deadline(date(2026, 10, 1), provisional=False)


@pytest.mark.parametrize("days", [-1, MOST_DAYS + 1])
def test_a_limit_out_of_range_is_refused_with_the_range(days):
    with pytest.raises(UsageError, match=rf"{days} working days: give 0 to {MOST_DAYS}"):
        add_working_days(date(2026, 1, 1), days)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 16), False),  # Monday of the Spring Festival
        (date(2026, 2, 14), True),  # Saturday that works
        (date(2026, 9, 20), True),  # Sunday that works
        (date(2026, 11, 25), True),  # Wednesday
        (date(2026, 11, 28), False),  # Saturday
        (date(2027, 10, 1), True),  # Friday; no notice yet
    ],
)
def test_a_day_works_as_its_notice_says_else_from_monday_to_friday(day, works):
    assert read_workdays().is_working_day(day) is works


@given(start=DAYS, days=st.integers(min_value=1, max_value=260))
def test_as_many_working_days_lie_between_as_were_added(start, days):
    deadline = add_working_days(start, days)
    span = [start + timedelta(days=n) for n in range(1, (deadline.day - start).days + 1)]
    assert sum(map(read_workdays().is_working_day, span)) == days
    assert read_workdays().is_working_day(deadline.day)
    assert deadline.provisional is any(not read_workdays().has_notice_for(day) for day in [start, *span])


@given(start=DAYS, first=st.integers(min_value=0, max_value=60), second=st.integers(min_value=0, max_value=60))
def test_two_limits_in_a_row_are_one_of_their_sum(start, first, second):
    half = add_working_days(start, first)
    assert add_working_days(half.day, second).day == add_working_days(start, first + second).day


def test_the_table_is_as_its_descriptor_says():
    report = validate(str(FILE.with_suffix(".yaml")), type="package")
    assert report.valid, report.flatten(["rowNumber", "message"])


def test_only_weekends_are_shifted_to_work_and_every_year_has_its_seven_festivals():
    table = read_workdays()
    assert table.years == set(range(2017, 2027))
    assert all(day.weekday() >= 5 for day, works in table.named.items() if works)
    holidays = [line.split(",") for line in FILE.read_text(encoding="utf-8").splitlines() if ",holiday," in line]
    for year in table.years:
        names = {name for day, _, name, _ in holidays if day.startswith(str(year))}
        # 2020: the Mid-autumn Festival was National Day itself
        assert names | ({"中秋节"} if year == 2020 else set()) == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}, year  # fmt: skip


def test_every_day_of_the_table_years_is_as_an_independent_calendar_says():
    table, first, last = read_workdays(), date(2017, 1, 1), date(2026, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert [day for day in days if table.is_working_day(day) is not chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(
    ("day", "notice"),
    [
        ("2018-12-31", "国办发明电〔2018〕15号"),  # the notice for 2019
        ("2019-05-02", "国办发明电〔2019〕3号"),  # Labour Day, prolonged
        ("2020-02-01", "国办发明电〔2020〕1号"),  # Spring Festival, prolonged
        ("2023-12-30", "国办发明电〔2023〕7号"),  # the notice for 2024
    ],
)
def test_a_day_names_the_notice_that_decided_about_it(day, notice):
    line = next(one for one in FILE.read_text(encoding="utf-8").splitlines() if one.startswith(day))
    assert line.endswith(notice)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day,kind\n", "line 1 of table.csv: the columns must be"),
        (HEADER + "2026-1-1,holiday,元旦,x\n", "line 2 of table.csv: '2026-1-1' is no day"),
        (HEADER + "2026-01-01,off,元旦,x\n", "line 2 of table.csv: 'off' is neither holiday nor workday"),
        (HEADER + "2026-01-01,holiday,元旦,x\n2026-01-01,workday,元旦,x\n", "line 3 of table.csv: 2026-01-01 is there"),
    ],
)
def test_a_broken_table_is_named_with_its_line(tmp_path: Path, text, said):
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=said):
        read_workdays(file)
