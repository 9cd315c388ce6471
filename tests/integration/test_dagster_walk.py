"""The walk as Dagster runs it, in process, over a small installation. Not here: partitions (`test_dagster_partitions.py`)."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import dagster as dg

from dagster_project import runs
from dagster_project.catalogues import open_catalogue
from dagster_project.definitions import build_defs
from dagster_project.installation import load_workspace
from dagster_project.instance import PROCESS_TAG
from dagster_project.partitions import asset_key
from dagster_project.settings import Settings
from pipelines.intake import find_unfinished
from pipelines.publication.due import newest_releases, publication_due, releases_due, warehouse_due
from pipelines.submissions.inbox.hand_ins import receive_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from support.dagster_runs import checks_of, take_in, walk
from support.installed import MORE_SITES, SITES, VISITS, drop


def files_below(home: Path) -> dict[str, tuple[int, int]]:
    return {
        str(p.relative_to(home)): (p.stat().st_mtime_ns, p.stat().st_size)
        for p in home.rglob("*")
        if p.is_file() and p.name != ".warehouse.lock"
    }


def test_files_of_two_datasets_reach_catalogue_and_warehouse(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", MORE_SITES)
    drop(settings, "210100", "visit_2026.csv", VISITS)
    ran = walk(settings, instance)
    workspace = load_workspace(settings)
    assert [one.failures for one in ran] == [()] * len(ran)
    assert newest_releases(workspace) == {"site": "2026.11.1", "visit": "2026.11.1"}
    assert not publication_due(workspace, open_catalogue(workspace, settings, "static"))
    assert not warehouse_due(workspace, settings.current_time().date())
    assert workspace.layout.warehouse.is_file()
    assert (workspace.layout.catalogue / "index.html").is_file()


def test_a_quarantined_file_is_a_successful_run_with_a_warning(settings, instance):
    drop(settings, "210100", "site_2026.csv", "code,area\nS1,much\nS2,little\n")
    workspace, defs = load_workspace(settings), build_defs(settings)
    (_, piece) = runs.plan_intake_requests(instance, find_unfinished(workspace, list_arrivals(workspace)))
    ran = runs.execute_run(defs, instance, piece)
    assert ran.failures == ()
    assert instance.get_run_by_id(ran.run_id).is_success
    checks = checks_of(instance, asset_key("site", "accepted"))
    assert {name: check.passed for name, check in checks.items()} == {
        "cells": False,
        "rows": True,
        "table": True,
        "files": False,
        "corrections": True,
    }
    assert checks["cells"].severity is dg.AssetCheckSeverity.WARN
    assert checks["cells"].metadata["type-error"].value == 2
    assert workspace.lake.current_version(workspace.contracts["site"]) is None


def wrong_corrections(settings: Settings, dataset: str) -> None:
    path = load_workspace(settings).layout.corrections_file(dataset)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("department,period,code,field,old,new\n", encoding="utf-8")


def test_wrong_corrections_of_another_dataset_fail_a_check_of_the_intake_with_our_message(settings, instance):
    wrong_corrections(settings, "visit")
    drop(settings, "210100", "site_2026.csv", SITES)
    take_in(settings, instance)
    found = checks_of(instance, asset_key("site", "accepted"))["corrections"]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "更正记录 visit.csv 的列应为" in found.description
    assert "the columns of the corrections visit.csv must be" in found.description


def test_wrong_corrections_of_its_own_dataset_fail_the_run_with_our_message(settings, instance):
    wrong_corrections(settings, "site")
    drop(settings, "210100", "site_2026.csv", SITES)
    workspace, defs = load_workspace(settings), build_defs(settings)
    (_, piece) = runs.plan_intake_requests(instance, find_unfinished(workspace, list_arrivals(workspace)))
    (failure,) = runs.execute_run(defs, instance, piece).failures
    assert "the columns of the corrections site.csv must be" in failure
    assert workspace.lake.current_version(workspace.contracts["site"]) is None


def test_a_run_names_the_file_as_it_was_handed_in(settings, instance):
    drop(settings, "210100", "site_2026_甲.xlsx.csv", SITES)
    workspace = load_workspace(settings)
    (arrival,) = list_arrivals(workspace)
    receive_arrival(workspace, arrival, settings.current_time())
    (_, piece) = runs.plan_intake_requests(instance, find_unfinished(workspace, list_arrivals(workspace)))
    ran = runs.execute_run(build_defs(settings), instance, piece)
    assert instance.get_run_by_id(ran.run_id).tags["file"] == "site_2026_甲.xlsx.csv"


def test_a_refused_name_fails_the_check_of_the_inbox(settings, instance):
    drop(settings, "210100", "stadium_2026.csv", "a\n1\n")
    take_in(settings, instance)
    found = checks_of(instance, dg.AssetKey("inbox"))["files"]
    assert not found.passed
    assert "stadium_2026.csv" in found.description


def freshness_of(settings: Settings, instance: dg.DagsterInstance) -> dg.AssetCheckEvaluation:
    """What the morning's look finds about the sites."""
    assert build_defs(settings).resolve_job_def("freshness").execute_in_process(instance=instance).success
    record = instance.get_latest_asset_check_evaluation_record(
        dg.AssetCheckKey(asset_key("site", "table"), "freshness")
    )
    return record.event.dagster_event.event_specific_data


