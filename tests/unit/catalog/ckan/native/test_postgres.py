"""The publisher's way to the DataStore, and where PostgreSQL's data lie when its user cannot come in."""

import os
import pwd

import psycopg
import pytest

from catalog.ckan.connection import read_connection, write_private
from catalog.ckan.native import postgres
from catalog.ckan.native.commands import CommandRunner, SystemAccount
from catalog.ckan.native.lifecycle import write_connection
from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.state import PortalState, read_or_make_keys
from schemas.errors import CatalogueError

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
STATE = PortalState(web=5000, postgres=5433, redis=6380, solr=8983, site_url="https://data.example.org")


def nobody(home):
    known = pwd.getpwnam("nobody")
    return SystemAccount(known.pw_name, known.pw_uid, known.pw_gid, home)


def test_the_publishers_address_names_the_datastore_and_the_role_to_act_as(tmp_path):
    keys = read_or_make_keys(PortalPaths(tmp_path))
    told = psycopg.conninfo.conninfo_to_dict(postgres.publisher_address(STATE, keys))
    assert told == {
        "user": "sportlake_publisher",
        "password": keys.publisher.get_secret_value(),
        "host": "127.0.0.1",
        "port": "5433",
        "dbname": "datastore_default",
        "options": "-c role=ckan_default",
    }


def test_the_connection_that_a_portal_leaves_is_the_one_that_the_publisher_reads(tmp_path):
    place = PortalPaths(tmp_path)
    place.make_folders()
    write_private(place.publisher_token, "the-token\n")
    keys = read_or_make_keys(place)
    write_connection(place, STATE, keys)
    read = read_connection(place.connection)
    assert read.direct
    assert read.url == "http://127.0.0.1:5000"
    assert read.files_url == "https://data.example.org/releases"
    assert read.public == place.releases
    assert read.token.get_secret_value() == "the-token"
    assert read.database.get_secret_value() == postgres.publisher_address(STATE, keys)
    assert keys.publisher.get_secret_value() not in place.connection.read_text() + repr(read)


def test_data_lie_in_the_state_folder_of_an_ordinary_user(tmp_path):
    assert postgres.data_folder(PortalPaths(tmp_path), None) == tmp_path / "postgres"


@ROOT_ONLY
def test_data_lie_elsewhere_where_postgresqls_user_cannot_come_in(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    found = postgres.data_folder(PortalPaths(private / "ckan"), nobody(tmp_path / "no-home"))
    assert found.parent == postgres._SHARED
    assert found.name.startswith("sportlake-")
    assert found == postgres.data_folder(PortalPaths(private / "ckan"), nobody(tmp_path / "no-home"))
    assert found != postgres.data_folder(PortalPaths(private / "other"), nobody(tmp_path / "no-home"))


@ROOT_ONLY
def test_a_data_folder_of_somebody_else_is_refused(tmp_path):
    foreign = tmp_path / "postgres"
    foreign.mkdir()
    os.chown(foreign, 12345, 12345)
    commands = CommandRunner(tmp_path, dict(os.environ))
    with pytest.raises(CatalogueError, match="somebody else"):
        postgres.make_cluster(commands, tmp_path, foreign, read_or_make_keys(PortalPaths(tmp_path)), nobody(tmp_path))
    assert foreign.is_dir()
