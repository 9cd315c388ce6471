"""Removes a portal with all its data: services stopped, PostgreSQL's data wherever they are, then the state folder.

Not here: stopping alone (`lifecycle.stop_portal`), withdrawing datasets (publication does that).
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from catalog.ckan.native.lifecycle import stop_portal
from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.postgres import unique_name
from catalog.ckan.native.state import read_state
from schemas.errors import CatalogueError
from schemas.text import Text


def remove_portal(folder: Path, environment: Mapping[str, str]) -> list[Path]:
    """Removes the portal completely; returns the removed folders. Raises the errors of `remove_databases`."""
    data = remove_databases(folder, environment)  # first: without the state in the folder nobody would find them
    shutil.rmtree(folder)
    return [folder] if data is None else [folder, data]


def remove_databases(folder: Path, environment: Mapping[str, str]) -> Path | None:
    """Stops the portal and deletes its databases; returns their folder, None if there were none.

    Raises:
        UsageError: No portal was built there.
        CatalogueError: The state names a data folder for PostgreSQL that no start of ours chose; nothing is removed.
    """
    place = PortalPaths(folder)
    state = read_state(place)
    data = state.postgres_data if state else None
    if data is not None and data != place.postgres and (data.name != unique_name(place) or data.is_symlink()):
        raise CatalogueError(
            Text(
                zh=f"{data} 不是本平台建立的数据库文件夹（应名为 {unique_name(place)}）；请核对 {folder}/state.json，自行删除",
                en=f"{data} is no database folder of ours (called {unique_name(place)}); check {folder}/state.json and remove it yourself",
            )
        )
    stop_portal(folder, environment)
    if data is None or not data.is_dir():
        return None
    shutil.rmtree(data)
    return data
