"""The five services of a portal: how each is started, and when it is ready.

All listen on 127.0.0.1 alone. Not here: starting and stopping them (`processes.py`), their order (`lifecycle.py`).
"""

import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

from catalog.ckan.native import postgres
from catalog.ckan.native.commands import SystemAccount
from catalog.ckan.native.paths import PORTAL, PortalPaths
from catalog.ckan.native.prerequisites import InstalledTools
from catalog.ckan.native.processes import Service
from catalog.ckan.native.state import HOST, PortalState, SecretKeys
from schemas.errors import CatalogueError
from schemas.text import Text

_SOLR = PORTAL / "solr" / "etc"
_SECONDS = 20


@dataclass(frozen=True)
class Services:
    """Each service by its name; `front` runs CKAN's code, `back` is what it needs."""

    postgres: Service
    redis: Service
    solr: Service
    worker: Service
    web: Service

    @property
    def front(self) -> tuple[Service, ...]:
        """The services that run CKAN's code."""
        return (self.web, self.worker)

    @property
    def back(self) -> tuple[Service, ...]:
        """The services that CKAN's code needs."""
        return (self.solr, self.redis, self.postgres)


def build_services(
    place: PortalPaths, state: PortalState, keys: SecretKeys, tools: InstalledTools, who: SystemAccount | None
) -> Services:
    """Returns the services of one portal. Tools may be missing if nothing is to be started."""
    ckan = {"CKAN_INI": str(place.ini)}
    return Services(
        postgres=Service(
            "postgres",
            [
                _config_path(tools.postgres, "postgres"),
                "-D",
                state.postgres_data or place.postgres,
                "-p",
                str(state.postgres),
            ],
            ready=lambda: postgres.is_answering(state, keys),
            port=state.postgres,
            account=who,
            stop=signal.SIGINT,  # fast, clean shutdown; SIGTERM would wait for clients
            kill=signal.SIGQUIT,
        ),
        redis=Service(
            "redis", _redis_command(place, state, tools), ready=lambda: _listens(state.redis), port=state.redis
        ),
        solr=Service("solr", _solr_command(place, state, tools), ready=lambda: solr_ready(state.solr), port=state.solr),
        worker=Service("worker", [place.program_path("ckan"), "jobs", "worker"], ready=lambda: True, more=ckan),
        web=Service("web", _web_command(place, state), ready=lambda: _web_ready(state.web), port=state.web, more=ckan),
    )


def _config_path(folder: Path | None, name: str) -> Path:
    return folder / name if folder else Path(name)


def _redis_command(place: PortalPaths, state: PortalState, tools: InstalledTools) -> list[str | Path]:
    kept: list[str | Path] = ["--dir", place.run, "--save", "", "--appendonly", "yes", "--maxmemory", "128mb"]
    return [tools.redis or "redis-server", "--bind", HOST, "--port", str(state.redis), *kept]


def _solr_command(place: PortalPaths, state: PortalState, tools: InstalledTools) -> list[str | Path]:
    properties: Mapping[str, object] = {
        "user.timezone": "UTC",
        "file.encoding": "UTF-8",
        "jetty.host": HOST,
        "jetty.port": state.solr,
        "solr.solr.home": place.solr_home,
        "solr.install.dir": place.solr_home.parent,
        "solr.log.dir": place.run,
        "log4j.configurationFile": _SOLR / "log4j2.xml",
        "disable.configEdit": "true",
    }
    memory = ["-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:MaxMetaspaceSize=160m"]
    # Without the optimising compiler: for an index of hundreds it spends more processor time than it will ever save.
    quick = ["-XX:TieredStopAtLevel=1"]
    settings = [f"-D{name}={value}" for name, value in properties.items()]
    main: list[str | Path] = [
        "-cp",
        f"{place.jars}/*",
        "org.eclipse.jetty.xml.XmlConfiguration",
        _SOLR / "jetty-solr.xml",
    ]
    return [tools.java or "java", *memory, *quick, *settings, *main]


def _web_command(place: PortalPaths, state: PortalState) -> list[str | Path]:
    size = ["--no-control-socket", "--workers", "2", "--threads", "4", "--timeout", "600"]
    return [
        place.program_path("gunicorn"),
        "--pythonpath",
        place.portal,
        "--bind",
        f"{HOST}:{state.web}",
        *size,
        "wsgi:application",
    ]


def _listens(port: int) -> bool:
    with socket.create_connection((HOST, port), timeout=1):
        return True


def solr_ready(port: int) -> bool:
    """Returns whether Solr serves our core. CatalogueError if the core cannot be loaded: waiting would not help."""
    answer = requests.get(
        f"http://{HOST}:{port}/solr/admin/cores", {"action": "STATUS", "wt": "json"}, timeout=_SECONDS
    )
    report = answer.json()
    if report.get("initFailures"):
        raise CatalogueError(
            Text(
                zh=f"Solr 无法载入核心：{report['initFailures']}；请检查 {PORTAL / 'solr'} 下的设置",
                en=f"Solr cannot load its core: {report['initFailures']}; look at the settings in {PORTAL / 'solr'}",
            )
        )
    return "numDocs" in report.get("status", {}).get("ckan", {}).get("index", {})


def _web_ready(port: int) -> bool:
    answer = requests.get(f"http://{HOST}:{port}/api/3/action/status_show", timeout=_SECONDS)
    return answer.ok and answer.json()["success"] is True
