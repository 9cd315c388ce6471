"""The definitions of one run: only what its job runs, and the same record in Dagster as with all definitions."""

from collections.abc import Callable
from pathlib import Path

import dagster as dg

from dagster_project import runs
from dagster_project.definitions import build_defs
from dagster_project.installation import load_workspace
from dagster_project.partitions import asset_key
from dagster_project.run_definitions import build_run_defs
from dagster_project.settings import Settings
from pipelines.intake import find_unfinished
from pipelines.submissions.inbox.inbox import list_arrivals
from support.installed import SITES, VISITS, drop, installed

DEFINED = (dg.AssetKey("inbox"), *(asset_key("site", stage) for stage in ("submission", "accepted", "table")))


def plan_walk(settings: Settings, instance: dg.DagsterInstance) -> list[runs.RunRequest]:
    workspace = load_workspace(settings)
    waiting = find_unfinished(workspace, list_arrivals(workspace))
    return [
        *runs.plan_intake_requests(instance, waiting),
        runs.build_release_request(["visit"]),
        runs.build_publish_request(workspace.contracts, ["static"], with_warehouse=False),
    ]


def list_records(folder: Path, define: Callable[[Settings, runs.RunRequest], dg.Definitions]) -> list[tuple]:
    """Runs the whole walk with those definitions; returns what Dagster's window shows of it."""
    settings = installed(folder)
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210100", "visit_2026.csv", VISITS)
    with dg.DagsterInstance.ephemeral() as instance:
        found: list[tuple] = []
        for request in plan_walk(settings, instance):
            ran = runs.execute_run(define(settings, request), instance, request)
            run = instance.get_run_by_id(ran.run_id)
            found.append((run.job_name, run.status, run.asset_selection, run.asset_check_selection, run.tags))
            events = (entry.dagster_event for entry in instance.all_logs(ran.run_id) if entry.is_dagster_event)
            found += [(event.event_type, event.step_key, event.asset_key, event.partition) for event in events]
        return found


def test_a_run_leaves_the_same_record_as_with_all_definitions(tmp_path):
    narrow = list_records(tmp_path / "narrow", build_run_defs)
    assert narrow == list_records(tmp_path / "all", lambda settings, _: build_defs(settings))
    assert {record[0] for record in narrow} >= {"inbox_look", "site_intake", "visit_intake", "release", "publish"}


def test_only_what_the_run_needs_is_defined(tmp_path):
    settings = installed(tmp_path)
    drop(settings, "210100", "site_2026.csv", SITES)
    with dg.DagsterInstance.ephemeral() as instance:
        requests = plan_walk(settings, instance)[:2]
    defined = [key for one in requests for key in build_run_defs(settings, one).resolve_all_asset_keys()]
    assert set(defined) == set(DEFINED)
