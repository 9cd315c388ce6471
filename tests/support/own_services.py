"""PostgreSQL and Redis of a test's own, without the rest of a portal, for what several hosts share. Not here: the portal (`portal.py`).

They are started as the portal starts its own, below a folder of their own, and end with the context.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.ckan.native import postgres
from catalog.ckan.native.commands import CommandRunner, passed_environment
from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.prerequisites import InstalledTools, find_tools
from catalog.ckan.native.processes import Processes
from catalog.ckan.native.services import build_services
from catalog.ckan.native.state import PortalState, read_or_make_keys, write_state
from support.free_ports import find_port


def reason_without_services(place: PortalPaths) -> str | None:
    """Why they cannot be started here; None if they can."""
    found = find_tools(place, os.environ, bundled=False)
    lacking = [name for name in ("postgres", "redis") if getattr(found, name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else None


@contextmanager
def serve_databases(folder: Path) -> Iterator[PortalPaths]:
    """The state folder of a PostgreSQL and a Redis that run until the block ends; their data are removed then."""
    place, environment = PortalPaths(folder), passed_environment(os.environ)
    place.make_folders()
    keys, account = read_or_make_keys(place), postgres.postgres_account()
    tools, data = find_tools(place, environment, bundled=False), postgres.data_folder(place, account)
    state = write_state(place, _choose_ports(data))
    services = build_services(place, state, keys, tools, account)
    processes = Processes(place, environment, keys.secret_values())
    commands = CommandRunner(place.run, environment, keys.secret_values())
    postgres.make_cluster(commands, _programs(tools), data, keys, account)
    try:
        for service in (services.postgres, services.redis):
            processes.launch_service(service)
        for service in (services.postgres, services.redis):
            processes.wait_until_ready(service)
        yield place
    finally:
        processes.stop_services((services.redis, services.postgres))
        shutil.rmtree(data)


def _choose_ports(data: Path) -> PortalState:
    postgres, redis = find_port(), find_port()
    return PortalState(
        web=0, postgres=postgres, redis=redis, solr=0, site_url="http://127.0.0.1", bundled=False, postgres_data=data
    )


def _programs(tools: InstalledTools) -> Path:
    assert tools.postgres is not None
    return tools.postgres
