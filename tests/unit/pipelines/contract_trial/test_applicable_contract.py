"""Which contract may be applied: the one in force, under a number that nothing else was judged by."""

import shutil

import pytest

from dagster_project.installation import load_workspace
from pipelines.contract_trial.applicable_contract import find_applicable, find_required_version, list_contracts_before
from pipelines.submissions.decisions.rejudging import list_judgeable
from schemas.contract import read_contract
from schemas.errors import UsageError
from support.trials import installed_with_history, put_in_force, write_contract


@pytest.fixture
def settings(tmp_path):
    return installed_with_history(tmp_path)


def ask(settings, file, dataset="site"):
    workspace = load_workspace(settings)
    return find_applicable(workspace, settings.contracts, dataset, file, list_judgeable(workspace, dataset))


def test_a_contract_that_is_not_in_force_is_refused_and_says_where_to_put_it(settings, tmp_path):
    with pytest.raises(UsageError, match=r"2\.0\.0\) is not in force, 1\.0\.0 is: put it into .*site\.yaml"):
        ask(settings, write_contract(tmp_path))


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "0.9.0"])
def test_a_number_below_what_the_change_asks_for_is_refused(settings, tmp_path, version):
    with pytest.raises(UsageError, match=r"2\.0\.0 at least"):
        ask(settings, write_contract(tmp_path, version))


@pytest.mark.parametrize(
    ("version", "least"), [("1.0.0", "2.0.0"), ("1.9.9", "2.0.0"), ("2.0.0", None), ("3.1.0", None)]
)
def test_what_the_changes_ask_for_is_told_before_the_contract_is_in_force(settings, tmp_path, version, least):
    workspace, file = load_workspace(settings), write_contract(tmp_path, version)
    assert find_required_version(workspace, read_contract(file), list_judgeable(workspace, "site")) == least


def test_a_contract_that_was_used_before_may_keep_its_number(settings, tmp_path):
    first = read_contract(settings.contracts / "site.yaml")
    put_in_force(settings, write_contract(tmp_path))
    workspace = load_workspace(settings)
    assert find_required_version(workspace, first, list_judgeable(workspace, "site")) is None


def test_in_force_it_may_be_applied_and_names_the_contracts_before_it(settings, tmp_path):
    old = load_workspace(settings).contracts["site"]
    put_in_force(settings, write_contract(tmp_path))
    contract = ask(settings, tmp_path / "new.yaml")
    workspace = load_workspace(settings)
    before = list_contracts_before(workspace, contract, list_judgeable(workspace, "site"))
    assert (contract.version, before) == ("2.0.0", [("1.0.0", old.digest)])


def test_another_contract_under_the_number_of_receipts_is_refused_also_in_force(settings, tmp_path):
    put_in_force(settings, write_contract(tmp_path, "1.0.0"))
    with pytest.raises(UsageError, match="the number of another contract"):
        ask(settings, tmp_path / "new.yaml")


def test_a_lower_number_is_refused_in_force_unless_something_was_judged_by_that_contract(settings, tmp_path):
    first = tmp_path / "first.yaml"
    shutil.copyfile(settings.contracts / "site.yaml", first)
    put_in_force(settings, write_contract(tmp_path, "0.9.0"))
    with pytest.raises(UsageError, match="neither a version after it"):
        ask(settings, tmp_path / "new.yaml")
    put_in_force(settings, first)
    assert ask(settings, first).version == "1.0.0"


def test_a_contract_of_another_dataset_is_refused(settings, tmp_path):
    with pytest.raises(UsageError, match="the contract of site, not of visit"):
        ask(settings, write_contract(tmp_path), "visit")
