"""Bringing a portal up, taking it down, and saying how it stands: the order of things.

`up` builds what is missing, starts what does not run, brings the portal to what it must hold (`catalog.ckan.bootstrap`), and
leaves `connection.json` for the platform. It can be run at any time, and mends what was interrupted.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from catalog.ckan.bootstrap import prepare
from catalog.ckan.native import build, postgres
from catalog.ckan.native.commands import Commands, passed_on
from catalog.ckan.native.paths import PORTAL, Place, Steps, alone, hash_of, write_private
from catalog.ckan.native.prerequisites import Tools, find_tools, need_tools
from catalog.ckan.native.processes import Processes, Service
from catalog.ckan.native.services import Services, services_of
from catalog.ckan.native.state import HOST, Keys, State, keys_of, read_state, settled, write_state
from schemas.departments import Department
from schemas.errors import UsageError
from schemas.text import Text

ADMIN = "admin"
_NAMES = ("web", "worker", "solr", "redis", "postgres")
_DATABASE_STEPS = ("cluster", "databases", "first-start")

Watch = Callable[[Text], AbstractContextManager[None]]


@dataclass(frozen=True)
class Wish:
    """What the caller asks for; None leaves what was chosen before. `jars`: a folder with Solr's jars instead of Maven."""

    port: int | None = None
    site_url: str | None = None
    bundled: bool = False
    jars: Path | None = None
    uv: Path | None = None


@dataclass(frozen=True)
class Standing:
    """How one service stands."""

    name: str
    pid: int | None
    port: int | None
    ready: bool


@dataclass(frozen=True)
class _Site:
    """One portal in work."""

    place: Place
    state: State
    keys: Keys
    steps: Steps
    commands: Commands
    processes: Processes
    services: Services
    tools: Tools


def up(
    folder: Path, wish: Wish, environment: Mapping[str, str], departments: Mapping[str, Department], watch: Watch
) -> State:
    """A portal that serves, holds what it must, and can be published to. CatalogueError or UsageError say why not."""
    place = Place(folder)
    with alone(place):
        place.make()
        site = _opened(place, wish, passed_on(environment), watch)
        _built(site, wish)
        _served(site)
        with watch(Text(zh="部门、主题与发布账户", en="departments, subjects, the publisher")):
            token = SecretStr(place.admin_token.read_text(encoding="ascii").strip())
            prepare(local_url(site.state), token, departments, place.publisher_token)
        write_connection(place, site.state, site.keys)
        return site.state


def _opened(place: Place, wish: Wish, environment: Mapping[str, str], watch: Watch) -> _Site:
    """The portal in work: what was chosen before and now, with tools for everything."""
    keys, steps = keys_of(place), Steps(place, watch)
    processes = Processes(place, environment, keys.hidden())
    commands = Commands(place.run, environment, keys.hidden())
    state = _settled(place, wish, processes)
    jars = wish.jars is not None or build.have_jars(place)
    tools = need_tools(place, commands, bundled=state.bundled, jars=jars)
    if state.bundled:  # the services' programs come with CKAN's environment
        build.build_environment(steps, commands, wish.uv, bundled=True)
        tools = find_tools(place, environment, bundled=True)
    services = services_of(place, state, keys, tools, postgres.account())
    return _Site(place, state, keys, steps, commands, processes, services, tools)


def _built(site: _Site, wish: Wish) -> None:
    """Everything on disk and in the databases, and the services behind the web started; side by side where it can be."""
    with ThreadPoolExecutor(3) as lanes:
        environment = lanes.submit(
            build.build_environment, site.steps, site.commands, wish.uv, bundled=site.state.bundled
        )
        databases = lanes.submit(_databases, site)
        search = lanes.submit(_search, site, wish, environment)
        environment.result()
        databases.result()
        _settings(site)
        site.processes.launch(site.services.redis)
        site.processes.wait(site.services.redis)
        _first_start(site)
        search.result()


def _settled(place: Place, wish: Wish, processes: Processes) -> State:
    """Ports and address for this start, kept; a web server at another port than before is stopped first."""
    kept = read_state(place)
    ours = {name for name in _NAMES if processes.alive(name)}
    chosen = settled(kept, ours, port=wish.port, site_url=wish.site_url, bundled=wish.bundled)
    if chosen.postgres_data is None:
        chosen = chosen.model_copy(update={"postgres_data": postgres.data_folder(place, postgres.account())})
    return write_state(place, chosen)


def _databases(site: _Site) -> None:
    """PostgreSQL running, with our roles and databases."""
    data, programs = site.state.postgres_data, Path(site.services.postgres.words[0]).parent
    if data is None:
        raise UsageError(
            Text(zh="尚未选定数据库文件夹；请运行 make ckan", en="no database folder is chosen; run make ckan")
        )
    who = site.services.postgres.account
    if site.processes.alive("postgres") is None and not (data / "PG_VERSION").is_file():
        _forget_databases(site)
    made = Text(zh="建立数据库集群", en="PostgreSQL's cluster")
    site.steps.once("cluster", made, "1", lambda: postgres.make_cluster(site.commands, programs, data, site.keys, who))
    site.processes.launch(site.services.postgres)
    site.processes.wait(site.services.postgres)
    roles = Text(zh="数据库与权限", en="databases and rights")
    code = hash_of([Path(postgres.__file__)])
    site.steps.once("databases", roles, code, lambda: postgres.make_databases(site.state, site.keys))


