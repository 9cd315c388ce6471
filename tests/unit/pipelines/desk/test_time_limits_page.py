"""The page of time limits as a value: what is counted and what is not, the most overdue first, keys without personal numbers."""

from datetime import date, timedelta

import pytest

from pipelines.desk.time_limits_page import KEY_LIMIT, build_time_limits
from schemas.time_limits.limit_texts import HAND_IN_TITLE
from schemas.time_limits.time_limits import HAND_IN, read_time_limits
from support.contracts import contract_with
from support.workspaces import workspace_with
from warehouse.analyst_file.due_reading import DueCounts, DueSummary, LimitCounts, MissingLine

TODAY = date(2026, 11, 25)


@pytest.fixture
def workspace(tmp_path):
    fields = ["id", "approved_date:date", "published_date:date"]
    return workspace_with(tmp_path, contract_with(fields, name="budget_line"), contract_with(["code"], name="sample"))


def summary_with(*limits, keys=()):
    return DueSummary(
        as_of=TODAY - timedelta(days=1),
        limits=[LimitCounts(rule=rule, dataset=dataset, counts=counts) for rule, dataset, counts in limits],
        lines=[
            MissingLine(rule=rule, dataset=dataset, department="210100", key=key, due_date=TODAY - timedelta(days=3))
            for rule, dataset, key in keys
        ],
    )


def test_limits_with_something_left_undone_come_first_and_those_of_no_dataset_apart(workspace):
    found = build_time_limits(
        workspace,
        summary_with(
            (HAND_IN, "sample", DueCounts(met=2)),
            ("budget-published", "budget_line", DueCounts(missing=1, due=4)),
        ),
        TODAY,
    )
    assert [row.title for row in found.limits] == [read_time_limits()["budget-published"].title, HAND_IN_TITLE]
    assert found.limits[0].counts == DueCounts(missing=1, due=4)
    assert (found.counts, found.as_of) == (DueCounts(met=2, missing=1, due=4), date(2026, 11, 24))
    assert len(found.limits) + len(found.uncounted) == 1 + len(read_time_limits())
    assert {row.counts for row in found.uncounted} == {DueCounts()}


def test_a_line_says_who_what_and_how_many_days_late(workspace):
    found = build_time_limits(workspace, summary_with(keys=[("budget-published", "budget_line", "B1")]), TODAY)
    (line,) = found.lines
    assert (line.department.zh, line.key, line.due, line.days_late) == (
        *(workspace.departments["210100"].zh, "B1"),
        *(date(2026, 11, 22), 3),
    )


def test_a_key_shows_no_number_of_a_person_and_is_cut(workspace):
    keys = [(HAND_IN, "sample", "13912345678|乙"), (HAND_IN, "sample", "长" * 200), (HAND_IN, "gone", "C1")]
    phone, long = build_time_limits(workspace, summary_with(keys=keys), TODAY).lines
    assert "13912345678" not in phone.key
    assert len(long.key) <= KEY_LIMIT
