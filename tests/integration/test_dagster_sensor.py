"""The inbox sensor: every file is asked for once, in an order in which the judges have what they compare with."""

import dagster as dg

from dagster_project import sensors
from dagster_project.definitions import build_defs
from dagster_project.resources import WorkspaceResource
from dagster_project.settings import Settings
from support.installed import SITES, VISITS, drop


def tick(settings: Settings, instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    defs = build_defs(settings)
    context = dg.build_sensor_context(
        instance=instance,
        cursor=cursor,
        resources={"workspace": WorkspaceResource.from_settings(settings)},
        definitions=defs,
    )
    return defs.resolve_sensor_def("inbox_sensor")(context)


def carry_out(settings: Settings, instance: dg.DagsterInstance, result: dg.SensorResult) -> None:
    """What the daemon does with a tick: make partitions known, then run what was asked for."""
    for request in result.dynamic_partitions_requests or []:
        instance.add_dynamic_partitions(request.partitions_def_name, request.partition_keys)
    for request in result.run_requests or []:
        job = build_defs(settings).resolve_job_def(request.job_name)
        assert job.execute_in_process(instance=instance, partition_key=request.partition_key).success


def jobs(result: dg.SensorResult) -> list[str]:
    return [request.job_name for request in result.run_requests or []]


def test_an_empty_inbox_asks_for_nothing(settings, instance):
    assert jobs(tick(settings, instance, None)) == []


def test_a_file_is_asked_for_once_while_it_waits(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    first = tick(settings, instance, None)
    assert jobs(first) == ["site_intake"]
    assert jobs(tick(settings, instance, first.cursor)) == []


def test_a_finished_file_leaves_the_cursor_and_is_not_asked_for_again(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    first = tick(settings, instance, None)
    carry_out(settings, instance, first)
    second = tick(settings, instance, first.cursor)
    assert jobs(second) == []
    assert second.cursor == "[]"


def test_the_key_of_a_run_follows_from_the_bytes(settings, instance):
    path = drop(settings, "210100", "site_2026.csv", SITES)
    before = tick(settings, instance, None).run_requests[0].run_key
    path.rename(path.with_name("site_2026_again.csv"))
    assert tick(settings, instance, None).run_requests[0].run_key == before
    path.with_name("site_2026_again.csv").write_text(f"{SITES}S9,9\n")
    assert tick(settings, instance, None).run_requests[0].run_key != before


def test_the_same_bytes_put_in_again_are_asked_for_anew_and_leave_the_inbox(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    first = tick(settings, instance, None)
    carry_out(settings, instance, first)
    again = drop(settings, "210100", "site_2026_again.csv", SITES)
    second = tick(settings, instance, first.cursor)
    assert [request.run_key for request in second.run_requests] != [request.run_key for request in first.run_requests]
    carry_out(settings, instance, second)
    assert not again.exists()


def test_a_referring_dataset_waits_for_what_it_refers_to(settings, instance):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210100", "visit_2026.csv", VISITS)
    first = tick(settings, instance, None)
    assert jobs(first) == ["site_intake"]
    carry_out(settings, instance, first)
    second = tick(settings, instance, first.cursor)
    assert jobs(second) == ["visit_intake"]
    carry_out(settings, instance, second)


def test_a_tick_asks_for_a_bounded_number_of_runs(settings, instance, monkeypatch):
    monkeypatch.setattr(sensors, "RUNS_A_TICK", 2)
    for code in ("210100", "210200", "210300"):
        drop(settings, code, "site_2026.csv", f"code,area\n{code},1\n")
    first = tick(settings, instance, None)
    second = tick(settings, instance, first.cursor)
    assert (len(first.run_requests), len(second.run_requests)) == (2, 1)


def test_a_misnamed_file_is_asked_for_without_a_partition(settings, instance):
    drop(settings, "210100", "stadium_2026.csv", "a\n1\n")
    result = tick(settings, instance, None)
    assert [(r.job_name, r.partition_key) for r in result.run_requests] == [("inbox_look", None)]
    carry_out(settings, instance, result)
    assert jobs(tick(settings, instance, None)) == []
