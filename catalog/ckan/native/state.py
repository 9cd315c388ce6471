"""What a portal chooses once and keeps: its address and ports, and its keys.

Ports do not change, because release files and resources contain the portal's address; a service behind the web server
whose port is taken moves to another one. Keys are in a separate file. Not here: tokens and passwords that people read
(`paths.py`).
"""

import json
import secrets
import socket
from collections.abc import Container
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, ValidationError

from catalog.ckan.connection import write_private
from catalog.ckan.native.paths import PortalPaths
from schemas.errors import CatalogueError, UsageError
from schemas.frozen_model import FrozenModel
from schemas.text import Text

HOST = "127.0.0.1"
WEB_FROM = 5000
_TRIED = 200
BEHIND: tuple[tuple[Literal["postgres", "redis", "solr"], int], ...] = (
    ("postgres", 5433),
    ("redis", 6380),
    ("solr", 8983),
)


class PortalState(FrozenModel):
    """Where one portal serves. `postgres_data` is PostgreSQL's data folder; `bundled`: services from PyPI wheels."""

    web: int
    postgres: int
    redis: int
    solr: int
    site_url: str
    bundled: bool = False
    postgres_data: Path | None = None


class SecretKeys(FrozenModel):
    """The portal's own keys; generated, never typed."""

    secret: SecretStr
    superuser: SecretStr
    database: SecretStr
    datastore: SecretStr
    publisher: SecretStr

    def secret_values(self) -> tuple[str, ...]:
        """Returns the values that no log may contain."""
        return tuple(getattr(self, name).get_secret_value() for name in type(self).model_fields)


def read_state(place: PortalPaths) -> PortalState | None:
    """Returns the state; None if nothing was built. CatalogueError if the file is not in our format."""
    file = place.folder / "state.json"
    if not file.is_file():
        return None
    try:
        return PortalState.model_validate_json(file.read_text(encoding="utf-8"))
    except ValidationError as wrong:
        raise CatalogueError(
            Text(
                zh=f"{file} 不是本系统写的状态文件（{wrong.error_count()} 处不符）；请恢复备份，或删除整个文件夹后重建",
                en=f"{file} is not a state file of ours ({wrong.error_count()} faults); restore it, or remove the whole folder and build anew",
            )
        ) from wrong


def write_state(place: PortalPaths, state: PortalState) -> PortalState:
    """Stores the state and returns it."""
    write_private(place.folder / "state.json", state.model_dump_json(indent=1, exclude_none=True) + "\n")
    return state


def read_or_make_keys(place: PortalPaths) -> SecretKeys:
    """Returns the keys, generated at the first call."""
    file = place.folder / "keys.json"
    if not file.is_file():
        made = {name: secrets.token_hex(24) for name in SecretKeys.model_fields}
        write_private(file, json.dumps(made, indent=1) + "\n")
    return SecretKeys.model_validate_json(file.read_text(encoding="utf-8"))


def is_free(port: int) -> bool:
    """Returns whether a server can listen there now."""
    with socket.socket() as probe:
        # as servers do: a port whose last connection is closing counts as free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(wanted: int, taken: Container[int] = ()) -> int:
    """Returns the first free port from `wanted` on; UsageError if none of the next 200 is free."""
    for port in range(wanted, min(wanted + _TRIED, 65536)):
        if port not in taken and is_free(port):
            return port
    raise UsageError(
        Text(
            zh=f"从端口 {wanted} 起 {_TRIED} 个端口都被占用；请用 --port 指定空闲端口",
            en=f"none of {_TRIED} ports from {wanted} on is free; name a free one with --port",
        )
    )


def settle_ports(
    kept: PortalState | None, ours: Container[str], *, port: int | None, site_url: str | None, bundled: bool
) -> PortalState:
    """Returns the state to start with: kept values, requested values, and free ports for services that do not run.

    `ours` names our services that run.

    Raises:
        UsageError: Another program has the web port.
    """
    web = port or (kept.web if kept else free_port(WEB_FROM))
    moved = kept is not None and web != kept.web
    if not is_free(web) and ("web" not in ours or moved):
        raise UsageError(
            Text(
                zh=f"端口 {web} 已被其他进程占用；请释放它，或用 --port 换一个（已发布的链接会随之失效）",
                en=f"port {web} is taken by another process; free it, or choose another with --port (published links go by it)",
            )
        )
    default = f"http://{HOST}:{web}"
    address = site_url or (kept.site_url if kept and not moved else default)
    chosen = {"web": web}
    for name, wanted in BEHIND:
        now = getattr(kept, name) if kept else None
        stays = now is not None and (name in ours or is_free(now))
        chosen[name] = now if now is not None and stays else free_port(wanted, chosen.values())
    return PortalState(
        **chosen,
        site_url=address.rstrip("/"),
        bundled=bundled or bool(kept and kept.bundled),
        postgres_data=kept.postgres_data if kept else None,
    )
