"""On which originals a contract is tried, and which contracts are refused."""

import pytest

from dagster_project.installation import load_workspace
from pipelines.contract_trial.trial_plan import hash_contracts, list_trial_units, plan_trial
from pipelines.intake import take_arrival
from pipelines.submissions.decisions.rejudging import apply_rejudgement
from pipelines.submissions.inbox.inbox import list_arrivals
from schemas.errors import ContractError, UsageError
from support.installed import drop, installed
from support.trials import installed_with_history, write_contract
from support.workspaces import NOW


def test_an_original_that_was_judged_again_is_one_unit_under_its_last_number(tmp_path):
    settings = installed(tmp_path)
    workspace = load_workspace(settings)
    drop(settings, "210100", "site_2026.csv", "code,area\nA1,10\n")
    first = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    again = apply_rejudgement(workspace, first.number, NOW)
    (unit,) = list_trial_units(workspace, "site")
    assert (unit.numbers, unit.number) == ((again.number, first.number), again.number)


def test_one_department_may_be_asked_for_and_other_datasets_are_left_out(tmp_path):
    workspace = load_workspace(installed_with_history(tmp_path))
    assert len(list_trial_units(workspace, "site", "210200")) == 2
    assert list_trial_units(workspace, "visit") == []


def test_a_contract_of_another_dataset_in_force_or_wrong_is_refused_and_says_why(tmp_path):
    settings = installed(tmp_path)
    workspace = load_workspace(settings)
    fresh, current = write_contract(tmp_path), settings.contracts / "site.yaml"
    assert plan_trial(workspace, settings.contracts, "site", fresh).contracts_hash == hash_contracts(
        workspace.contracts
    )
    with pytest.raises(UsageError, match="the contract of site, not of visit"):
        plan_trial(workspace, settings.contracts, "visit", fresh)
    with pytest.raises(UsageError, match="the contract in force"):
        plan_trial(workspace, settings.contracts, "site", current)
    with pytest.raises(UsageError, match="there is no file"):
        plan_trial(workspace, settings.contracts, "site", tmp_path / "none.yaml")
    for content in (b"name: [", b"\xff\xfe", b""):
        (tmp_path / "wrong.yaml").write_bytes(content)
        with pytest.raises(ContractError, match=r"wrong\.yaml"):
            plan_trial(workspace, settings.contracts, "site", tmp_path / "wrong.yaml")
