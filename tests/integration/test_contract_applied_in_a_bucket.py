"""A contract applied to what stands of a home with a bucket: the same files as without one, also when another host ends what the first began."""

import shutil

import pytest

from dagster_project.installation import load_workspace
from pipelines.contract_trial.applicable_contract import find_applicable
from pipelines.contract_trial.contract_rejudgement import ApplicationRequest, apply_contract
from pipelines.contract_trial.trial_plan import make_plan
from pipelines.submissions.decisions import rejudging
from pipelines.submissions.decisions.rejudging import list_judgeable
from schemas.execution.engine import LocalEngine
from support.stored_homes import kept_tree
from support.trials import installed_with_history, put_in_force, write_contract
from support.workspaces import NOW
from warehouse.storage.checking import check_storage
from warehouse.storage.pushing import push_home


@pytest.fixture
def bucket(s3_server):
    return s3_server.make_bucket()


def apply(settings, file):
    workspace = load_workspace(settings)
    contract = find_applicable(workspace, settings.contracts, "site", file, list_judgeable(workspace, "site"))
    asked = ApplicationRequest(contract, make_plan(workspace, settings.contracts, file), "", None, NOW)
    return workspace, apply_contract(workspace, asked, LocalEngine(), lambda _: None)


def test_two_hosts_with_a_bucket_end_as_one_without(tmp_path, monkeypatch, bucket):
    """The first is interrupted before it lands the second of two receipts; the other has only what the bucket and the contracts say."""
    plain, file = installed_with_history(tmp_path / "plain"), write_contract(tmp_path)
    put_in_force(plain, file)
    named = {"storage": bucket.url, "storage_endpoint": bucket.endpoint, "storage_region": bucket.region}
    named |= {"storage_key_id": bucket.key_id, "storage_secret": bucket.secret}
    one, two = (
        type(plain)(home=tmp_path / name, contracts=plain.contracts, who=plain.who, clock=NOW, **named)
        for name in ("one", "two")
    )
    shutil.copytree(plain.home, one.home)
    apply(plain, file)
    first = load_workspace(one, follow=False)
    push_home(first.storage, first.ledger)
    lands = []

    def land(*given):
        lands.append(given)
        if len(lands) > 1:
            raise KeyboardInterrupt
        return rejudging_land(*given)

    rejudging_land = rejudging.land_rows
    with monkeypatch.context() as patch:
        patch.setattr(rejudging, "land_rows", land)
        with pytest.raises(KeyboardInterrupt):
            apply(one, file)
    other, done = apply(two, file)
    assert [one.falls for one in done.receipts] == [False, True]
    load_workspace(one)
    wanted = kept_tree(plain.home, with_log=False)
    assert kept_tree(two.home, with_log=False) == kept_tree(one.home, with_log=False) == wanted
    assert check_storage(other.storage).is_whole
    assert other.ledger.verify_chain() == []
