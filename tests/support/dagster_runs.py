"""Runs of Dagster in process over a small installation, and what its checks then say. Not here: installations (`installed.py`)."""

import dagster as dg

from dagster_project import runs
from dagster_project.catalogues import catalogue_names
from dagster_project.definitions import build_defs
from dagster_project.installation import load_workspace
from dagster_project.settings import Settings
from pipelines.intake import find_unfinished
from pipelines.submissions.inbox.inbox import list_arrivals


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


def take_in(settings: Settings, instance: dg.DagsterInstance) -> None:
    """The intake alone."""
    workspace, defs = load_workspace(settings), build_defs(settings)
    waiting = find_unfinished(workspace, list_arrivals(workspace))
    for piece in runs.plan_intake_requests(instance, waiting):
        ran = runs.execute_run(defs, instance, piece)
        assert instance.get_run_by_id(ran.run_id).is_success


def checks_of(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, dg.AssetCheckEvaluation]:
    """The newest result of each check of an asset, by the name of the check."""
    events = instance.get_latest_asset_check_evaluation_record
    found = {}
    for name in ("cells", "rows", "table", "files", "corrections", "gate"):
        record = events(dg.AssetCheckKey(key, name))
        if record is not None:
            found[name] = record.event.dagster_event.event_specific_data
    return found
