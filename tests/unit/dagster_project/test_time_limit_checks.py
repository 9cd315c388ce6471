"""The asset check of time limits: it warns of what is not done, never of what was only late, and says so where nothing is known."""

from datetime import date, timedelta

import dagster as dg
import pytest

from dagster_project.time_limit_checks import build_freshness_policy, build_time_limits_result, has_time_limits
from schemas.time_limits.time_limits import HAND_IN
from support.contracts import contract_with
from support.workspaces import workspace_with
from warehouse.analyst_file.due_reading import DueCounts, DueSummary, LimitCounts, MissingGroup

BUDGET = contract_with(["id", "approved_date:date", "published_date:date"], name="budget_line")
PLAIN = contract_with(["id"], name="plain")
TODAY = date(2026, 11, 25)


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, BUDGET, PLAIN)


def summary_with(counts, *missing, hand_ins=0):
    limits = [
        LimitCounts(rule="budget-published", dataset="budget_line", counts=counts),
        LimitCounts(rule=HAND_IN, dataset="budget_line", counts=DueCounts(missing=hand_ins)),
    ]
    groups = [
        MissingGroup(rule=rule, dataset="budget_line", department=code, count=count, oldest=TODAY - timedelta(days=9))
        for rule, code, count in missing
    ]
    return DueSummary(as_of=TODAY, limits=limits, missing=groups)


def test_what_is_not_done_is_a_warning_with_department_and_count(workspace):
    told = summary_with(DueCounts(met=2, missing=7), ("budget-published", "210100", 7), (HAND_IN, "210200", 1))
    result = build_time_limits_result(workspace, BUDGET, told)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "210100" in result.description
    assert "7 项逾期未办" in result.description
    assert "210200" not in result.description
    (record,) = result.metadata["limits"].records
    assert (
        record.data["kept"]
        == "到期 9 项，按期 2 项，逾期办理 0 项，逾期未办 7 项 9 due, 2 in time, 0 too late, 7 not done"
    )


def test_late_hand_ins_are_the_other_check_and_what_was_done_late_is_done(workspace):
    result = build_time_limits_result(workspace, BUDGET, summary_with(DueCounts(late=3), hand_ins=4))
    assert (result.passed, result.description) == (True, None)
    assert result.metadata["late"].value == 3


def test_nothing_due_is_not_called_kept_and_without_a_file_nothing_is_known(workspace):
    (record,) = build_time_limits_result(workspace, BUDGET, summary_with(DueCounts(due=1))).metadata["limits"].records
    assert record.data["kept"] == "没有到期事项 nothing due"
    assert "not built yet" in build_time_limits_result(workspace, BUDGET, None).description


def test_only_a_dataset_that_records_both_days_has_the_check_and_only_regular_ones_a_policy():
    assert (has_time_limits(BUDGET), has_time_limits(PLAIN)) == (True, False)
    yearly, never = (contract_with(["id"], policy={"cadence": cadence}) for cadence in ("yearly", "never"))
    assert build_freshness_policy(yearly).fail_window.to_timedelta() > timedelta(days=366)
    assert build_freshness_policy(never) is None
