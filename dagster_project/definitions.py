"""The code location: `defs` for Dagster's tools, `build_defs` for callers with settings of their own.

Not here: the definitions of a run that a command executes itself (`run_definitions.py`), anything that runs.
"""

import dagster as dg

from dagster_project.alert_jobs import alerts_job, drift_job, watch_failed_runs
from dagster_project.asset_jobs import (
    build_freshness_job,
    build_inbox_job,
    build_intake_job,
    build_publish_job,
    build_refresh_job,
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
from dagster_project.catalogues import catalogue_names
from dagster_project.executors import choose_executor
from dagster_project.installation import load_contracts
from dagster_project.jobs import build_schedules, run_build, run_rescan, run_stamp, sweep
from dagster_project.resources import WorkspaceResource
from dagster_project.review_jobs import approve_job, assess_job, refuse_job, waive_job
from dagster_project.sensors import build_inbox_sensor
from dagster_project.settings import Settings, read_settings
from dagster_project.time_limit_checks import build_table_checks, has_time_limits


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
    intakes = [build_inbox_job(), *(build_intake_job(name) for name in contracts)]
    limited = [name for name, contract in contracts.items() if has_time_limits(contract)]
    with ignore_previews():
        return dg.Definitions(
            assets=[
                scan_inbox,
                *(asset for contract in contracts.values() for asset in build_intake_assets(contract)),
                *(asset for contract in contracts.values() for asset in build_release_assets(contract)),
                *(build_published_assets(contracts, name) for name in catalogues),
                build_warehouse_asset(contracts),
            ],
            asset_checks=[check for contract in contracts.values() for check in build_table_checks(contract)],
            jobs=[
                *intakes,
                build_release_job(contracts),
                build_publish_job(contracts, catalogues),
                build_refresh_job(),
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
