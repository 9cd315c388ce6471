"""A work item belongs to one department or one role, says how late it is, and has a place in the list."""

from datetime import date

import pytest

from pipelines.work_items.work_item import WorkItem, sort_items
from schemas.text import Text

TEXT = Text(zh="请修改", en="mend it")
DAY = date(2026, 11, 25)


def item(subject="a", due=None, since=DAY, **owner):
    return WorkItem("mend", "venue", subject, TEXT, since, due=due, **(owner or {"department": "210100"}))


@pytest.mark.parametrize("owner", [{"department": None}, {"department": "210100", "role": "steward"}])
def test_it_is_for_one_department_or_for_one_role(owner):
    with pytest.raises(ValueError, match="one department or for one role"):
        item(**owner)


def test_it_is_the_same_item_whenever_it_is_asked_for():
    assert item(due=DAY).key == item(since=date(2026, 1, 1)).key
    assert item("b").key != item("a").key
    assert item(role="steward").key != item().key


@pytest.mark.parametrize(("due", "days"), [(date(2026, 11, 20), 5), (DAY, 0), (date(2026, 12, 1), 0), (None, 0)])
def test_it_is_late_after_its_last_day(due, days):
    assert item(due=due).days_late(DAY) == days


def test_the_longest_overdue_comes_first_and_what_has_no_last_day_last():
    late, soon = item("late", due=date(2026, 11, 1)), item("soon", due=date(2026, 12, 1))
    old, new = item("old", since=date(2026, 1, 1)), item("new")
    assert sort_items([new, soon, old, late]) == [late, soon, old, new]
