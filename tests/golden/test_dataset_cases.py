"""Golden cases of the datasets: each defect of `datasets/*.yaml` is caught by its own check alone, and what is near it passes.

The format is that of `tests/support/dataset_cases.py`; the judge is the real one, with an empty lake but for references.
"""

from collections.abc import Callable
from functools import cache

import pytest

from pipelines.workspace import open_workspace
from schemas.contract import read_contracts
from support.dataset_cases import Case, GoldenJudge, names_check, read_every_golden

GOLDEN = read_every_golden()
CONTRACTS = read_contracts()
CASES = [case for golden in GOLDEN.values() for case in golden.cases]
FindJudge = Callable[[str], GoldenJudge]


@pytest.fixture(scope="module")
def find_judge(tmp_path_factory: pytest.TempPathFactory) -> FindJudge:
    @cache
    def open_judge(name: str) -> GoldenJudge:
        workspace = open_workspace(tmp_path_factory.mktemp(name), "tester", CONTRACTS)
        judge = GoldenJudge(workspace, GOLDEN[name])
        judge.land_references()
        return judge

    return open_judge


def is_of_the_whole_table(finding):
    """Whether a finding compares a cell with its column, or the table with others: the few rows of a case are no such table."""
    return finding.judge == "table" or finding.type == "unit-slip"


def told(findings):
    return [f"{one.type} at {one.field}: {one.message.en}" for one in findings]


every_golden = pytest.mark.parametrize("name", GOLDEN)
every_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.dataset}-{case.check}" for case in CASES])


@every_golden
def test_the_golden_row_is_accepted(name: str, find_judge: FindJudge):
    found = [one for one in find_judge(name).judge({}) if not is_of_the_whole_table(one)]
    assert told(found) == []


@every_case
def test_the_defect_is_caught_by_its_own_check_alone(case: Case, find_judge: FindJudge):
    judge = find_judge(case.dataset)
    found = judge.judge_case(case, "caught")
    own = [one for one in found if names_check(one, case.check, judge.contract)]
    assert own, f"not caught; found is {told(found)}"
    expected = {case.check, *case.also}
    others = [
        one
        for one in found
        if not is_of_the_whole_table(one) and not any(names_check(one, check, judge.contract) for check in expected)
    ]
    assert told(others) == [], "one defect, one check"


@every_case
def test_what_is_near_the_defect_passes(case: Case, find_judge: FindJudge):
    judge = find_judge(case.dataset)
    found = judge.judge_case(case, "passes")
    assert told([one for one in found if not is_of_the_whole_table(one) or one.type == case.check]) == []


@every_golden
def test_every_rule_that_the_contract_writes_has_a_case(name: str):
    checked = {case.check for case in GOLDEN[name].cases}
    assert {rule.id for rule in CONTRACTS[name].policy.rules} - checked == set()
