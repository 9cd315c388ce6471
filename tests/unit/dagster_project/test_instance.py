"""Dagster's home: telemetry off, one event log kept open, history where the house keeps its things."""

import dagster as dg
import yaml

from dagster_project.event_log import OpenEventLog
from dagster_project.instance import instance_yaml, open_instance, prepare_instance
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
        run_id = dg.materialize([thing], instance=instance).run_id
    with open_instance(Layout(tmp_path)) as instance:
        assert instance.get_run_by_id(run_id).is_success
        event = instance.get_latest_materialization_event(dg.AssetKey("thing"))
        assert event.asset_materialization.metadata["rows"].value == 3
        assert [entry.dagster_event_type for entry in instance.all_logs(run_id)].count(
            dg.DagsterEventType.ASSET_MATERIALIZATION
        ) == 1
