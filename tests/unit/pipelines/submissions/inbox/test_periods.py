"""Periods that may be handed in on a day: begun ones, those a contract allows ahead, none before its first."""

from datetime import date

import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.periods import find_period_problem
from schemas.contract import read_contracts
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

TODAY = date(2026, 11, 25)


def problem(period, kind="year", on=TODAY, **asked):
    found = find_period_problem(contract_with(["a"], policy={"slice": {"period": kind, **asked}}), period, on)
    return found and found.type


@pytest.mark.parametrize(
    ("kind", "running", "coming"),
    [("year", "2026", "2027"), ("quarter", "2026-Q4", "2027-Q1"), ("month", "2026-11", "2026-12")],
)
def test_the_running_period_may_be_handed_in_and_the_next_one_may_not(kind, running, coming):
    assert problem(running, kind) is None
    assert problem(coming, kind) == "period-not-begun"
    assert problem(coming, kind, periods_ahead=1) is None


def test_a_contract_says_how_many_periods_may_be_ahead():
    assert problem("2027", periods_ahead=1) is None
    assert problem("2028", periods_ahead=1) == "period-not-begun"
    assert problem("2027-02", "month", periods_ahead=3) is None
    assert problem("2027-03", "month", periods_ahead=3) == "period-not-begun"


def test_a_period_begins_on_its_first_day():
    assert problem("2027", on=date(2026, 12, 31)) == "period-not-begun"
    assert problem("2027", on=date(2027, 1, 1)) is None


def test_years_ago_are_fine_unless_the_contract_names_its_first_period():
    assert problem("2001") is None
    assert problem("2017", since="2018") == "period-too-early"
    assert problem("2018", since="2018") is None


def test_a_budget_is_handed_in_for_next_year_and_facilities_are_not():
    contracts = read_contracts()
    assert find_period_problem(contracts["budget_line"], "2027", TODAY) is None
    assert find_period_problem(contracts["budget_line"], "2028", TODAY) is not None
    assert find_period_problem(contracts["facility"], "2036", TODAY) is not None


def test_a_file_in_the_inbox_for_a_period_to_come_is_refused_with_the_next_move(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["id"]))
    put(workspace, "210100", "sample_2036.csv", "id\n1\n")
    receipt = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    assert (receipt.outcome, receipt.accepted) == ("refused", 0)
    assert (receipt.department, receipt.period) == ("210100", "2036")
    assert [finding.type for finding in receipt.findings] == ["period-not-begun"]
    assert "2026" in receipt.findings[0].mend.zh
    assert workspace.lake.current_version(workspace.contracts["sample"]) is None
