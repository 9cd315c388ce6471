"""The walk as Dagster runs it, in process, over a small installation."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value
from typer.testing import CliRunner

from dagster_project import runs
from dagster_project.catalogues import catalogue_names, open_catalogue
from dagster_project.cli import app
from dagster_project.definitions import build_defs
from dagster_project.installation import load_workspace
from dagster_project.instance import PROCESS_TAG, open_instance
from dagster_project.partitions import asset_key, build_partitions_def
from dagster_project.settings import Settings
from pipelines.intake import find_unfinished
from pipelines.publication.due import newest_releases, publication_due, releases_due, warehouse_due
from pipelines.submissions.hand_ins import receive_arrival
from pipelines.submissions.inbox import list_arrivals
from support.installed import MORE_SITES, SITES, VISITS, drop, installed
from warehouse.standing import find_last_hand_in


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return installed(tmp_path)


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def walk(settings: Settings, instance: dg.DagsterInstance) -> list[runs.RunResult]:
    """Intake, release and publication of everything, as `sportlake run` does it."""
    workspace, defs = load_workspace(settings), build_defs(settings)
    waiting = find_unfinished(workspace, list_arrivals(workspace))
    ran = [runs.execute_run(defs, instance, piece) for piece in runs.plan_intake_requests(instance, waiting)]
    ran.append(runs.execute_run(defs, instance, runs.build_release_request(workspace.contracts)))
    return [
        *ran,
        runs.execute_run(defs, instance, runs.build_publish_request(workspace.contracts, catalogue_names(settings))),
    ]


def files_below(home: Path) -> dict[str, tuple[int, int]]:
    return {
        str(p.relative_to(home)): (p.stat().st_mtime_ns, p.stat().st_size)
        for p in home.rglob("*")
        if p.is_file() and p.name != ".warehouse.lock"
    }


def checks_of(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, dg.AssetCheckEvaluation]:
    events = instance.get_latest_asset_check_evaluation_record
    found = {}
    for name in ("cells", "rows", "table", "files", "corrections", "gate"):
        record = events(dg.AssetCheckKey(key, name))
        if record is not None:
            found[name] = record.event.dagster_event.event_specific_data
    return found


def test_files_of_two_datasets_reach_catalogue_and_warehouse(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", MORE_SITES)
    drop(settings, "210100", "visit_2026.csv", VISITS)
    ran = walk(settings, instance)
    workspace = load_workspace(settings)
    assert [one.failures for one in ran] == [()] * len(ran)
    assert newest_releases(workspace) == {"site": "2026.11.1", "visit": "2026.11.1"}
    assert not publication_due(workspace, open_catalogue(workspace, settings, "static"))
    assert not warehouse_due(workspace)
    assert workspace.layout.warehouse.is_file()
    assert (workspace.layout.catalogue / "index.html").is_file()


def test_every_slice_is_recorded_as_a_partition_with_its_own_counts(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", "code,area\nS3,30\n")
    walk(settings, instance)
    key = asset_key("site", "accepted")
    assert instance.get_materialized_partitions(key) == {"210100|2026", "210200|2026"}
    records = instance.fetch_materializations(key, limit=10).records
    rows = {r.partition_key: r.asset_materialization.metadata["accepted"].value for r in records}
    assert rows == {"210100|2026": 2, "210200|2026": 1}
    receipt = records[0].asset_materialization.metadata["receipt"].value
    assert Path(receipt).is_file()


def test_many_slices_of_a_dataset_are_one_run(settings, instance):
    for code in ("210100", "210200", "210300"):
        drop(settings, code, "site_2026.csv", f"code,area\nS{code},1\n")
    workspace = load_workspace(settings)
    pieces = runs.plan_intake_requests(instance, find_unfinished(workspace, list_arrivals(workspace)))
    assert [(piece.job, piece.files) for piece in pieces] == [("inbox_look", 0), ("site_intake", 3)]


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


def take_in(settings: Settings, instance: dg.DagsterInstance) -> None:
    """The intake alone."""
    workspace, defs = load_workspace(settings), build_defs(settings)
    waiting = find_unfinished(workspace, list_arrivals(workspace))
    for piece in runs.plan_intake_requests(instance, waiting):
        ran = runs.execute_run(defs, instance, piece)
        assert instance.get_run_by_id(ran.run_id).is_success


def count_of(instance: dg.DagsterInstance, key: dg.AssetKey) -> int:
    return len(instance.fetch_materializations(key, limit=10).records)


def test_a_partition_whose_file_was_sent_back_is_not_materialized_and_its_check_says_why(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", "code,area\nS8,much\n")
    drop(settings, "210300", "site_2026.csv", b"\x00".decode() * 40)
    take_in(settings, instance)
    key = asset_key("site", "accepted")
    assert instance.get_materialized_partitions(key) == {"210100|2026"}
    assert count_of(instance, asset_key("site", "table")) == 1
    found = checks_of(instance, key)["files"]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    dalian, anshan = found.description.splitlines()
    assert "site_2026.csv" in dalian
    assert "大连市体育局" in dalian
    assert "1 of 1 rows have errors" in dalian
    assert "鞍山市体育局" in anshan
    links = [value.url for value in found.metadata.values() if isinstance(value, dg.UrlMetadataValue)]
    receipts = load_workspace(settings).layout.receipts
    assert len(links) == 2
    for link in links:
        address, _, page = link.rpartition("/")
        assert address == "http://127.0.0.1:3001"
        assert (receipts / page).is_file()


def test_a_file_that_is_sent_back_leaves_table_and_partition_as_they_were(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    take_in(settings, instance)
    drop(settings, "210100", "site_2026_2.csv", "code,area\nS1,much\n")
    take_in(settings, instance)
    assert count_of(instance, asset_key("site", "accepted")) == 1
    assert count_of(instance, asset_key("site", "table")) == 1
    assert "site_2026_2.csv" in checks_of(instance, asset_key("site", "accepted"))["files"].description
    drop(settings, "210200", "site_2026.csv", "code,area\nS3,30\n")
    take_in(settings, instance)
    assert "site_2026_2.csv" in checks_of(instance, asset_key("site", "accepted"))["files"].description
    drop(settings, "210100", "site_2026_3.csv", "code,area\nS1,11\nS2,20\n")
    take_in(settings, instance)
    assert checks_of(instance, asset_key("site", "accepted"))["files"].passed


def test_the_ui_shows_the_checks_of_the_newest_file_also_if_it_was_sent_back(settings, instance):
    """Dagster shows a result only beside the materialization that it names."""
    for department, text in (("210100", SITES), ("210200", "code,area\nS8,much\n"), ("210300", "code,area\nS3,3\n")):
        drop(settings, department, "site_2026.csv", text)
        take_in_one(settings, instance, f"{department}|2026")
        key = asset_key("site", "accepted")
        last = instance.fetch_materializations(key, limit=1).records[0]
        for name in ("cells", "rows", "table", "files", "corrections"):
            record = instance.get_latest_asset_check_evaluation_record(dg.AssetCheckKey(key, name))
            target = record.event.dagster_event.event_specific_data.target_materialization_data
            assert record.run_id == last.run_id or target.storage_id == last.storage_id, (department, name)


def test_every_slice_has_results_of_its_own_with_file_and_receipt(settings, instance):
    drop(settings, "210100", "site_2026_甲.csv", SITES)
    drop(settings, "210200", "site_2026.csv", "code,area\nS8,much\n")
    take_in(settings, instance)
    key = dg.AssetCheckKey(asset_key("site", "accepted"), "cells")
    records = instance.event_log_storage.get_asset_check_execution_history(key, limit=10)
    found = [record.event.dagster_event.event_specific_data for record in records]
    assert {one.partition: one.passed for one in found} == {"210100|2026": True, "210200|2026": False}
    (failed,) = (one for one in found if not one.passed)
    assert [name.partition(" ")[2] for name in failed.metadata if name.startswith("RCPT-")] == ["site_2026.csv"]


def test_a_run_names_the_file_as_it_was_handed_in(settings, instance):
    drop(settings, "210100", "site_2026_甲.xlsx.csv", SITES)
    workspace = load_workspace(settings)
    (arrival,) = list_arrivals(workspace)
    receive_arrival(workspace, arrival, settings.current_time())
    (_, piece) = runs.plan_intake_requests(instance, find_unfinished(workspace, list_arrivals(workspace)))
    ran = runs.execute_run(build_defs(settings), instance, piece)
    assert instance.get_run_by_id(ran.run_id).tags["file"] == "site_2026_甲.xlsx.csv"


def statuses_of(instance: dg.DagsterInstance) -> set[str]:
    """The partitions that Dagster's UI shows as materialized, from the cache that it keeps."""
    key = asset_key("site", "accepted")
    cached = get_and_update_asset_status_cache_value(instance, key, build_partitions_def("site"), instance)
    with partition_loading_context(dynamic_partitions_store=instance):
        return set(cached.deserialize_materialized_partition_subsets(build_partitions_def("site")).get_partition_keys())


