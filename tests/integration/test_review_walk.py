"""A candidate and the people who decide about it, on the command line and as Dagster jobs: waits, approved by two, released, void, refused.

Also objections that are waived, assessments on record, a lower open type, and clerks who hand in for their own department.
"""

import json
from datetime import timedelta

import dagster as dg
import pytest
import yaml
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.definitions import build_defs
from dagster_project.installation import _open_cached, load_contracts, load_workspace
from dagster_project.review_jobs import APPROVE, ASSESS, REFUSE, WAIVE
from pipelines.publication.due import newest_releases
from support.installed import SITES, drop, installed


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """An installation whose dataset `site` asks for two approvals."""
    settings = installed(tmp_path, who=None)
    file = settings.contracts / "site.yaml"
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    told["sportlake"]["approvals"] = {"roles": ["steward", "confidentiality"], "days": 30}
    file.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (settings.contracts / "visit.yaml").unlink()
    for name, value in (
        ("HOME", settings.home),
        ("CONTRACTS", settings.contracts),
        ("CLOCK", settings.clock.isoformat()),
    ):
        monkeypatch.setenv(f"SPORTLAKE_{name}", str(value))
    monkeypatch.delenv("SPORTLAKE_AS", raising=False)
    return settings


def change_contract(settings, *, version=None, catalogue=None, **policy):
    """The contract of `site` with other parts of its policy."""
    file = settings.contracts / "site.yaml"
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    told["version"] = version or told["version"]
    told["sportlake"] |= policy
    told["sportlake"]["catalogue"] |= catalogue or {}
    file.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8")
    load_contracts.cache_clear()
    _open_cached.cache_clear()


