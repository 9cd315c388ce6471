"""A portal goes away with all its data, and nothing else does. Of the portal of the tests only the programs are used."""

import os

import pytest

from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.postgres import unique_name
from catalog.ckan.native.removal import remove_portal
from catalog.ckan.native.state import PortalState, read_or_make_keys, write_state
from schemas.errors import CatalogueError, UsageError


def built(folder, data):
    """The state folder of a portal that does not run, and the data of its PostgreSQL."""
    place = PortalPaths(folder)
    place.make_folders()
    read_or_make_keys(place)
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n", encoding="ascii")
    state = PortalState(
        web=5990, postgres=5991, redis=5992, solr=5993, site_url="http://127.0.0.1:5990", postgres_data=data
    )
    write_state(place, state)
    return place


def test_a_portal_is_removed_with_the_data_that_lie_apart(tmp_path):
    folder = tmp_path / "house" / "ckan"
    data = tmp_path / "apart" / unique_name(PortalPaths(folder))
    built(folder, data)
    assert remove_portal(folder, os.environ) == [folder, data]
    assert list((tmp_path / "house").iterdir()) == list((tmp_path / "apart").iterdir()) == []


def test_a_portal_is_removed_with_the_data_within_it(tmp_path):
    folder = tmp_path / "ckan"
    built(folder, folder / "postgres")
    remove_portal(folder, os.environ)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["main", "sportlake-0000000000000000"])
def test_data_of_somebody_else_are_not_removed(tmp_path, name):
    data = tmp_path / name
    place = built(tmp_path / "ckan", data)
    with pytest.raises(CatalogueError, match="no database folder of ours"):
        remove_portal(place.folder, os.environ)
    assert (data / "PG_VERSION").is_file()
    assert place.folder.is_dir()


def test_where_no_portal_is_nothing_is_removed(tmp_path):
    (tmp_path / "kept").touch()
    with pytest.raises(UsageError, match="no portal"):
        remove_portal(tmp_path, os.environ)
    assert (tmp_path / "kept").exists()