def test_the_partition_follows_the_newest_file_and_what_is_decided_about_it_on_the_command_line(settings, monkeypatch):
    """Over the instance of the home itself, with the status that the UI reads."""
    for name, value in {
        "HOME": settings.home,
        "CONTRACTS": settings.contracts,
        "CLOCK": settings.clock.isoformat(),
    }.items():
        monkeypatch.setenv(f"SPORTLAKE_{name}", str(value))

    def sportlake(*words: str) -> None:
        assert CliRunner().invoke(app, [*words, "--reason", "核实过", "--as", "tester"]).exit_code == 0

    workspace = load_workspace(settings)
    many = "code,area\n" + "".join(f"S{at},1\n" for at in range(30))
    with open_instance(workspace.layout) as instance:
        drop(settings, "210100", "site_2026.csv", many)
        drop(settings, "210200", "site_2026.csv", "code,area\nT1,1\n")
        take_in(settings, instance)
        first = find_last_hand_in(workspace.ledger, "site/210100/2026").facts["number"]
        assert statuses_of(instance) == {"210100|2026", "210200|2026"}
        drop(settings, "210100", "site_2026_2.csv", SITES)
        take_in(settings, instance)
        assert statuses_of(instance) == {"210200|2026"}
        assert not checks_of(instance, asset_key("site", "accepted"))["files"].passed
        waits = find_last_hand_in(workspace.ledger, "site/210100/2026").facts["number"]
        sportlake("accept", waits)
        assert statuses_of(instance) == {"210100|2026", "210200|2026"}
        assert checks_of(instance, asset_key("site", "accepted"))["files"].passed
        rows = instance.fetch_materializations(asset_key("site", "table"), limit=1).records[0]
        assert rows.asset_materialization.metadata["dagster/row_count"].value == 3
        sportlake("retract", waits)
        sportlake("retract", first)
        assert statuses_of(instance) == {"210200|2026"}
        sportlake("retract", first, "--undo")
        assert statuses_of(instance) == {"210100|2026", "210200|2026"}


def take_in_one(settings: Settings, instance: dg.DagsterInstance, partition: str) -> None:
    """One slice in a run of its own, as the sensor asks for it."""
    instance.add_dynamic_partitions("site_slices", [partition])
    job = build_defs(settings).resolve_job_def("site_intake")
    assert job.execute_in_process(instance=instance, partition_key=partition).success


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
    everybody = len(load_workspace(settings).departments)
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
    assert not warehouse_due(workspace)


def test_materialising_everything_again_writes_nothing(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210100", "visit_2026.csv", VISITS)
    walk(settings, instance)
    before = files_below(settings.home)
    defs = build_defs(settings)
    for dataset in ("site", "visit"):
        again = runs.RunRequest(f"{dataset}_intake", partition_range=("210100|2026", "210100|2026"))
        assert runs.execute_run(defs, instance, again).failures == ()
    assert runs.execute_run(defs, instance, runs.build_release_request(["site", "visit"])).failures == ()
    assert runs.execute_run(defs, instance, runs.build_publish_request(["site", "visit"], ["static"])).failures == ()
    assert files_below(settings.home) == before


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

        broken.setattr("warehouse.lake.Lake.replace_slices", full)
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
