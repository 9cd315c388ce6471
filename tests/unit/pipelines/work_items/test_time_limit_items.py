"""Overdue items of law become work of the department that owes: one item however much is overdue, and hand-ins are told elsewhere."""

from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest

from pipelines.publication.due import warehouse_inputs
from pipelines.work_items.time_limit_items import find_time_limit_items
from schemas.slices import SliceKey
from schemas.time_limits.workdays import Deadline
from support.contracts import contract_with
from support.workspaces import NOW, workspace_with
from warehouse.analyst_file.database import rebuild_database
from warehouse.deadlines import OwedSlice, OwedSlices
from warehouse.types import arrow_schema

BUDGET = contract_with(["id", "approved_date:date", "published_date:date"], name="budget_line")
APPROVED = date(2026, 1, 5)
OLDEST = APPROVED + timedelta(days=20)


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, BUDGET)


def build(workspace, count, owed=None):
    """Builds the analysts' file with so many budget lines that were approved long ago and never published."""
    schema = arrow_schema(BUDGET)
    columns = [[f"B{at}" for at in range(count)], [APPROVED] * count, [None] * count]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    key = SliceKey(dataset="budget_line", department="210100", period="2025")
    workspace.lake.replace_slices(
        BUDGET, {key: pa.table(arrays, schema=schema.remove_metadata())}, {"count": count}, NOW
    )
    stock = replace(warehouse_inputs(workspace), find_owed=lambda _: owed or OwedSlices())
    rebuild_database(workspace.layout, stock, NOW)


def test_five_thousand_overdue_rows_are_one_item_with_a_count(workspace):
    build(workspace, 5_000)
    (item,) = find_time_limit_items(workspace, NOW)
    assert (item.kind, item.department, item.due) == ("time_limit", "210100", OLDEST)
    assert f"5000 项逾期未办（截至 {NOW.date()}），规定为财政部门批复后20日内向社会公开" in item.text.zh
    assert f"5000 overdue and not done as of {NOW.date()}" in item.text.en
    assert (workspace.layout.home / item.page).parent == workspace.layout.desk


def test_it_is_the_same_item_tomorrow_with_another_count_and_gone_when_all_is_done(workspace):
    build(workspace, 3)
    (today,) = find_time_limit_items(workspace, NOW)
    build(workspace, 2)
    (tomorrow,) = find_time_limit_items(workspace, NOW + timedelta(days=1))
    assert today.key == tomorrow.key
    assert today.text != tomorrow.text
    build(workspace, 0)
    assert list(find_time_limit_items(workspace, NOW)) == []


def test_a_late_hand_in_is_no_item_of_this_kind(workspace):
    late = Deadline(NOW.date() - timedelta(days=1), provisional=False)
    key = SliceKey(dataset="budget_line", department="210100", period="2024")
    build(workspace, 0, OwedSlices([OwedSlice(key, late.day, late, stands=False)]))
    assert list(find_time_limit_items(workspace, NOW)) == []


def test_what_a_department_owes_that_is_not_listed_any_more_is_the_stewards(workspace):
    build(workspace, 1)
    others = {code: one for code, one in workspace.departments.items() if code != "210100"}
    (item,) = find_time_limit_items(replace(workspace, departments=others), NOW)
    assert (item.department, item.role, item.command) == (None, "steward", "")


def test_a_dataset_that_is_gone_has_no_item_and_without_a_built_file_there_is_none(workspace):
    assert list(find_time_limit_items(workspace, NOW)) == []
    build(workspace, 1)
    assert list(find_time_limit_items(replace(workspace, contracts={}), NOW)) == []
