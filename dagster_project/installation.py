"""Opens the workspace of given settings, with its contracts. Used by the assets and by the command line.

Does not import Dagster, so that `sportlake check` need not wait for it. Not here: the settings, or any use of the
workspace.
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
    """Returns the contracts of a folder, read once per process: assets are made of them, so changes need a reload."""
    return read_contracts(folder)


def load_workspace(settings: Settings) -> Workspace:
    """Workspace for these settings, cached per process; ContractError if a contract is wrong."""
    return _open_cached(
        settings.home, settings.who, settings.contracts, Layout(settings.home).synthetic_marker.is_file()
    )


@cache
def _open_cached(home: Path, who: str, contracts: Path, synthetic: bool) -> Workspace:
    """Caches the workspace: reading contracts and code lists takes as long as a small file, and every step needs it.

    Whether the inbox is a sample can change during a process; it is part of the cache key.
    """
    del synthetic
    return open_workspace(home, who, load_contracts(contracts))
