"""What live tests stand on: the portal that `make test` has started, or only its PostgreSQL and Redis.

Where there is no portal, tests of one are skipped, with its reason; where it is required (CI, SPORTLAKE_LIVE=required) they fail. Tests
that need only PostgreSQL and Redis take those of the portal, or without one start their own.
"""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser

from catalog.ckan.connection import Connection, read_connection
from catalog.ckan.native.paths import PortalPaths
from support.browser import chromium
from support.own_services import reason_without_services, serve_databases
from support.portal import is_required, lacking_note, portal_home
from support.portal_scene import Scene


@pytest.fixture(scope="session")
def portal_place() -> PortalPaths:
    """The running portal's state folder."""
    home = portal_home()
    place = PortalPaths(home / "ckan")
    reason = _missing(place)
    if reason is None:
        return place
    note = lacking_note(home)
    told = note.read_text(encoding="utf-8") if note.is_file() else reason
    if is_required():
        pytest.fail(f"a CKAN is required here: {told}")
    return pytest.skip(f"no CKAN to test against: {told}")


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalPaths]:
    """The state folder of a PostgreSQL and a Redis that run."""
    own = PortalPaths(tmp_path_factory.mktemp("services"))
    if is_required() or _missing(PortalPaths(portal_home() / "ckan")) is None or reason_without_services(own):
        yield request.getfixturevalue("portal_place")
        return
    with serve_databases(own.folder) as place:
        yield place


@pytest.fixture(scope="session")
def connection(portal_place: PortalPaths) -> Connection:
    """How the publisher reaches it."""
    return read_connection(portal_place.connection)


@pytest.fixture(scope="session")
def admin_token(portal_place: PortalPaths) -> str:
    """The administrator's token, for setting scenes and clearing them away."""
    return portal_place.admin_token.read_text(encoding="ascii").strip()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for the tests of a module."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def scene(connection: Connection, admin_token: str) -> Iterator[Scene]:
    """What pages of the portal show, for the tests of a module."""
    made = Scene(connection.url, admin_token)
    try:
        made.build()
        yield made
    finally:
        made.clear()


def _missing(place: PortalPaths) -> str | None:
    if not place.connection.is_file():
        return f"nothing in {place.folder}; `make test` starts one"
    url = read_connection(place.connection).url
    try:
        requests.get(f"{url}/api/3/action/status_show", timeout=60).raise_for_status()
    except requests.RequestException as away:
        return f"{url} does not answer ({type(away).__name__}); `make test` starts it"
    return None
