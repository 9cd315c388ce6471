"""Dagster's home: telemetry off, one event log kept open, history in the home."""

import sqlite3

import dagster as dg
import yaml

from dagster_project.event_log import OpenEventLog
from dagster_project.instance import instance_yaml, open_instance, prepare_instance, renew_instance
from dagster_project.run_storage import OpenRunStorage
from warehouse.layout import Layout


def test_telemetry_is_off(tmp_path):
    with open_instance(Layout(tmp_path)) as instance:
        assert not instance.telemetry_enabled


def test_preparing_twice_writes_once(tmp_path):
    file = prepare_instance(Layout(tmp_path)) / "dagster.yaml"
    before = file.stat().st_mtime_ns
    prepare_instance(Layout(tmp_path))
    assert file.stat().st_mtime_ns == before


def test_a_folder_with_odd_letters_stays_one_value():
    odd = "/srv/体育: {a} #1"
    assert yaml.safe_load(instance_yaml(odd))["run_storage"]["config"]["base_dir"] == f"{odd}/history"


def test_a_run_is_found_again_by_the_next_process(tmp_path):
    @dg.asset
    def thing() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"rows": 3})

    with open_instance(Layout(tmp_path)) as instance:
        assert isinstance(instance.event_log_storage, OpenEventLog)
        assert isinstance(instance.run_storage, OpenRunStorage)
        run_id = dg.materialize([thing], instance=instance).run_id
    with open_instance(Layout(tmp_path)) as instance:
        assert instance.get_run_by_id(run_id).is_success
        event = instance.get_latest_materialization_event(dg.AssetKey("thing"))
        assert event.asset_materialization.metadata["rows"].value == 3
        assert [entry.dagster_event_type for entry in instance.all_logs(run_id)].count(
            dg.DagsterEventType.ASSET_MATERIALIZATION
        ) == 1


def test_a_table_of_the_event_log_is_known_as_soon_as_there_is_one(tmp_path):
    with open_instance(Layout(tmp_path)) as instance:
        log = instance.event_log_storage
        assert log.has_table("dynamic_partitions")
        assert not log.has_table("later")
        with sqlite3.connect(log.get_db_path()) as connection:
            connection.execute("CREATE TABLE later (id INTEGER)")
        assert log.has_table("later")
        assert log.has_table("later")


def test_a_damaged_history_is_reported_and_begun_anew(tmp_path):
    told = []
    with sqlite3.connect(prepare_instance(Layout(tmp_path)) / "history" / "runs.db") as connection:
        connection.execute("INSERT INTO alembic_version VALUES ('5771160a95ad')")
    with open_instance(Layout(tmp_path), told.append) as instance:
        assert instance.get_runs_count() == 0
    assert ["damaged-1" in text.en for text in told] == [True]


def test_an_event_log_that_was_set_aside_is_left_for_its_successor(tmp_path):
    with open_instance(Layout(tmp_path)) as instance:
        instance.add_dynamic_partitions("site_slices", ["210100|2026"])
        renew_instance(Layout(tmp_path), lambda _: None)
        prepare_instance(Layout(tmp_path))
        assert instance.get_dynamic_partitions("site_slices") == []
        instance.add_dynamic_partitions("site_slices", ["210200|2026"])
    with open_instance(Layout(tmp_path)) as instance:
        assert instance.get_dynamic_partitions("site_slices") == ["210200|2026"]