def test_one_citys_file_does_not_make_the_others_fresh_and_a_quarantined_one_nobody(settings, instance):
    departments = [d for d in load_workspace(settings).departments.values() if d.kind == "city_bureau"]
    everybody = sum(d.kind in {"city_bureau", "province_unit"} for d in load_workspace(settings).departments.values())
    before = freshness_of(settings, instance)
    assert (before.passed, before.metadata["late"].value) == (False, everybody)
    drop(settings, "210100", "site_2025.csv", SITES)
    drop(settings, "210200", "site_2025.csv", "code,area\nS8,much\n")
    take_in(settings, instance)
    after = freshness_of(settings, instance)
    assert (after.passed, after.metadata["late"].value) == (False, everybody - 1)
    assert "沈阳市体育局" not in after.description
    assert "大连市体育局 Dalian Sports Bureau（210200）：2025 最迟应于 2026-01-29 报送" in after.description
    for number, department in enumerate(load_workspace(settings).departments):
        if department != "210100":
            drop(settings, department, "site_2025_2.csv", f"code,area\nT{number},1\n")
    take_in(settings, instance)
    assert freshness_of(settings, instance).passed
    assert len(departments) == 14


def test_a_gate_that_objects_stops_its_dataset_and_no_other(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", f"{SITES}S9,90\n")
    drop(settings, "210100", "visit_2026.csv", VISITS)
    *_, released, published = walk(settings, instance)
    assert list(released.objections) == ["site"]
    assert "S1" in released.objections["site"]
    assert released.failures == ()
    assert published.failures == ()
    assert list(newest_releases(load_workspace(settings))) == ["visit"]
    gate = checks_of(instance, asset_key("site", "candidate"))["gate"]
    assert (gate.passed, gate.severity, gate.blocking) == (False, dg.AssetCheckSeverity.ERROR, True)


def test_a_misnamed_file_is_refused_with_a_receipt_and_holds_up_nothing(settings, instance):
    drop(settings, "210100", "stadium_2026.csv", "a\n1\n")
    drop(settings, "210100", "site_2026.csv", SITES)
    ran = walk(settings, instance)
    workspace = load_workspace(settings)
    assert [one.failures for one in ran] == [()] * len(ran)
    assert find_unfinished(workspace, list_arrivals(workspace)) == []
    outcomes = [entry.facts["outcome"] for entry in workspace.ledger.read_entries("verdict")]
    assert sorted(outcomes) == ["accept", "refused"]


def test_a_second_walk_finds_nothing_due(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    walk(settings, instance)
    workspace = load_workspace(settings)
    assert find_unfinished(workspace, list_arrivals(workspace)) == []
    assert releases_due(workspace) == []
    assert not publication_due(workspace, open_catalogue(workspace, settings, "static"))
    assert not warehouse_due(workspace, settings.current_time().date())


def test_materialising_everything_again_writes_nothing(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210100", "visit_2026.csv", VISITS)
    walk(settings, instance)
    before = kept_below(settings.home)
    defs = build_defs(settings)
    for dataset in ("site", "visit"):
        again = runs.RunRequest(f"{dataset}_intake", partition_range=("210100|2026", "210100|2026"))
        assert runs.execute_run(defs, instance, again).failures == ()
    assert runs.execute_run(defs, instance, runs.build_release_request(["site", "visit"])).failures == ()
    assert runs.execute_run(defs, instance, runs.build_publish_request(["site", "visit"], ["static"])).failures == ()
    assert kept_below(settings.home) == before


def kept_below(home):
    """The files of a home without the ledger's index, which follows every question and may be deleted at any time."""
    return {name: state for name, state in files_below(home).items() if not name.startswith("ledger/.index.")}


def test_a_corrected_file_replaces_the_slice_and_makes_a_release(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    walk(settings, instance)
    drop(settings, "210100", "site_2026_2.csv", "code,area\nS1,11\nS2,20\n")
    walk(settings, instance)
    workspace = load_workspace(settings)
    assert newest_releases(workspace) == {"site": "2026.11.2"}
    assert workspace.lake.read_current(workspace.contracts["site"]).column("area").to_pylist() == [11.0, 20.0]


def test_a_machine_that_breaks_is_told_and_the_next_walk_goes_on(settings, instance, monkeypatch):
    drop(settings, "210100", "site_2026.csv", SITES)
    with monkeypatch.context() as broken:

        def full(*_args, **_kwargs):
            raise OSError(28, "No space left on device")

        broken.setattr("warehouse.lake.lake.Lake.replace_slices", full)
        told = [line for one in walk(settings, instance) for line in one.failures]
    assert len(told) == 1
    assert "site_accepted" in told[0]
    assert "No space left on device" in told[0]
    assert [line for one in walk(settings, instance) for line in one.failures] == []
    assert newest_releases(load_workspace(settings)) == {"site": "2026.11.1"}


def test_a_run_whose_process_was_killed_is_ended_and_a_living_one_is_not(settings, instance):
    defs = build_defs(settings)
    job = defs.resolve_job_def("inbox_look")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = socket.gethostname()

    def started(process: int) -> str:
        tags = {PROCESS_TAG: f"{host}/{process}"}
        run = instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
        return run.run_id

    dead, living = started(gone.pid), started(os.getpid())
    assert runs.fail_abandoned_runs(instance) == 1
    assert instance.get_run_by_id(dead).status is dg.DagsterRunStatus.FAILURE
    assert instance.get_run_by_id(living).status is dg.DagsterRunStatus.STARTED
