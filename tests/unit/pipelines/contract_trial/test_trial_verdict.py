"""One original under a contract that is tried: compared with what is said now, and with the contract in force where they differ."""

import pytest
import yaml

from dagster_project.installation import load_workspace
from pipelines.contract_trial.trial_plan import list_trial_units, plan_trial
from pipelines.contract_trial.trial_verdict import judge_chunk
from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.submission import original_file, read_submission
from schemas.errors import EngineError
from support.installed import drop, installed
from support.trials import STRICT, installed_with_history, write_contract
from support.workspaces import NOW


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return installed_with_history(tmp_path_factory.mktemp("trial"))


@pytest.fixture
def planned(settings, tmp_path):
    workspace = load_workspace(settings)
    return plan_trial(workspace, settings.contracts, "site", write_contract(tmp_path)), list_trial_units(
        workspace, "site"
    )


def test_a_worker_with_other_contracts_or_other_code_refuses_the_work(planned):
    plan, units = planned
    for wrong in (plan._replace(contracts_hash="0"), plan._replace(code_version="0.1.0+0000")):
        with pytest.raises(EngineError, match="install the same on all machines"):
            judge_chunk(wrong, units[:1])


def test_what_another_day_would_find_too_is_not_blamed_on_the_contract(settings, planned):
    """The receipt of 210300 says that all is well; today's correction on record changes a value under both contracts."""
    plan, units = planned
    corrections = settings.home / "corrections" / "site.csv"
    corrections.parent.mkdir(exist_ok=True)
    head = "department,period,code,field,old,new,reason,who,approved_by,until\n"
    corrections.write_text(f"{head}210300,,E1,area,1,3,台账误记,张三,李四,2026-12-31\n", encoding="utf-8")
    try:
        (verdict,) = judge_chunk(plan, units[-1:])
    finally:
        corrections.unlink()
    assert (verdict.changed, verdict.other_rows, verdict.before.accepted) == (False, False, 2)


def test_warnings_beyond_the_first_thousand_of_a_rule_count_too(tmp_path):
    settings = installed(tmp_path / "home")
    workspace = load_workspace(settings)
    drop(settings, "210100", "site_2026.csv", "code,area\n" + "".join(f"A{n},500\n" for n in range(1500)))
    for arrival in list_arrivals(workspace):
        take_arrival(workspace, arrival, NOW)
    fresh = write_contract(tmp_path, rules=({**STRICT, "severity": "warning"},))
    plan = plan_trial(workspace, settings.contracts, "site", fresh)
    (verdict,) = judge_chunk(plan, list_trial_units(workspace, "site"))
    assert (verdict.after.accepted, verdict.new, verdict.findings) == (1500, 1500, 1500)


def test_an_original_that_is_not_there_is_said_and_not_judged(settings, planned):
    plan, units = planned
    workspace = load_workspace(settings)
    path = original_file(workspace, read_submission(workspace, units[0].number))
    path.rename(path.with_suffix(".away"))
    try:
        (verdict,) = judge_chunk(plan, units[:1])
    finally:
        path.with_suffix(".away").rename(path)
    assert (verdict.lost, verdict.changed, verdict.findings) == (True, False, 0)


def test_a_field_that_only_the_new_contract_has_is_no_difference_of_rows(planned):
    plan, units = planned
    wider = yaml.safe_load(plan.text)
    fields = wider["resources"][0]["schema"]["fields"]
    fields.append({**fields[-1], "name": "depth", "constraints": {}})
    (verdict,) = judge_chunk(plan._replace(text=yaml.safe_dump(wider, allow_unicode=True)), units[-1:])
    assert (verdict.after.accepted, verdict.other_rows) == (2, False)
