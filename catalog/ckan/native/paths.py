"""Paths below a portal's state folder, and writing files that only their owner may read.

Here too: the lock that lets one command at a time work on a portal, and the marks of finished steps.
Not here: what the files hold.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import CatalogueError
from schemas.text import Text

PORTAL = Path(__file__).parents[1] / "portal"


@dataclass(frozen=True)
class PortalPaths:
    """Paths of one portal, all below `folder`."""

    folder: Path

    @property
    def run(self) -> Path:
        """Logs and pids."""
        return self.folder / "run"

    @property
    def venv(self) -> Path:
        """CKAN's own environment."""
        return self.folder / "venv"

    @property
    def jars(self) -> Path:
        """Solr's class path."""
        return self.folder / "solr" / "lib"

    @property
    def solr_home(self) -> Path:
        """Solr's settings and its index."""
        return self.folder / "solr" / "home"

    @property
    def portal(self) -> Path:
        """The templates, styles and schema in use: a copy, so that nothing changes under a running portal."""
        return self.folder / "portal"

    @property
    def ini(self) -> Path:
        """CKAN's settings in use; contains keys."""
        return self.folder / "ckan.ini"

    @property
    def storage(self) -> Path:
        """CKAN's uploads and caches."""
        return self.folder / "storage"

    @property
    def public(self) -> Path:
        """Static files that the portal serves."""
        return self.folder / "public"

    @property
    def releases(self) -> Path:
        """Release files, served below `/releases`."""
        return self.public / "releases"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data, if its user can enter this folder."""
        return self.folder / "postgres"

    @property
    def admin_password(self) -> Path:
        """The administrator's password."""
        return self.folder / "admin.password"

    @property
    def admin_token(self) -> Path:
        """The administrator's API token."""
        return self.folder / "admin.token"

    @property
    def publisher_token(self) -> Path:
        """The publisher's API token."""
        return self.folder / "publisher.token"

    @property
    def publisher_database(self) -> Path:
        """The publisher's address of the DataStore; contains a key."""
        return self.folder / "publisher.database"

    @property
    def connection(self) -> Path:
        """How the platform reaches this portal; names the files above."""
        return self.folder / "connection.json"

    def program_path(self, name: str) -> Path:
        """Returns the path of a program in CKAN's environment."""
        return self.venv / "bin" / name

    def log_path(self, name: str) -> Path:
        """Returns the log of a step or a service."""
        return self.run / f"{name}.log"

    def pid_path(self, name: str) -> Path:
        """Returns the file with the process of a service."""
        return self.run / f"{name}.pid"

    def mark_path(self, step: str) -> Path:
        """Returns the file with the hash of a step's last input."""
        return self.folder / "done" / step

    def make_folders(self) -> None:
        """Creates the folders that all other steps expect."""
        for folder in (self.run, self.storage, self.releases, self.folder / "done"):
            folder.mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True)
class BuildSteps:
    """The build steps, each reported by its title; a step already done with the same input is skipped."""

    place: PortalPaths
    watch: Callable[[Text], AbstractContextManager[None]]

    def run_once(self, step: str, what: Text, input_hash: str, action: Callable[[], object]) -> bool:
        """Runs `action` unless the mark says that it is done with this input; returns whether it ran."""
        mark = self.place.mark_path(step)
        if mark.is_file() and mark.read_text(encoding="ascii") == input_hash:
            return False
        with self.watch(what):
            action()
        mark.write_text(input_hash, encoding="ascii")
        return True

    def forget_step(self, *steps: str) -> None:
        """Deletes the marks, so that those steps are done again."""
        for step in steps:
            self.place.mark_path(step).unlink(missing_ok=True)


def hash_files(files: Iterable[Path], *more: str) -> str:
    """Returns one hash over the names and bytes of files and some strings."""
    seen = hashlib.sha256()
    for file in sorted(files):
        seen.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    for word in more:
        seen.update(word.encode() + b"\0")
    return seen.hexdigest()


def files_below(folder: Path) -> list[Path]:
    """Returns the files of a folder and its subfolders, without Python's caches."""
    return [file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


@contextmanager
def lock_portal(place: PortalPaths) -> Iterator[None]:
    """Locks the portal against other commands; CatalogueError if another one holds it."""
    place.folder.mkdir(parents=True, exist_ok=True)
    with (place.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise CatalogueError(
                Text(
                    zh=f"另一个 sportlake ckan 命令正在处理 {place.folder}；请等它结束再试",
                    en=f"another `sportlake ckan` is at work on {place.folder}; try again when it has ended",
                )
            ) from busy
        yield
