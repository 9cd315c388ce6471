"""Removing a portal with all that is in it: services stopped, PostgreSQL's data wherever they lie, then the state folder.

Not here: stopping alone (`portal.down`), withdrawing datasets (that is publication's).
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from catalog.ckan.native.place import Place
from catalog.ckan.native.portal import down
from catalog.ckan.native.postgres import APART, name_apart
from catalog.ckan.native.state import read_state
from schemas.errors import CatalogueError
from schemas.text import Text


def remove(folder: Path, environment: Mapping[str, str]) -> list[Path]:
    """Nothing of the portal is left; gives the folders that were removed. UsageError if no portal was built there.

    CatalogueError if its state names a place for PostgreSQL's data that no start of ours has chosen: then nothing is removed.
    """
    place = Place(folder)
    state = read_state(place)
    data = state.postgres_data if state else None
    if data is not None and data != place.postgres and (data.name != name_apart(place) or data.is_symlink()):
        raise CatalogueError(
            Text(
                zh=f"{data} 不是本平台建立的数据库文件夹（应名为 {APART}…）；请核对 {folder}/state.json，自行删除",
                en=f"{data} is no database folder of ours (called {APART}…); check {folder}/state.json and remove it yourself",
            )
        )
    down(folder, environment)
    gone = [one for one in (folder, data) if one is not None and one.is_dir()]
    for one in gone:
        if one.is_dir():  # the data may have lain within the folder
            shutil.rmtree(one)
    return gone