def _forget_databases(site: _Site) -> None:
    """There are no databases (any more): all that was in them is to be made again, and the index holds what is gone."""
    place = site.place
    site.steps.forget(*_DATABASE_STEPS)
    for token in (place.admin_token, place.publisher_token):
        token.unlink(missing_ok=True)
    if place.mark("index").is_file():
        place.mark("index").write_text("stale", encoding="ascii")


def _search(site: _Site, wish: Wish, environment: "Future[None]") -> None:
    """Solr started, with jars and settings; its schema is made from CKAN's."""
    build.build_jars(site.steps, site.commands, site.tools.maven, wish.jars)
    environment.result()
    analysis = build.write_solr_home(site.place, site.commands)
    _stopped_for(site, "solr-runs", analysis, (site.services.solr,))
    site.processes.launch(site.services.solr)
    site.place.mark("solr-runs").write_text(analysis, encoding="ascii")


def _settings(site: _Site) -> None:
    """`ckan.ini` and the portal's parts as they are now; what runs with others is down afterwards."""
    build.write_ini(site.place, site.state, site.keys)
    read = build.web_hash(site.place)
    if _stopped_for(site, "web-runs", read, site.services.front):
        build.copy_portal(site.place)
        site.place.mark("web-runs").write_text(read, encoding="ascii")


def _served(site: _Site) -> None:
    """Solr and the web ready, the worker started."""
    processes, services = site.processes, site.services
    with site.steps.watch(Text(zh="启动 Solr", en="Solr")):
        processes.wait(services.solr)
    with site.steps.watch(Text(zh="启动门户", en="the portal")):
        processes.launch(services.web)
        processes.wait(services.web)
        processes.launch(services.worker)
    _index(site)


def _stopped_for(site: _Site, mark: str, now: str, services: tuple[Service, ...]) -> bool:
    """Whether those services were last started with something else than now; then they are down."""
    file = site.place.mark(mark)
    if file.is_file() and file.read_text(encoding="ascii") == now:
        return False
    site.processes.stop(services)
    return True


def _index(site: _Site) -> None:
    """The search index again, if its texts are cut otherwise than when it was made, or its datasets are gone."""
    mark, analysis = site.place.mark("index"), site.place.mark("solr-runs").read_text(encoding="ascii")
    if not mark.is_file():  # nothing is in it yet
        mark.write_text(analysis, encoding="ascii")
    again = Text(zh="重建检索索引", en="the search index anew")
    rebuild: list[str | Path] = [site.place.program("ckan"), "-c", site.place.ini, "search-index", "rebuild"]
    site.steps.once("index", again, analysis, lambda: site.commands.run("search-index", rebuild))


def _first_start(site: _Site) -> None:
    """Tables of this CKAN, DataStore rights, the administrator with password and token."""
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
        python: list[str | Path] = [place.program("python"), script]
        told = site.commands.run("first-start", python, told=json.dumps(wanted), more={"CKAN_INI": str(place.ini)})
        answer = json.loads(told)
        postgres.run_script(site.state, site.keys, answer["permissions"])
        if answer["token"]:
            write_private(place.admin_token, answer["token"] + "\n")

    made_from = hash_of([script, place.mark("venv"), place.mark("plugin"), place.mark("databases")])
    site.steps.once("first-start", Text(zh="数据表与管理员", en="tables and the administrator"), made_from, first)


def write_connection(place: Place, state: State, keys: Keys) -> None:
    """How the platform reaches this portal; read by `catalog.ckan.connection`."""
    write_private(place.publisher_database, postgres.publisher_address(state, keys) + "\n")
    told = {
        "url": local_url(state),
        "token_file": place.publisher_token.name,
        "public": str(place.releases.relative_to(place.folder)),
        "files_url": f"{state.site_url}/releases",
        "database_file": place.publisher_database.name,
    }
    write_private(place.connection, json.dumps(told, indent=1) + "\n")


def local_url(state: State) -> str:
    """The portal as this machine reaches it, whatever its visitors call it."""
    return f"http://{HOST}:{state.web}"


def down(folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Stops the services that run, those in front first; gives their names. Data stay."""
    place = Place(folder)
    _, processes, services = _known(place, environment)
    with alone(place):
        return [*processes.stop(services.front), *processes.stop(services.back)]


def standing(folder: Path, environment: Mapping[str, str]) -> tuple[State, list[Standing]]:
    """The portal's address, and how every service stands. UsageError if nothing was built there."""
    state, processes, services = _known(Place(folder), environment)
    return state, [
        Standing(one.name, processes.alive(one.name), one.port, processes.is_ready(one))
        for one in (*services.front, *services.back)
    ]


def _known(place: Place, environment: Mapping[str, str]) -> tuple[State, Processes, Services]:
    state = read_state(place)
    if state is None:
        raise UsageError(
            Text(
                zh=f"{place.folder} 中没有门户；请先运行 make ckan",
                en=f"there is no portal in {place.folder}; run make ckan first",
            )
        )
    keys, clean = keys_of(place), passed_on(environment)
    tools = find_tools(place, clean, bundled=state.bundled)
    return state, Processes(place, clean, keys.hidden()), services_of(place, state, keys, tools, postgres.account())
