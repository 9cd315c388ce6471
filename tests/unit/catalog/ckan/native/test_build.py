"""`ckan.ini` as it is run: ours to the letter, for this portal, with nothing left to fill in."""

import configparser
import re

import pytest

from catalog.ckan.native.build import render_ini
from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.state import PortalState, read_or_make_keys


@pytest.fixture
def settings(tmp_path):
    place = PortalPaths(tmp_path)
    state = PortalState(web=5000, postgres=5433, redis=6380, solr=8983, site_url="https://data.example.org")
    text = render_ini(place, state, read_or_make_keys(place))
    assert not re.search(r"(?<!%)\$[a-z{]", text)
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return parser["app:main"], read_or_make_keys(place), place


def test_the_plugins_stand_in_their_order_ours_first(settings):
    said, _, _ = settings
    assert said["ckan.plugins"].split() == [
        "zhportal", "zhportal_finder", "zhportal_charts", "activity", "datastore", "scheming_datasets", "dcat", "structured_data", "croissant", "text_view",
        "datatables_view",
    ]  # fmt: skip


def test_nobody_signs_up_or_runs_sql(settings):
    said, _, _ = settings
    for name in ("anon_create_dataset", "create_user_via_api", "create_user_via_web", "user_create_organizations"):
        assert said[f"ckan.auth.{name}"] == "false"
    assert said["ckan.datastore.sqlsearch.enabled"] == "false"
    assert said["session_cookie_httponly"] == "true"


def test_services_are_reached_on_this_machine_with_keys_of_their_own(settings):
    said, keys, _ = settings
    assert said["ckan.datastore.read_url"] == (
        f"postgresql://datastore_default:{keys.datastore.get_secret_value()}@127.0.0.1:5433/datastore_default"
    )
    assert keys.database.get_secret_value() in said["ckan.datastore.write_url"]
    assert said["ckan.redis.url"] == "redis://127.0.0.1:6380/0"
    assert said["solr_url"] == "http://127.0.0.1:8983/solr/ckan"
    assert said["ckan.site_url"] == "https://data.example.org"


def test_what_runs_is_the_copy_and_not_the_sources(settings):
    said, _, place = settings
    assert said["extra_template_paths"] == str(place.portal / "templates")
    assert str(place.public) in said["extra_public_paths"]
