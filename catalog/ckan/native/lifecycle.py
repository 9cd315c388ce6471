"""Starts a portal, stops it, and reports its status: the order of the steps.

`start_portal` builds what is missing, starts what does not run, creates what the portal must hold
(`catalog.ckan.bootstrap`), and writes `connection.json` for the platform. It can be run at any time, and repairs what
was interrupted.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from catalog.ckan.bootstrap import bootstrap_portal
from catalog.ckan.connection import write_private
from catalog.ckan.native import build, postgres
from catalog.ckan.native.commands import CommandRunner, passed_environment
from catalog.ckan.native.paths import PORTAL, BuildSteps, PortalPaths, hash_files, lock_portal
from catalog.ckan.native.prerequisites import InstalledTools, find_tools, need_tools
from catalog.ckan.native.processes import Processes, Service
from catalog.ckan.native.services import Services, build_services
from catalog.ckan.native.state import (
    HOST,
    PortalState,
    SecretKeys,
    read_or_make_keys,
    read_state,
    settle_ports,
    write_state,
)
from schemas.departments import Department
from schemas.errors import UsageError
from schemas.text import Text

ADMIN = "admin"
_NAMES = ("web", "worker", "solr", "redis", "postgres")
_DATABASE_STEPS = ("cluster", "databases", "first-start")

Watch = Callable[[Text], AbstractContextManager[None]]


@dataclass(frozen=True)
class PortalOptions:
    """Options of the caller; None keeps what was chosen before. `jars`: a folder with Solr's jars instead of Maven."""

    port: int | None = None
    site_url: str | None = None
    bundled: bool = False
    jars: Path | None = None
    uv: Path | None = None


@dataclass(frozen=True)
class ServiceStatus:
    """The status of one service."""

    name: str
    pid: int | None
    port: int | None
    ready: bool


@dataclass(frozen=True)
class _PortalSite:
    """One opened portal: its paths, state, keys and tools."""

    place: PortalPaths
    state: PortalState
    keys: SecretKeys
    steps: BuildSteps
    commands: CommandRunner
    processes: Processes
    services: Services
    tools: InstalledTools


def start_portal(
    folder: Path,
    wish: PortalOptions,
    environment: Mapping[str, str],
    departments: Mapping[str, Department],
    watch: Watch,
) -> PortalState:
    """Starts the portal with all that it must hold, ready for publishing. CatalogueError or UsageError if it fails."""
    place = PortalPaths(folder)
    with lock_portal(place):
        place.make_folders()
        site = _open_site(place, wish, passed_environment(environment), watch)
        _build_site(site, wish)
        _start_web(site)
        with watch(Text(zh="部门、主题与发布账户", en="departments, subjects, the publisher")):
            token = SecretStr(place.admin_token.read_text(encoding="ascii").strip())
            bootstrap_portal(local_url(site.state), token, departments, place.publisher_token)
        write_connection(place, site.state, site.keys)
        return site.state


def _open_site(place: PortalPaths, wish: PortalOptions, environment: Mapping[str, str], watch: Watch) -> _PortalSite:
    """Opens the portal with the options chosen before and now, and all tools."""
    keys, steps = read_or_make_keys(place), BuildSteps(place, watch)
    processes = Processes(place, environment, keys.secret_values())
    commands = CommandRunner(place.run, environment, keys.secret_values())
    state = _settle_state(place, wish, processes)
    jars = wish.jars is not None or build.have_jars(place)
    tools = need_tools(place, commands, bundled=state.bundled, jars=jars)
    if state.bundled:  # the services' programs are installed with CKAN's environment
        build.build_environment(steps, commands, wish.uv, bundled=True)
        tools = find_tools(place, environment, bundled=True)
    services = build_services(place, state, keys, tools, postgres.postgres_account())
    return _PortalSite(place, state, keys, steps, commands, processes, services, tools)


