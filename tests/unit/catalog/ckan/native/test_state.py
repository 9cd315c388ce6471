"""Ports are chosen once and kept; keys are made once, and no text of ours shows them."""

import re
import socket
import stat
from contextlib import contextmanager
from pathlib import Path

import pytest

from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.state import (
    PortalState,
    free_port,
    is_free,
    read_or_make_keys,
    read_state,
    settle_ports,
    write_state,
)
from schemas.errors import CatalogueError, UsageError


@contextmanager
def somebody_listens(port=0):
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def kept():
    ports = []
    for wanted in (42000, 42100, 42200, 42300):
        ports.append(free_port(wanted, ports))
    web, postgres, redis, solr = ports
    return PortalState(web=web, postgres=postgres, redis=redis, solr=solr, site_url=f"http://127.0.0.1:{web}")


def test_a_taken_port_is_passed_over():
    with somebody_listens() as port:
        assert not is_free(port)
        assert free_port(port) > port


def test_a_port_promised_to_another_service_is_passed_over():
    first = free_port(42500)
    assert free_port(first, {first}) > first


def test_a_first_start_takes_free_ports_and_this_machines_address():
    state = settle_ports(None, set(), port=None, site_url=None, bundled=False)
    assert state.web >= 5000
    assert state.site_url == f"http://127.0.0.1:{state.web}"
    assert len({state.web, state.postgres, state.redis, state.solr}) == 4


def test_what_was_chosen_is_kept(kept):
    assert settle_ports(kept, set(), port=None, site_url=None, bundled=False) == kept


def test_ports_of_our_own_running_services_are_not_taken_for_somebody_elses(kept):
    with somebody_listens(kept.web), somebody_listens(kept.postgres):
        assert settle_ports(kept, {"web", "postgres"}, port=None, site_url=None, bundled=False) == kept


def test_a_service_behind_the_web_moves_when_its_port_is_taken(kept):
    with somebody_listens(kept.solr):
        moved = settle_ports(kept, set(), port=None, site_url=None, bundled=False)
    assert moved.solr != kept.solr
    assert (moved.web, moved.postgres, moved.redis) == (kept.web, kept.postgres, kept.redis)


def test_a_taken_web_port_is_an_error_that_names_it_and_the_way_out(kept):
    with somebody_listens(kept.web), pytest.raises(UsageError, match=rf"{kept.web}[\s\S]*--port"):
        settle_ports(kept, set(), port=None, site_url=None, bundled=False)


def test_another_web_port_is_taken_when_asked_for_and_moves_the_address(kept):
    other = free_port(42700)
    moved = settle_ports(kept, {"web"}, port=other, site_url=None, bundled=False)
    assert (moved.web, moved.site_url) == (other, f"http://127.0.0.1:{other}")


def test_a_public_address_is_kept_without_a_slash_at_its_end(kept):
    told = settle_ports(kept, set(), port=None, site_url="https://data.example.org/", bundled=False)
    assert told.site_url == "https://data.example.org"
    assert settle_ports(told, set(), port=None, site_url=None, bundled=False).site_url == told.site_url


def test_a_state_is_read_as_it_was_written(tmp_path, kept):
    state = kept.model_copy(update={"postgres_data": Path("/var/lib/somewhere"), "bundled": True})
    write_state(PortalPaths(tmp_path), state)
    assert read_state(PortalPaths(tmp_path)) == state


def test_no_state_is_none_and_a_broken_one_an_error_of_ours(tmp_path):
    assert read_state(PortalPaths(tmp_path)) is None
    (tmp_path / "state.json").write_text('{"web": "not a port"}', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"state\.json"):
        read_state(PortalPaths(tmp_path))


def test_keys_are_made_once_each_another_and_for_their_owner_alone(tmp_path):
    place = PortalPaths(tmp_path)
    keys = read_or_make_keys(place)
    assert read_or_make_keys(place) == keys
    assert len(set(keys.secret_values())) == 5
    assert all(re.fullmatch(r"[0-9a-f]{48}", key) for key in keys.secret_values())
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert not any(key in repr(keys) + str(keys) for key in keys.secret_values())
