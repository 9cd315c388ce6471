from catalog.finder.opening_hours import DAYS, EVERY_DAY, pack_hours
from schemas.contract import read_contracts
from support.finders import hours_of

OPENING = read_contracts()["facility"].policy.finder.opening
PLACES = {"A": 0, "B": 1}
AUDIENCES = {"student": ["学生", "Students"], "senior": ["老年人", "Older people"]}


def packed(*rows):
    empty = {"valid_to": "", "notice_url": ""}
    return pack_hours(OPENING, [{**empty, **row} for row in rows], PLACES, AUDIENCES)


def test_days_with_the_same_hours_become_one_span_that_places_share():
    week = [hours_of(place, day) for place in "AB" for day in "12345"]
    found = packed(*week, hours_of("A", "PH", "09:00:00", "12:00:00"))
    workdays = sum(DAYS[day] for day in "12345")
    assert found["spans"] == [
        ("r", workdays, "08:00", "20:00", "2026-01-01", "", ""),
        ("r", DAYS["PH"], "09:00", "12:00", "2026-01-01", "", ""),
    ]
    assert found["venues"] == [[0, [0, 1], "024-12345678", ""], [1, [0], "024-12345678", ""]]


def test_a_closure_without_a_day_is_of_every_day_and_needs_no_hours():
    found = packed(hours_of("A", "", "", "", opening_kind="closed", valid_to="2026-02-01"))
    assert found["spans"] == [("c", EVERY_DAY, "", "", "2026-01-01", "2026-02-01", "")]


def test_hours_for_some_people_name_them():
    found = packed(hours_of("A", "1", audience="student"), hours_of("A", "2"))
    assert [span[-1] for span in found["spans"]] == ["student", ""]
    assert found["audiences"] == {"student": ["学生", "Students"]}


def test_rows_of_unknown_places_kinds_and_days_and_rows_without_hours_are_left_out():
    unknown = [hours_of("Z", "1"), hours_of("A", "1", opening_kind="x"), hours_of("A", "9"), hours_of("A", "1", "")]
    assert packed(*unknown) == {"spans": [], "venues": [], "audiences": {}}