def _build_site(site: _PortalSite, wish: PortalOptions) -> None:
    """Builds files and databases and starts the services behind the web server; in parallel where possible."""
    with ThreadPoolExecutor(3) as lanes:
        environment = lanes.submit(
            build.build_environment, site.steps, site.commands, wish.uv, bundled=site.state.bundled
        )
        databases = lanes.submit(_ensure_databases, site)
        search = lanes.submit(_search, site, wish, environment)
        environment.result()
        databases.result()
        _write_settings(site)
        site.processes.launch_service(site.services.redis)
        site.processes.wait_until_ready(site.services.redis)
        _first_start(site)
        search.result()


def _settle_state(place: PortalPaths, wish: PortalOptions, processes: Processes) -> PortalState:
    """Decides ports and address for this start and stores them; a web server on another port is stopped first."""
    kept = read_state(place)
    ours = {name for name in _NAMES if processes.living_pid(name)}
    chosen = settle_ports(kept, ours, port=wish.port, site_url=wish.site_url, bundled=wish.bundled)
    if chosen.postgres_data is None:
        chosen = chosen.model_copy(update={"postgres_data": postgres.data_folder(place, postgres.postgres_account())})
    return write_state(place, chosen)


def _ensure_databases(site: _PortalSite) -> None:
    """Starts PostgreSQL and creates our roles and databases."""
    data, programs = site.state.postgres_data, Path(site.services.postgres.words[0]).parent
    if data is None:
        raise UsageError(
            Text(zh="尚未选定数据库文件夹；请运行 make ckan", en="no database folder is chosen; run make ckan")
        )
    who = site.services.postgres.account
    if site.processes.living_pid("postgres") is None and not (data / "PG_VERSION").is_file():
        _forget_databases(site)
    made = Text(zh="建立数据库集群", en="PostgreSQL's cluster")
    site.steps.run_once(
        "cluster", made, "1", lambda: postgres.make_cluster(site.commands, programs, data, site.keys, who)
    )
    site.processes.launch_service(site.services.postgres)
    site.processes.wait_until_ready(site.services.postgres)
    roles = Text(zh="数据库与权限", en="databases and rights")
    code = hash_files([Path(postgres.__file__)])
    site.steps.run_once("databases", roles, code, lambda: postgres.make_databases(site.state, site.keys))


def _forget_databases(site: _PortalSite) -> None:
    """Handles missing databases: all their content must be created again, and the search index is outdated."""
    place = site.place
    site.steps.forget_step(*_DATABASE_STEPS)
    for token in (place.admin_token, place.publisher_token):
        token.unlink(missing_ok=True)
    if place.mark_path("index").is_file():
        place.mark_path("index").write_text("stale", encoding="ascii")


def _search(site: _PortalSite, wish: PortalOptions, environment: "Future[None]") -> None:
    """Starts Solr with jars and settings; its schema is derived from CKAN's."""
    build.build_jars(site.steps, site.commands, site.tools.maven, wish.jars)
    environment.result()
    analysis = build.write_solr_home(site.place, site.commands)
    _stopped_for(site, "solr-runs", analysis, (site.services.solr,))
    site.processes.launch_service(site.services.solr)
    site.place.mark_path("solr-runs").write_text(analysis, encoding="ascii")


def _write_settings(site: _PortalSite) -> None:
    """Writes `ckan.ini` and copies the portal's parts; services that run with other settings are stopped."""
    build.write_ini(site.place, site.state, site.keys)
    read = build.web_hash(site.place)
    if _stopped_for(site, "web-runs", read, site.services.front):
        build.copy_portal(site.place)
        site.place.mark_path("web-runs").write_text(read, encoding="ascii")


def _start_web(site: _PortalSite) -> None:
    """Waits until Solr and the web server are ready; starts the worker."""
    processes, services = site.processes, site.services
    with site.steps.watch(Text(zh="启动 Solr", en="Solr")):
        processes.wait_until_ready(services.solr)
    with site.steps.watch(Text(zh="启动门户", en="the portal")):
        processes.launch_service(services.web)
        processes.wait_until_ready(services.web)
        processes.launch_service(services.worker)
    _index(site)


