"""The code location: `defs` for Dagster's tools, `build_defs` for callers with settings of their own.

Not here: anything that runs.
"""

import warnings

import dagster as dg

from dagster_project.alert_jobs import alerts_job, drift_job, watch_failed_runs
from dagster_project.assets import (
    build_dataset_assets,
    build_published_assets,
    build_warehouse_asset,
    scan_inbox,
)
from dagster_project.catalogues import catalogue_names
from dagster_project.checks import build_freshness_check
from dagster_project.executors import choose_executor
from dagster_project.installation import load_contracts
from dagster_project.jobs import (
    build_downstream_jobs,
    build_freshness_job,
    build_intake_jobs,
    build_schedules,
    run_build,
    run_rescan,
    run_stamp,
    sweep,
)
from dagster_project.resources import WorkspaceResource
from dagster_project.review_jobs import approve_job, assess_job, refuse_job, waive_job
from dagster_project.sensors import build_inbox_sensor
from dagster_project.settings import Settings, read_settings
from dagster_project.time_limit_checks import build_time_limits_check, has_time_limits


def build_defs(settings: Settings | None = None) -> dg.Definitions:
    """Returns all Dagster definitions of one installation, by default the one that the environment names.

    Steps run in the process of their run unless the settings choose otherwise: a process for each step costs two to three seconds
    here, a step some milliseconds.

    Raises:
        ContractError: A contract is wrong.
        UsageError: The library of the chosen executor is not installed.
    """
    settings = settings or read_settings()
    contracts, catalogues = load_contracts(settings.contracts), catalogue_names(settings)
    intakes = build_intake_jobs(contracts)
    limited = [name for name, contract in contracts.items() if has_time_limits(contract)]
    with warnings.catch_warnings():
        # backfill_policy and kinds are marked beta in 1.13; we pin the minor version and test what we use.
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.Definitions(
            assets=[
                scan_inbox,
                *(asset for contract in contracts.values() for asset in build_dataset_assets(contract)),
                *(build_published_assets(contracts, name) for name in catalogues),
                build_warehouse_asset(contracts),
            ],
            asset_checks=[
                *(build_freshness_check(contract) for contract in contracts.values()),
                *(build_time_limits_check(contracts[name]) for name in limited),
            ],
            jobs=[
                *intakes,
                *build_downstream_jobs(contracts, catalogues),
                build_freshness_job(contracts, limited),
                run_build,
                run_rescan,
                run_stamp,
                approve_job,
                refuse_job,
                waive_job,
                assess_job,
                sweep,
                alerts_job,
                drift_job,
            ],
            schedules=build_schedules(),
            sensors=[build_inbox_sensor(intakes), watch_failed_runs],
            resources={"workspace": WorkspaceResource.from_settings(settings)},
            executor=choose_executor(settings.executor),
        )


def __getattr__(name: str) -> dg.Definitions:
    """Returns `defs`, built when one of Dagster's tools asks for them: commands have settings of their own and need not pay for these."""
    if name != "defs":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    built = globals()[name] = build_defs()
    return built


def __dir__() -> list[str]:
    """Returns the names of this module, `defs` among them, for tools that look for definitions."""
    return sorted({*globals(), "defs"})
