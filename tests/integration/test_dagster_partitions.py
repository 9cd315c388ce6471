"""Slices as partitions of Dagster: what is materialized, and what the checks of each slice say."""

from pathlib import Path

import dagster as dg
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value
from typer.testing import CliRunner

from dagster_project import runs
from dagster_project.cli import app
from dagster_project.definitions import build_defs
from dagster_project.installation import load_workspace
from dagster_project.instance import open_instance
from dagster_project.partitions import asset_key, build_partitions_def
from dagster_project.settings import Settings
from pipelines.intake import find_unfinished
from pipelines.submissions.inbox.inbox import list_arrivals
from support.dagster_runs import checks_of, take_in, walk
from support.installed import SITES, drop
from warehouse.lake.standing import find_last_hand_in


def count_of(instance: dg.DagsterInstance, key: dg.AssetKey) -> int:
    return len(instance.fetch_materializations(key, limit=10).records)


def take_in_one(settings: Settings, instance: dg.DagsterInstance, partition: str) -> None:
    """One slice in a run of its own, as the sensor asks for it."""
    instance.add_dynamic_partitions("site_slices", [partition])
    job = build_defs(settings).resolve_job_def("site_intake")
    assert job.execute_in_process(instance=instance, partition_key=partition).success


def statuses_of(instance: dg.DagsterInstance) -> set[str]:
    """The partitions that Dagster's UI shows as materialized, from the cache that it keeps."""
    key = asset_key("site", "accepted")
    cached = get_and_update_asset_status_cache_value(instance, key, build_partitions_def("site"), instance)
    with partition_loading_context(dynamic_partitions_store=instance):
        return set(cached.deserialize_materialized_partition_subsets(build_partitions_def("site")).get_partition_keys())


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