def _stopped_for(site: _PortalSite, mark: str, now: str, services: tuple[Service, ...]) -> bool:
    """Stops those services if they were last started with another value than now; returns whether it did."""
    file = site.place.mark_path(mark)
    if file.is_file() and file.read_text(encoding="ascii") == now:
        return False
    site.processes.stop_services(services)
    return True


def _index(site: _PortalSite) -> None:
    """Rebuilds the search index if the text analysis has changed since it was built, or its datasets are gone."""
    mark, analysis = site.place.mark_path("index"), site.place.mark_path("solr-runs").read_text(encoding="ascii")
    if not mark.is_file():  # the index is still empty
        mark.write_text(analysis, encoding="ascii")
    again = Text(zh="重建检索索引", en="the search index anew")
    rebuild: list[str | Path] = [site.place.program_path("ckan"), "-c", site.place.ini, "search-index", "rebuild"]
    site.steps.run_once("index", again, analysis, lambda: site.commands.run_command("search-index", rebuild))


def _first_start(site: _PortalSite) -> None:
    """Creates CKAN's tables, DataStore rights, and the administrator with password and token."""
    place = site.place
    script = PORTAL / "first_start.py"

    def first() -> None:
        if not place.admin_password.is_file():
            write_private(place.admin_password, secrets.token_urlsafe(18) + "\n")
        wanted = {
            "admin": ADMIN,
            "email": "admin@example.org",
            "password": place.admin_password.read_text(encoding="ascii").strip(),
            "token": not place.admin_token.is_file(),
        }
        python: list[str | Path] = [place.program_path("python"), script]
        output = site.commands.run_command(
            "first-start", python, stdin=json.dumps(wanted), more={"CKAN_INI": str(place.ini)}
        )
        answer = json.loads(output)
        postgres.run_script(site.state, site.keys, answer["permissions"])
        if answer["token"]:
            write_private(place.admin_token, answer["token"] + "\n")

    made_from = hash_files([script, place.mark_path("venv"), place.mark_path("plugin"), place.mark_path("databases")])
    site.steps.run_once("first-start", Text(zh="数据表与管理员", en="tables and the administrator"), made_from, first)


def write_connection(place: PortalPaths, state: PortalState, keys: SecretKeys) -> None:
    """Writes how the platform reaches this portal; read by `catalog.ckan.connection`."""
    write_private(place.publisher_database, postgres.publisher_address(state, keys) + "\n")
    settings = {
        "url": local_url(state),
        "token_file": place.publisher_token.name,
        "public": str(place.releases.relative_to(place.folder)),
        "files_url": f"{state.site_url}/releases",
        "database_file": place.publisher_database.name,
    }
    write_private(place.connection, json.dumps(settings, indent=1) + "\n")


def local_url(state: PortalState) -> str:
    """Returns the portal's address on this machine, whatever its public address is."""
    return f"http://{HOST}:{state.web}"


def stop_portal(folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Stops the running services, web-facing ones first; returns their names. Data stay."""
    place = PortalPaths(folder)
    _, processes, services = _read_known(place, environment)
    with lock_portal(place):
        return [*processes.stop_services(services.front), *processes.stop_services(services.back)]


def read_status(folder: Path, environment: Mapping[str, str]) -> tuple[PortalState, list[ServiceStatus]]:
    """Returns the portal's address and the status of every service. UsageError if nothing was built there."""
    state, processes, services = _read_known(PortalPaths(folder), environment)
    return state, [
        ServiceStatus(one.name, processes.living_pid(one.name), one.port, processes.is_ready(one))
        for one in (*services.front, *services.back)
    ]


def _read_known(place: PortalPaths, environment: Mapping[str, str]) -> tuple[PortalState, Processes, Services]:
    state = read_state(place)
    if state is None:
        raise UsageError(
            Text(
                zh=f"{place.folder} 中没有门户；请先运行 make ckan",
                en=f"there is no portal in {place.folder}; run make ckan first",
            )
        )
    keys, clean = read_or_make_keys(place), passed_environment(environment)
    tools = find_tools(place, clean, bundled=state.bundled)
    return (
        state,
        Processes(place, clean, keys.secret_values()),
        build_services(place, state, keys, tools, postgres.postgres_account()),
    )
