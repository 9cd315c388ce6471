"""The code location: `defs` for Dagster's tools, `build_defs` for everybody who brings settings of their own.

Not here: anything that runs.
"""

import warnings

import dagster as dg

from dagster_project.assets import dataset_assets, published_assets, scan_inbox, warehouse_asset
from dagster_project.catalogues import catalogue_names
from dagster_project.installation import read_contracts_in
from dagster_project.jobs import build_schedules, intake_jobs, schedule_later, sweep
from dagster_project.resources import WorkspaceResource
from dagster_project.sensors import inbox_sensor
from dagster_project.settings import Settings, read_settings


def build_defs(settings: Settings | None = None) -> dg.Definitions:
    """Everything Dagster needs to know of one installation, by default the one that the environment names.

    Steps run in the process of their run: a process a step costs two to three seconds here, a step itself some milliseconds.
    ContractError if a contract is wrong.
    """
    settings = settings or read_settings()
    contracts, catalogues = read_contracts_in(settings.contracts), catalogue_names(settings)
    intakes = intake_jobs(contracts)
    with warnings.catch_warnings():
        # backfill_policy, kinds and freshness are marked beta in 1.13; we pin the minor version and test what we use of them.
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.Definitions(
            assets=[
                scan_inbox,
                *(asset for contract in contracts.values() for asset in dataset_assets(contract)),
                *(published_assets(contracts, name) for name in catalogues),
                warehouse_asset(contracts),
            ],
            jobs=[*intakes, *schedule_later(contracts, catalogues), sweep],
            schedules=build_schedules(),
            sensors=[inbox_sensor(intakes)],
            resources={"workspace": WorkspaceResource.from_settings(settings)},
            executor=dg.in_process_executor,
        )


defs = build_defs()
