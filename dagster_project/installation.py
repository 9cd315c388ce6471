"""From settings to an open house: its contracts and its rooms. For the assets and the command line alike.

Knows no Dagster, so that `sportlake check` need not wait for it. Not here: settings themselves, or anything done in the house.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dagster_project.settings import Settings
from pipelines.house import House, open_house
from schemas.contract import Contract, read_contracts


@cache
def contracts_in(folder: Path) -> Mapping[str, Contract]:
    """The contracts of a folder, read once a process: the assets are made of them, so they only change with a reload."""
    return read_contracts(folder)


def house_of(settings: Settings) -> House:
    """The open house of those settings; ContractError if a contract is wrong."""
    return open_house(settings.home, settings.who, contracts_in(settings.contracts))
