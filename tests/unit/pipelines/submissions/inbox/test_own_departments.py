"""A clerk hands in for his departments, a steward and the system account for all."""

from dataclasses import replace

import pytest

from pipelines.submissions.inbox.own_departments import require_own_department
from schemas.errors import UsageError
from support.contracts import contract_with
from support.people import write_people
from support.workspaces import workspace_with


@pytest.fixture
def workspace(tmp_path):
    write_people(tmp_path)
    return workspace_with(tmp_path, contract_with(["code"]))


@pytest.mark.parametrize(("name", "department"), [("clerk", "210100"), ("tester", "210200"), ("automat", "210200")])
def test_a_clerk_hands_in_for_his_own_department_and_stewards_and_the_system_for_any(workspace, name, department):
    require_own_department(replace(workspace, actor=name), department)


@pytest.mark.parametrize(("name", "own"), [("clerk", "210100"), ("reviewer", "none")])
def test_who_may_not_is_told_the_ways_out(workspace, name, own):
    with pytest.raises(UsageError) as refused:
        require_own_department(replace(workspace, actor=name), "210200")
    assert f"hands in for {own} only" in refused.value.text.en
    assert "tester" in refused.value.text.zh
    assert "people.yaml" in refused.value.text.zh


@pytest.mark.parametrize(("name", "department"), [("root", "210100"), ("clerk", "999999")])
def test_an_unknown_person_or_department_is_an_error(workspace, name, department):
    with pytest.raises(UsageError):
        require_own_department(replace(workspace, actor=name), department)
