"""What a contract that is tried would do to departments, files, cells and releases; and that trying it changes nothing."""

import pytest

from dagster_project.installation import load_workspace
from pipelines.contract_trial.trial_effects import hash_verdicts, try_contract
from pipelines.contract_trial.trial_plan import list_trial_units, plan_trial
from schemas.execution.engine import LocalEngine
from support.trials import HISTORY, installed_with_history, write_contract


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return installed_with_history(tmp_path_factory.mktemp("trial"))


def effects_of(settings, file, engine=None):
    workspace = load_workspace(settings)
    plan = plan_trial(workspace, settings.contracts, "site", file)
    told = []
    made = try_contract(workspace, plan, list_trial_units(workspace, "site"), engine or LocalEngine(), told.append)
    assert sum(told) == len(made.verdicts)
    return made


@pytest.fixture(scope="module")
def effects(settings, tmp_path_factory):
    return effects_of(settings, write_contract(tmp_path_factory.mktemp("new")))


def test_every_original_is_judged_whether_it_stands_or_not(effects):
    assert len(effects.verdicts) == len(HISTORY)
    assert [one.unit.department for one in effects.verdicts] == ["210100"] * 3 + ["210200"] * 2 + ["210300"]


def test_a_department_has_one_line_with_what_it_would_lose(effects):
    lines = {one.department: one for one in effects.departments}
    assert [(one.originals, one.changed, one.falling, one.rows) for one in lines.values()] == [
        (3, 2, 1, -4),
        (2, 1, 1, -2),
        (1, 0, 0, 0),
    ]
    assert lines["210100"].name.zh == "沈阳市体育局"


def test_each_cell_that_is_newly_found_wrong_is_named(effects):
    (held,) = (one for one in effects.changed if one.after.outcome == "hold_back")
    assert [(cell.type, cell.row) for cell in held.found] == [("area-small", 5)]
    assert (held.before.accepted, held.after.accepted, held.new, held.gone) == (44, 43, 1, 0)


def test_a_contract_that_changes_words_only_changes_no_original(settings, tmp_path):
    same = effects_of(settings, write_contract(tmp_path, "1.0.1", ()))
    assert (same.changed, same.releases, same.lost) == ((), (), ())


def test_nothing_is_written_and_the_digest_is_the_same_again(settings, effects, tmp_path):
    workspace = load_workspace(settings)
    before = workspace.ledger.read_head()
    again = effects_of(settings, write_contract(tmp_path))
    assert (again.digest, again.verdicts) == (effects.digest, effects.verdicts)
    assert load_workspace(settings).ledger.read_head() == before
    assert again.digest == hash_verdicts(effects.verdicts) != hash_verdicts(effects.verdicts[1:])


def test_processes_find_the_same(settings, effects, tmp_path):
    pooled = effects_of(settings, write_contract(tmp_path), LocalEngine(2))
    assert (pooled.verdicts, pooled.digest, pooled.engine) == (effects.verdicts, effects.digest, "local-2")
