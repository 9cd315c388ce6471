"""Who should have handed in by when, and who has: cycles, working days, slices that stand, files sent back."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.submissions.timeliness import find_longest_gap, find_next_cycle, find_owed_slices, find_sent_back
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import put, workspace_with

SHANGHAI = ZoneInfo("Asia/Shanghai")
GOOD = "id,name\n1,馆\n2,场\n"
BAD = "id,name\nx,馆\n"


def contract(**policy):
    return contract_with(["id:integer", "name"], name="venue", policy={"submitters": ["city_bureau"], **policy})


def workspace(home, **policy):
    return workspace_with(home, contract(**policy))


def owed(workspace, today):
    return [
        (one.slice.department, one.slice.period, one.deadline.day, one.stands, one.is_late(today))
        for one in find_owed_slices(workspace, workspace.contracts["venue"], today)
    ]


def test_every_submitter_owes_the_newest_year_whose_limit_is_over(tmp_path):
    # Twenty working days after 2024-12-31: New Year and the Spring Festival lie between.
    assert owed(workspace(tmp_path), date(2025, 11, 25)) == [
        ("210100", "2024", date(2025, 2, 5), False, True),
        ("210200", "2024", date(2025, 2, 5), False, True),
    ]


def test_a_slice_is_not_late_on_the_last_day_and_late_on_the_next(tmp_path):
    def late_now(day):
        found = find_owed_slices(workspace(tmp_path), contract(), day)
        return {one.slice.period for one in found if one.is_late(day)}

    assert late_now(date(2025, 2, 5)) == {"2023"}
    assert late_now(date(2025, 2, 6)) == {"2024"}


def test_a_year_that_has_ended_is_named_while_its_limit_runs(tmp_path):
    found = owed(workspace(tmp_path), date(2025, 1, 10))
    assert {(period, late) for _, period, _, _, late in found} == {("2023", True), ("2024", False)}


def test_one_city_does_not_stand_for_the_other(tmp_path):
    home = workspace(tmp_path)
    put(home, "210100", "venue_2024.csv", GOOD)
    take_all(home)
    assert {(one, stands, late) for one, _, _, stands, late in owed(home, date(2025, 11, 25))} == {
        ("210100", True, False),
        ("210200", False, True),
    }


def test_a_quarantined_file_does_not_stand(tmp_path):
    home = workspace(tmp_path)
    put(home, "210100", "venue_2024.csv", BAD)
    take_all(home)
    assert all(late for *_, late in owed(home, date(2025, 11, 25)))


@pytest.mark.parametrize(("mode", "stands"), [("snapshot", True), ("append", False)])
def test_a_later_period_does_for_a_snapshot_and_not_for_what_is_added_up(tmp_path, mode, stands):
    home = workspace(tmp_path, mode=mode)
    put(home, "210100", "venue_2025.csv", GOOD)
    take_all(home)
    assert owed(home, date(2025, 11, 25))[0][3] is stands


def test_calendar_days_count_as_they_are(tmp_path):
    limit = {**contract().policy.time_limit.model_dump(), "days": 7, "kind": "calendar"}
    home = workspace(tmp_path, cadence="monthly", slice={"period": "month"}, time_limit=limit)
    assert {(period, day, late) for _, period, day, _, late in owed(home, date(2026, 11, 25))} == {
        ("2026-10", date(2026, 11, 7), True)
    }


@pytest.mark.parametrize(("handed_in", "late"), [(date(2026, 5, 1), True), (date(2026, 8, 1), False)])
def test_a_year_that_is_to_be_renewed_every_quarter_must_have_been_handed_in_anew(tmp_path, handed_in, late):
    home = workspace(tmp_path, cadence="quarterly", mode="append")
    put(home, "210100", "venue_2026.csv", GOOD)
    take_all(home, datetime.combine(handed_in, time(9), SHANGHAI))
    found = {one: (period, late) for one, period, _, _, late in owed(home, date(2026, 11, 25))}
    assert found["210100"] == ("2026", late)


@pytest.mark.parametrize(
    ("cadence", "last"),
    [("weekly", date(2026, 11, 15)), ("half_yearly", date(2026, 6, 30)), ("daily", date(2026, 11, 19))],
)
def test_cycles_end_with_the_week_the_half_year_and_the_day(tmp_path, cadence, last):
    limit = {**contract().policy.time_limit.model_dump(), "days": 5, "kind": "calendar"}
    home = workspace(tmp_path, cadence=cadence, time_limit=limit)
    first = find_owed_slices(home, home.contracts["venue"], date(2026, 11, 25))[0]
    assert (first.deadline.day - last).days == 5
    assert first.is_late(date(2026, 11, 25))


@pytest.mark.parametrize("cadence", ["irregular", "never"])
def test_nothing_is_owed_without_a_cycle(tmp_path, cadence):
    assert owed(workspace(tmp_path, cadence=cadence), date(2026, 11, 25)) == []


@pytest.mark.parametrize(
    ("cadence", "today", "changes"),
    [
        ("daily", date(2026, 11, 25), date(2026, 11, 26)),
        ("weekly", date(2026, 11, 25), date(2026, 11, 30)),  # Wednesday, Monday
        ("weekly", date(2026, 11, 30), date(2026, 12, 7)),
        ("monthly", date(2026, 11, 30), date(2026, 12, 1)),
        ("monthly", date(2026, 12, 1), date(2027, 1, 1)),
        ("quarterly", date(2026, 11, 25), date(2027, 1, 1)),
        ("half_yearly", date(2026, 5, 1), date(2026, 7, 1)),
        ("yearly", date(2026, 1, 1), date(2027, 1, 1)),
        ("irregular", date(2026, 11, 25), None),
        ("never", date(2026, 11, 25), None),
    ],
)
def test_the_next_cycle_is_owed_from_the_day_after_its_last(tmp_path, cadence, today, changes):
    asked = contract(cadence=cadence)
    assert find_next_cycle(asked, today) == changes
    if changes is not None:
        home = workspace(tmp_path, cadence=cadence)
        newest = [
            max(one.ended for one in find_owed_slices(home, asked, day))
            for day in (today, changes - timedelta(days=1), changes)
        ]
        assert newest[0] == newest[1] < newest[2] == changes - timedelta(days=1)


def test_a_slice_is_sent_back_until_a_later_file_is_taken(tmp_path):
    home = workspace(tmp_path)
    put(home, "210100", "venue_2024.csv", GOOD)
    put(home, "210200", "venue_2024.csv", BAD)
    put(home, "210200", "stadium_2024.csv", "x\n")
    take_all(home)
    (receipt,) = find_sent_back(home, "venue")
    assert (receipt.department, receipt.period, receipt.outcome) == ("210200", "2024", "quarantine")
    put(home, "210200", "venue_2024_2.csv", "id,name\n3,台\n")
    take_all(home)
    assert find_sent_back(home, "venue") == []


def test_an_accepted_slice_whose_newest_file_was_quarantined_is_sent_back(tmp_path):
    home = workspace(tmp_path)
    put(home, "210100", "venue_2024.csv", GOOD)
    take_all(home)
    put(home, "210100", "venue_2024_2.csv", BAD)
    take_all(home)
    assert [receipt.filename for receipt in find_sent_back(home, "venue")] == ["venue_2024_2.csv"]


@pytest.mark.parametrize(("cadence", "days"), [("weekly", 7 + 5), ("monthly", 31 + 5), ("yearly", 366 + 5)])
def test_what_is_older_than_a_cycle_and_its_limit_is_not_of_the_cycle_that_is_due(tmp_path, cadence, days):
    limit = {**contract().policy.time_limit.model_dump(), "days": 5, "kind": "calendar"}
    asked = workspace(tmp_path, cadence=cadence, time_limit=limit).contracts["venue"]
    assert find_longest_gap(asked) == timedelta(days=days + 1)


@pytest.mark.parametrize("cadence", ["irregular", "never"])
def test_without_cycles_nothing_is_ever_too_old(tmp_path, cadence):
    assert find_longest_gap(workspace(tmp_path, cadence=cadence).contracts["venue"]) is None
