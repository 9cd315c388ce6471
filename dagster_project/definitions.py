"""The code location: `defs` for Dagster's tools, `build_defs` for everybody who brings settings of their own.

Not here: anything that runs.
"""

import warnings

import dagster as dg

from dagster_project.assets import assets_of, inbox, published_of, warehouse_of
from dagster_project.catalogues import catalogue_names
from dagster_project.installation import contracts_in
from dagster_project.jobs import intakes_for, later_for, schedules, sweep
from dagster_project.resources import HouseResource
from dagster_project.sensors import inbox_sensor
from dagster_project.settings import Settings, read_settings


def build_defs(settings: Settings | None = None) -> dg.Definitions:
    """Everything Dagster needs to know of one installation, by default the one that the environment names.

    Steps run in the process of their run: a process a step costs two to three seconds here, a step itself some milliseconds.
    ContractError if a contract is wrong.
    """
    settings = settings or read_settings()
    contracts, catalogues = contracts_in(settings.contracts), catalogue_names(settings)
    intakes = intakes_for(contracts)
    with warnings.catch_warnings():
        # backfill_policy, kinds and freshness are marked beta in 1.13; we pin the minor version and test what we use of them.
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.Definitions(
            assets=[
                inbox,
                *(asset for contract in contracts.values() for asset in assets_of(contract)),
                *(published_of(contracts, name) for name in catalogues),
                warehouse_of(contracts),
            ],
            jobs=[*intakes, *later_for(contracts, catalogues), sweep],
            schedules=schedules(),
            sensors=[inbox_sensor(intakes)],
            resources={"house": HouseResource.of(settings)},
            executor=dg.in_process_executor,
        )


defs = build_defs()
