"""A contract applied to what stands: once, also if it was interrupted; what falls stays until it is mended; and back again."""

import shutil
from datetime import timedelta

import pytest

import pipelines.contract_trial.contract_rejudgement as module
from dagster_project.installation import load_workspace
from pipelines.contract_trial.applicable_contract import find_applicable
from pipelines.contract_trial.contract_rejudgement import ApplicationRequest, apply_contract
from pipelines.contract_trial.trial_effects import try_contract
from pipelines.contract_trial.trial_plan import list_trial_units, make_plan, plan_trial
from pipelines.submissions.decisions import rejudging
from pipelines.submissions.decisions.rejudging import list_judgeable
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.receipts.receipt_files import read_receipt
from schemas.errors import UsageError
from schemas.execution.engine import LocalEngine
from support.stored_homes import kept_tree
from support.trials import installed_with_history, put_in_force, write_contract
from support.workspaces import NOW

LATER = NOW + timedelta(days=1)


@pytest.fixture
def settings(tmp_path):
    return installed_with_history(tmp_path)


def apply(settings, file, now=NOW, department=None, expected=None):
    workspace = load_workspace(settings)
    numbers = list_judgeable(workspace, "site", department)
    contract = find_applicable(workspace, settings.contracts, "site", file, numbers)
    plan = make_plan(workspace, settings.contracts, file)
    asked = ApplicationRequest(contract, plan, department or "", expected, now)
    return apply_contract(workspace, asked, LocalEngine(), lambda _: None)


def rows(settings):
    workspace = load_workspace(settings)
    return workspace.lake.read_current(workspace.contracts["site"]).to_pylist()


def tried(settings, file):
    workspace = load_workspace(settings)
    plan = plan_trial(workspace, settings.contracts, "site", file)
    return try_contract(workspace, plan, list_trial_units(workspace, "site"), LocalEngine(), lambda _: None)


def test_the_ledger_says_both_contracts_and_the_digest_of_the_trial_and_receipts_are_those_of_judging_again(
    settings, tmp_path
):
    file, old = write_contract(tmp_path), load_workspace(settings).contracts["site"]
    trial = tried(settings, file)
    put_in_force(settings, file)
    done = apply(settings, file, expected=trial.digest)
    workspace = load_workspace(settings)
    facts = done.decided.facts
    assert facts["contract"] == {"version": "2.0.0", "sha256": workspace.contracts["site"].digest}
    assert facts["before"] == [{"version": "1.0.0", "sha256": old.digest}]
    assert (facts["digest"], facts["originals"], facts["findings"]) == (trial.digest, 6, trial.findings)
    assert [one.after.outcome for one in done.receipts] == ["hold_back", "quarantine"]
    assert [one.after.contract_version for one in done.receipts] == ["2.0.0"] * 2
    (end,) = workspace.ledger.read_entries("contract_rejudgement_end")
    assert end.facts["fallen"] == [one.after.number for one in done.fallen]
    for one in done.receipts:
        old_receipt = read_receipt(workspace, one.before.number)
        assert old_receipt.findings == one.before.findings
        assert one.after.number in old_receipt.notes[-1].zh
    assert workspace.ledger.verify_chain() == []


def test_what_falls_goes_on_standing_until_somebody_mends_it(settings, tmp_path):
    before = {row["code"] for row in rows(settings)}
    put_in_force(settings, write_contract(tmp_path))
    (fallen,) = apply(settings, tmp_path / "new.yaml").fallen
    assert fallen.after.outcome == "quarantine"
    after = {row["code"] for row in rows(settings)}
    assert (before - after, {"D1", "D2"} <= after) == ({"A4"}, True)


def test_another_digest_than_expected_writes_nothing(settings, tmp_path):
    put_in_force(settings, write_contract(tmp_path))
    before = (settings.home / "ledger" / "ledger.jsonl").read_bytes()
    with pytest.raises(UsageError, match="nothing was written"):
        apply(settings, tmp_path / "new.yaml", expected="0" * 64)
    assert (settings.home / "ledger" / "ledger.jsonl").read_bytes() == before


