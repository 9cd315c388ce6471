"""Builds once: CKAN's environment with our plugin, Solr's jars. Writes at every start: settings.

A part is rebuilt when, and only when, its inputs have changed. Not here: databases (`postgres.py`).
"""

import hashlib
import shutil
import sys
from pathlib import Path
from string import Template

from catalog.ckan.connection import write_private
from catalog.ckan.native.commands import CommandRunner
from catalog.ckan.native.paths import PORTAL, BuildSteps, PortalPaths, files_below, hash_files
from catalog.ckan.native.prerequisites import lacking_error
from catalog.ckan.native.state import HOST, PortalState, SecretKeys
from catalog.finder.portal_page import portal_finder_files, write_portal_finder
from schemas.province import read_bureau_province
from schemas.text import Text

_LOCK = PORTAL / "requirements.lock"
_WHEELS = PORTAL / "requirements-bundled.lock"
_PLUGIN = PORTAL / "ckanext-zhportal"
_SOLR = PORTAL / "solr"
_APART = {"solr", "container"}  # not read by the web server


def build_environment(steps: BuildSteps, commands: CommandRunner, uv: Path | None, *, bundled: bool) -> None:
    """Builds CKAN's environment with our plugin. `uv` takes seconds where pip takes a minute; it may be missing."""
    place, locks = steps.place, [_LOCK, *([_WHEELS] if bundled else [])]
    packages = Text(zh="安装 CKAN 及其 Python 包", en="CKAN and its packages")
    if steps.run_once("venv", packages, hash_files(locks), lambda: _install(place, commands, uv, locks)):
        steps.forget_step("plugin")
    plugin = Text(zh="安装门户插件", en="our plugin")
    steps.run_once("plugin", plugin, hash_files(files_below(_PLUGIN)), lambda: _install_plugin(place, commands, uv))


def _install(place: PortalPaths, commands: CommandRunner, uv: Path | None, locks: list[Path]) -> None:
    shutil.rmtree(place.venv, ignore_errors=True)
    if uv:
        commands.run_command("venv", [uv, "venv", "--quiet", "--python", sys.executable, place.venv])
    else:
        commands.run_command("venv", [sys.executable, "-m", "venv", place.venv])
    for lock in locks:
        _pip_install(place, commands, uv, lock.stem, "--require-hashes", "-r", lock)


def _pip_install(place: PortalPaths, commands: CommandRunner, uv: Path | None, step: str, *words: str | Path) -> None:
    """Installs the named packages into CKAN's environment without their dependencies: the lock file is complete."""
    if uv:
        command: list[str | Path] = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            place.program_path("python"),
            "--no-deps",
            *words,
        ]
    else:
        command = [place.program_path("python"), "-m", "pip", "install", "--quiet", "--no-deps", *words]
    commands.run_command(f"pip-{step}", command, fetches=step != "plugin")


def _install_plugin(place: PortalPaths, commands: CommandRunner, uv: Path | None) -> None:
    copy = place.run / "plugin"  # building writes files beside the sources: build a copy
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(_PLUGIN, copy, copy_function=shutil.copyfile)
    for words in copy.rglob("*.po"):
        compiled: list[str | Path] = ["-i", words, "-o", words.with_suffix(".mo")]
        commands.run_command("translations", [place.program_path("pybabel"), "-q", "compile", *compiled])
    _pip_install(
        place, commands, uv, "plugin", "--no-build-isolation", "--reinstall" if uv else "--force-reinstall", copy
    )
    shutil.rmtree(copy)


def build_jars(steps: BuildSteps, commands: CommandRunner, maven: Path | None, folder: Path | None) -> None:
    """Provides Solr and Jetty as plain jars: copied from `folder`, or fetched by Maven."""
    jars = steps.place.jars

    def fetch() -> None:
        shutil.rmtree(jars, ignore_errors=True)
        if folder:
            shutil.copytree(folder, jars, copy_function=shutil.copyfile)
            return
        if maven is None:
            raise lacking_error(["maven"], bundled=True)
        pom: list[str | Path] = ["-f", _SOLR / "pom.xml", "dependency:copy-dependencies", f"-Dlib.dir={jars}"]
        commands.run_command("maven", [maven, "-q", "-B", *pom], fetches=True)

    steps.run_once("jars", Text(zh="下载 Solr", en="Solr's jars"), hash_files([_SOLR / "pom.xml"]), fetch)


def have_jars(place: PortalPaths) -> bool:
    """Returns whether the jars exist and are complete."""
    return _read(place.mark_path("jars")) == hash_files([_SOLR / "pom.xml"])


def write_solr_home(place: PortalPaths, commands: CommandRunner) -> str:
    """Writes Solr's settings, CKAN's own schema adapted for Chinese; returns a hash of its text analysis."""
    core = place.solr_home / "ckan"
    (core / "conf").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_SOLR / "solr.xml", place.solr_home / "solr.xml")
    shutil.copyfile(_SOLR / "core.properties", core / "core.properties")
    for file in (_SOLR / "conf").iterdir():
        shutil.copyfile(file, core / "conf" / file.name)
    schema, mark = core / "conf" / "schema.xml", place.mark_path("schema")
    wanted = hash_files([_SOLR / "make_schema.py"], _read(place.mark_path("venv")))
    if not schema.is_file() or _read(mark) != wanted:
        commands.run_command("schema", [place.program_path("python"), _SOLR / "make_schema.py", schema])
        mark.write_text(wanted, encoding="ascii")
    return hash_files([schema, PORTAL / "abbreviations.txt", *files_below(_SOLR / "conf")])


def _read(mark: Path) -> str:
    return mark.read_text(encoding="ascii") if mark.is_file() else ""


def write_ini(place: PortalPaths, state: PortalState, keys: SecretKeys) -> None:
    """Writes CKAN's settings with the ports, folders and keys of this portal."""
    write_private(place.ini, render_ini(place, state, keys))


def render_ini(place: PortalPaths, state: PortalState, keys: SecretKeys) -> str:
    """Returns the text of `ckan.ini`."""
    return Template((PORTAL / "ckan.ini.in").read_text(encoding="utf-8")).substitute(
        dir=place.folder,
        here=place.portal,
        site_url=state.site_url,
        postgres=f"{HOST}:{state.postgres}",
        redis=f"{HOST}:{state.redis}",
        solr=f"{HOST}:{state.solr}",
        secret_key=keys.secret.get_secret_value(),
        database_key=keys.database.get_secret_value(),
        datastore_key=keys.datastore.get_secret_value(),
    )


def web_hash(place: PortalPaths) -> str:
    """Returns a hash of all that the web server and the worker read at start; if it changes, they must be restarted."""
    files = [file for file in files_below(PORTAL) if not _APART & {one.name for one in file.parents}]
    finder = hashlib.sha256(b"".join(portal_finder_files(read_bureau_province()).values())).hexdigest()
    return hash_files([place.ini, *files], _read(place.mark_path("venv")), _read(place.mark_path("plugin")), finder)


def copy_portal(place: PortalPaths) -> None:
    """Copies what the web server and the worker read, and writes the pages and scripts of the finder."""
    shutil.rmtree(place.portal, ignore_errors=True)
    apart = shutil.ignore_patterns(*_APART, _PLUGIN.name, "__pycache__", ".*")
    shutil.copytree(PORTAL, place.portal, copy_function=shutil.copyfile, ignore=apart)
    write_portal_finder(place.portal)
