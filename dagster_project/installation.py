"""From settings to an open house: its contracts and its rooms. For the assets and the command line alike.

Knows no Dagster, so that `sportlake check` need not wait for it. Not here: settings themselves, or anything done in the house.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dagster_project.settings import Settings
from pipelines.workspace import Workspace, open_workspace
from schemas.contract import Contract, read_contracts
from warehouse.layout import Layout


@cache
def load_contracts(folder: Path) -> Mapping[str, Contract]:
    """The contracts of a folder, read once a process: the assets are made of them, so they only change with a reload."""
    return read_contracts(folder)


def load_workspace(settings: Settings) -> Workspace:
    """The open house of those settings, opened once a process; ContractError if a contract is wrong."""
    return _open_cached(
        settings.home, settings.who, settings.contracts, Layout(settings.home).synthetic_marker.is_file()
    )


@cache
def _open_cached(home: Path, who: str, contracts: Path, synthetic: bool) -> Workspace:
    """Reading contracts and code lists takes as long as a small file's walk, and every step asks for the house.

    Whether the inbox is a sample can change while a process lives; it is part of the question, so that the answer follows.
    """
    del synthetic
    return open_workspace(home, who, load_contracts(contracts))