def test_given_again_it_changes_nothing_and_names_the_same_entry(settings, tmp_path):
    put_in_force(settings, write_contract(tmp_path))
    first = apply(settings, tmp_path / "new.yaml")
    before = kept_tree(settings.home)
    again = apply(settings, tmp_path / "new.yaml", LATER, expected=first.decided.facts["digest"])
    assert (again.decided, again.receipts) == (first.decided, ())
    assert kept_tree(settings.home) == before


def test_going_back_is_applying_the_old_contract_and_everything_stands_as_before(settings, tmp_path):
    before, first = rows(settings), tmp_path / "first.yaml"
    shutil.copyfile(settings.contracts / "site.yaml", first)
    put_in_force(settings, write_contract(tmp_path))
    apply(settings, tmp_path / "new.yaml")
    assert rows(settings) != before
    put_in_force(settings, first)
    back = apply(settings, first, LATER)
    assert [one.after.outcome for one in back.receipts] == ["accept", "accept"]
    assert (rows(settings), back.fallen) == (before, ())
    workspace = load_workspace(settings)
    assert len(workspace.ledger.read_entries("contract_rejudgement")) == 2
    assert workspace.ledger.verify_chain() == []


def test_one_department_may_come_first(settings, tmp_path):
    put_in_force(settings, write_contract(tmp_path))
    done = apply(settings, tmp_path / "new.yaml", department="210200")
    assert [one.after.department for one in done.receipts] == ["210200"]
    rest = apply(settings, tmp_path / "new.yaml")
    assert [one.after.department for one in rest.receipts] == ["210100"]


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    """An installation before the contract is applied, the folder with it and with the contract, and the files of its home afterwards."""
    folder = tmp_path_factory.mktemp("applied")
    settings = installed_with_history(folder / "a")
    put_in_force(settings, write_contract(folder))
    shutil.copytree(folder / "a", folder / "before")
    apply(settings, folder / "new.yaml")
    return settings, folder, kept_tree(settings.home, with_log=False)


@pytest.mark.parametrize("step", range(1, 8))
def test_interrupted_anywhere_it_ends_the_same_a_day_later(applied, tmp_path, monkeypatch, step):
    """Killed before each of its steps after the decision: the homes differ in nothing but the time of the last entry."""
    settings, folder, wanted = applied
    file, wanted = folder / "new.yaml", dict(wanted)
    shutil.copytree(folder / "before", tmp_path / "b")
    other = settings.model_copy(update={"home": tmp_path / "b" / "var", "contracts": tmp_path / "b" / "contracts"})
    with monkeypatch.context() as patch:
        kill_at(patch, step)
        with pytest.raises(KeyboardInterrupt):
            apply(other, file)
    apply(other, file, LATER)
    made = kept_tree(other.home, with_log=False)
    left, right = (tree.pop("ledger/ledger.jsonl").splitlines() for tree in (wanted, made))
    assert made == wanted
    assert (left[:-1], len(left)) == (right[:-1], len(right))


def kill_at(patch, step):
    """Interrupts at the step of that number: what writes, of two submissions that are judged again."""
    steps = [0]

    def around(call):
        def stepped(*words, **named):
            if steps[0] == step:
                raise KeyboardInterrupt
            steps[0] += 1
            return call(*words, **named)

        return stepped

    for name in ("store_submission", "judge_submission", "land_rows"):
        patch.setattr(rejudging, name, around(getattr(rejudging, name)))
    patch.setattr(module, "_hash_receipts", around(module._hash_receipts))
    patch.setattr(module, "_decide", around(module._decide))


def test_what_was_taken_back_after_an_interruption_stays_taken_back(settings, tmp_path, monkeypatch):
    put_in_force(settings, write_contract(tmp_path))
    with monkeypatch.context() as patch:
        kill_at(patch, 1)
        with pytest.raises(KeyboardInterrupt):
            apply(settings, tmp_path / "new.yaml")
    workspace = load_workspace(settings)
    (decided,) = workspace.ledger.read_entries("contract_rejudgement")
    retract_submission(workspace, decided.facts["numbers"][0], "错了", LATER)
    done = apply(settings, tmp_path / "new.yaml", LATER)
    assert [one.before.number for one in done.receipts] == decided.facts["numbers"][1:]
