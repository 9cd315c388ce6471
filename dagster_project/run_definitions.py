"""The definitions of a single run, for a process that executes it itself: its job, with the assets and checks of that job alone.

The definitions of all datasets take half a second to build, longer than most runs. Assets upstream of a run's assets are known only by
their keys; run, steps and events are the same as with all definitions. Not here: all definitions, for Dagster's tools (`definitions.py`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from dagster_project.asset_jobs import (
    INBOX,
    PUBLISH,
    RELEASE,
    build_inbox_job,
    build_intake_job,
    build_publish_job,
    build_release_job,
)
from dagster_project.assets import (
    build_intake_assets,
    build_published_assets,
    build_release_assets,
    build_warehouse_asset,
    ignore_previews,
    scan_inbox,
)
from dagster_project.executors import choose_executor
from dagster_project.installation import load_contracts
from dagster_project.resources import WorkspaceResource
from dagster_project.runs import RunRequest
from dagster_project.settings import Settings
from dagster_project.time_limit_checks import build_table_checks


class RunParts(NamedTuple):
    """A job with the assets and checks that it runs."""

    job: Job
    assets: Sequence[dg.AssetsDefinition]
    checks: Sequence[dg.AssetChecksDefinition] = ()


def build_run_defs(settings: Settings, request: RunRequest) -> dg.Definitions:
    """Returns the definitions of that run. Raises as `build_defs` does."""
    with ignore_previews():
        parts = _build_parts(settings, request)
        return dg.Definitions(
            assets=parts.assets,
            asset_checks=parts.checks,
            jobs=[parts.job],
            resources={"workspace": WorkspaceResource.from_settings(settings)},
            executor=choose_executor(settings.executor),
        )


def _build_parts(settings: Settings, request: RunRequest) -> RunParts:
    contracts, names = load_contracts(settings.contracts), request.datasets
    if request.job == INBOX:
        return RunParts(build_inbox_job(), [scan_inbox])
    if request.job == RELEASE:
        assets = [asset for name in names for asset in build_release_assets(contracts[name])]
        return RunParts(build_release_job(names), assets)
    if request.job == PUBLISH:
        catalogues = [build_published_assets(contracts, name) for name in request.catalogues]
        return RunParts(
            build_publish_job(contracts, request.catalogues), [*catalogues, build_warehouse_asset(contracts)]
        )
    (name,) = names
    return RunParts(build_intake_job(name), build_intake_assets(contracts[name]), build_table_checks(contracts[name]))