def sportlake(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


def test_a_candidate_waits_for_two_people_and_is_released_when_both_approve(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    first = sportlake("run")
    assert first.exit_code == 0
    assert "waits for approval by a data steward (tester)" in first.stdout
    assert "Nothing new to release" not in first.stdout
    count = len(load_workspace(settings).ledger.read_entries())
    again = sportlake("run")
    assert (again.exit_code, "waits for approval" in again.stdout, "Nothing new to release" in again.stdout) == (
        0,
        True,
        False,
    )
    assert len(load_workspace(settings).ledger.read_entries()) == count, "a run that waits writes nothing"
    assert "waits for" in sportlake("status").stdout

    shown = sportlake("candidate", "site")
    assert "sportlake approve site --as reviewer" in shown.stdout
    assert (settings.home / "candidates" / "site.html").is_file()
    assert sportlake("approve", "site").exit_code == 2, "nobody acts"
    assert sportlake("approve", "site", "--as", "root").exit_code == 2
    assert sportlake("approve", "site", "--as", "clerk").exit_code == 2
    assert sportlake("approve", "site", "--as", "tester").exit_code == 0
    twice = sportlake("approve", "site", "--as", "tester")
    assert (twice.exit_code, "another person" in twice.stderr) == (2, True)
    assert "waits for approval by a confidentiality reviewer" in sportlake("run").stdout
    assert newest_releases(load_workspace(settings)) == {}
    assert sportlake("approve", "site", "--as", "reviewer").exit_code == 0
    assert "2026.11.1" in sportlake("run").stdout


def test_new_data_void_the_approvals_and_a_refusal_stops_them(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    sportlake("run")
    for name in ("tester", "reviewer"):
        sportlake("approve", "site", "--as", name)
    sportlake("run")
    drop(settings, "210100", "site_2026.csv", f"{SITES}S3,30\n")
    void = sportlake("run")
    assert (void.exit_code, "waits for approval by a data steward" in void.stdout) == (0, True)
    shown = sportlake("candidate", "site").stdout
    assert "1 rows added, 0 removed, 0 changed" in shown
    assert sportlake("refuse", "site", "--reason", "S3 待核实", "--as", "reviewer").exit_code == 0
    refused = sportlake("run")
    assert (refused.exit_code, "S3 待核实" in refused.stdout) == (0, True)
    assert "S3 待核实" in sportlake("status").stdout
    assert newest_releases(load_workspace(settings)) == {"site": "2026.11.1"}
    assert sportlake("ledger", "verify").exit_code == 0

    ledger = load_workspace(settings).ledger
    assert [(one.who, one.facts["role"]) for one in ledger.read_entries("approval")] == [
        ("tester", "steward"),
        ("reviewer", "confidentiality"),
    ]
    assert {one.who for one in ledger.read_entries()} == {"automat", "tester", "reviewer"}


def test_an_approval_is_taken_back_before_the_release_and_not_after_it(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    sportlake("run")
    sportlake("approve", "site", "--as", "tester")
    sportlake("approve", "site", "--as", "reviewer")
    assert sportlake("approve", "site", "--undo", "--as", "reviewer").exit_code == 0
    assert "waits for approval by a confidentiality reviewer" in sportlake("run").stdout
    sportlake("approve", "site", "--as", "reviewer")
    assert "2026.11.1" in sportlake("release").stdout
    late = sportlake("approve", "site", "--undo", "--as", "reviewer")
    assert (late.exit_code, "rollback" in late.stderr) == (2, True)


def test_without_a_list_of_people_files_are_taken_in_and_the_way_to_a_list_is_said(settings):
    (settings.home / "people.yaml").unlink()
    drop(settings, "210100", "site_2026.csv", SITES)
    run = sportlake("run")
    assert (run.exit_code, "sportlake people add" in run.stdout) == (0, True)
    assert {entry.who for entry in load_workspace(settings).ledger.read_entries()} == {"平台"}
    assert "people add" in sportlake("approve", "site").stderr
    assert "people init" in sportlake("approve", "site", "--as", "王一").stderr
    assert sportlake("people", "init").exit_code == 0
    assert sportlake("people", "init").exit_code == 2
    for name, role in (("王一", "steward"), ("李二", "confidentiality")):
        assert sportlake("people", "add", name, "--role", role, "--department", "ln-qunti").exit_code == 0
    assert sportlake("people", "add", "王一", "--role", "head").exit_code == 2
    assert sportlake("people", "add", "赵三", "--role", "boss").exit_code == 2
    assert sportlake("people", "add", "赵三", "--role", "head", "--department", "nowhere").exit_code == 2
    assert "保密审查员" in sportlake("people").stdout
    assert sportlake("approve", "site", "--as", "王一").exit_code == 0
    assert sportlake("approve", "site", "--as", "李二").exit_code == 0
    assert "2026.11.1" in sportlake("run").stdout


def test_the_same_decisions_are_jobs_of_dagster_with_a_form(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    sportlake("run")
    decide = job_runner(settings)
    assert not decide(APPROVE, "record_approval", person="root")
    assert not decide(REFUSE, "record_refusal", person="reviewer", reason=" ")
    assert decide(APPROVE, "record_approval", person="tester", note="逐项核对")
    assert decide(REFUSE, "record_refusal", person="reviewer", reason="待核实")
    assert decide(APPROVE, "record_approval", person="reviewer")
    assert "2026.11.1" in sportlake("run").stdout


def job_runner(settings):
    """Runs a job of decisions with its form; returns whether it succeeded."""
    defs = build_defs(settings)

    def decide(job, step, **form):
        with dg.DagsterInstance.ephemeral() as instance:
            config = {"ops": {step: {"config": {"dataset": "site", **form}}}}
            done = defs.resolve_job_def(job).execute_in_process(
                instance=instance, run_config=config, raise_on_error=False
            )
            return done.success

    return decide


def test_an_objection_is_waived_for_a_time_and_everything_says_so(settings):
    change_contract(settings, approvals={"roles": []}, coverage=1)
    drop(settings, "210100", "site_2026.csv", SITES)
    stopped = sportlake("run")
    assert (stopped.exit_code, "a first release needs 100%" in stopped.stdout) == (1, True)
    assert "sportlake waive site low-coverage --reason … --until … --as tester" in sportlake("candidate", "site").stdout
    waive = ("waive", "site", "low-coverage", "--reason", "其余单位补报中", "--until")
    assert sportlake(*waive, "2026-12-20", "--as", "reviewer").exit_code == 2
    assert sportlake(*waive, "2027-12-20", "--as", "tester").exit_code == 2
    assert sportlake(*waive, "2026-12-20", "--as", "tester").exit_code == 0
    shown, page = sportlake("candidate", "site").stdout, settings.home / "candidates" / "site.html"
    for told in (shown, page.read_text(encoding="utf-8")):
        assert "tester" in told
        assert "其余单位补报中" in told
    assert sportlake("waive", "site", "low-coverage", "--undo", "--as", "tester").exit_code == 0
    assert sportlake("run").exit_code == 1
    assert sportlake(*waive, "2026-12-20", "--as", "tester").exit_code == 0
    assert "2026.11.1" in sportlake("run").stdout
    status = sportlake("status").stdout
    assert "low-coverage" in status
    assert "2026-12-20" in status
    told = json.loads((settings.home / "releases/site/2026.11.1/datapackage.json").read_text(encoding="utf-8"))
    assert [one["type"] for one in told["sportlake"]["release"]["waivers"]] == ["low-coverage"]
    assert "tester" not in json.dumps(told)
    assert sportlake("ledger", "verify").exit_code == 0


def test_a_run_takes_a_candidate_whose_waiver_has_ended_to_the_gate_again(settings, monkeypatch):
    change_contract(settings, coverage=1)
    drop(settings, "210100", "site_2026.csv", SITES)
    assert sportlake("run").exit_code == 1
    until = settings.clock.date() + timedelta(days=3)
    assert (
        sportlake("waive", "site", "low-coverage", "--reason", "补报中", "--until", until, "--as", "tester").exit_code
        == 0
    )
    assert "waits for approval" in sportlake("run").stdout
    page = settings.home / "candidates" / "site.html"
    assert page.is_file()
    monkeypatch.setenv("SPORTLAKE_CLOCK", (settings.clock + timedelta(days=4)).isoformat())
    status = " ".join(sportlake("status").stdout.split())
    assert f"its waiver ended on {until}" in status
    assert sportlake("approve", "site", "--as", "tester").exit_code == 2
    again = sportlake("run")
    assert (again.exit_code, "a first release needs 100%" in again.stdout) == (1, True)
    assert not page.exists()
    assert "a first release needs 100%" in " ".join(sportlake("status").stdout.split())
    assert "its waiver ended" not in sportlake("status").stdout


def test_a_candidate_waits_for_assessments_and_the_release_states_them(settings):
    needed = {"needed": ["head_approval", "classification_review"]}
    change_contract(settings, assessments=needed, catalogue={"head_approval": "not_done"})
    drop(settings, "210100", "site_2026.csv", SITES)
    assert "not on record yet: approval by the head and review of level and class" in sportlake("run").stdout
    sportlake("approve", "site", "--as", "tester")
    said = sportlake("approve", "site", "--as", "reviewer").stdout
    assert "still to be put on record: approval by the head" in said
    assert "not on record yet" in sportlake("status").stdout
    assert "sportlake assess site head_approval" in sportlake("candidate", "site").stdout
    assess = ("assess", "site", "head_approval", "--document", "辽体〔2026〕8号", "--result", "同意公开", "--as")
    assert sportlake(*assess, "reviewer").exit_code == 2
    assert sportlake("assess", "site", "unknown", "--as", "tester").exit_code == 2
    assert sportlake(*assess, "tester").exit_code == 0
    assert sportlake("assess", "site", "head_approval", "--undo", "--as", "tester").exit_code == 2
    undone = sportlake("assess", "site", "head_approval", "--undo", "--reason", "文号有误", "--as", "tester")
    assert undone.exit_code == 0
    assert sportlake(*assess, "tester", "--until", "2026-12-10").exit_code == 0
    decide = job_runner(settings)
    form = {"kind": "分类分级审核", "document": "辽体〔2026〕9号", "result": "一级，一般数据"}
    assert not decide(ASSESS, "record_evidence", person="reviewer", **form)
    assert decide(ASSESS, "record_evidence", person="tester", until="2027-06-01", **form)
    assert "2026.11.1" in sportlake("run").stdout
    told = json.loads((settings.home / "releases/site/2026.11.1/datapackage.json").read_text(encoding="utf-8"))
    stated = told["sportlake"]["catalogue"]
    assert (stated["head_approval"]["done"]["document"], stated["head_approval"]["done"]["zh"]) == (
        "辽体〔2026〕8号",
        "部门负责人",
    )
    assert stated["classification_review"]["done"]["until"] == "2027-06-01"
    assert "同意公开" not in json.dumps(told, ensure_ascii=False)
    assert "2026-12-10" in sportlake("status").stdout, "it runs out within a month"


def test_a_lower_open_type_is_refused_until_the_head_approves_it(settings):
    change_contract(settings, approvals={"roles": []})
    drop(settings, "210100", "site_2026.csv", SITES)
    assert "2026.11.1" in sportlake("run").stdout
    change_contract(settings, version="1.1.0", catalogue={"open_type": "conditional"})
    refused = sportlake("run")
    assert (refused.exit_code, "the open type goes down" in refused.stdout) == (1, True)
    assert "open_type_lowering" in sportlake("status").stdout
    lower = ("assess", "site", "open_type_lowering", "--document", "辽体〔2026〕10号", "--result", "含经营信息", "--as")
    assert sportlake(*lower, "reviewer").exit_code == 2
    assert sportlake(*lower, "tester").exit_code == 0
    assert "2026.11.2" in sportlake("run").stdout


def test_a_waiver_is_a_job_of_dagster_too(settings):
    change_contract(settings, approvals={"roles": []}, coverage=1)
    drop(settings, "210100", "site_2026.csv", SITES)
    assert sportlake("run").exit_code == 1
    decide = job_runner(settings)
    form = {"finding": "low-coverage", "reason": "其余单位补报中"}
    assert not decide(WAIVE, "record_waiver", person="tester", until="bald", **form)
    assert not decide(WAIVE, "record_waiver", person="clerk", until="2026-12-20", **form)
    assert decide(WAIVE, "record_waiver", person="tester", until="2026-12-20", **form)
    assert "2026.11.1" in sportlake("run").stdout


def test_a_clerk_hands_in_for_the_own_department_only(settings, tmp_path):
    file = tmp_path / "sites.csv"
    file.write_text(SITES, encoding="utf-8")
    hand_in = ("submit", file, "--dataset", "site", "--period", "2026", "--as", "clerk", "--department")
    refused = sportlake(*hand_in, "210200")
    assert (refused.exit_code, "clerk (clerk) hands in for 210100 only" in refused.stderr) == (2, True)
    assert load_workspace(settings).ledger.read_entries() == []
    assert sportlake(*hand_in, "210100").exit_code == 0


def test_a_duplicate_key_of_two_departments_holds_out_its_rows_and_is_said(settings):
    file = settings.contracts / "site.yaml"
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    told["sportlake"] |= {"approvals": {"roles": []}, "disputed": "hold_out", "quarantine": {"share": 0.5}}
    file.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8")
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", "code,area\nS2,21\nS3,30\n")
    run = sportlake("run")
    assert (run.exit_code, "2026.11.1" in run.stdout) == (0, True)
    for answer in (run.stdout, sportlake("status").stdout):
        assert "S2 在 210100/2026、210200/2026 中重复" in answer
    again = sportlake("run")
    assert (again.exit_code, newest_releases(load_workspace(settings))) == (0, {"site": "2026.11.1"})
