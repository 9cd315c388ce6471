"""A publisher that kills itself with SIGKILL at one of its steps: `Killed.at(n, …)`, and a child process a try.

A step is a call that writes to CKAN, a change of the tables, a note of the journal, or a rename of a file; it counts twice,
before and after. The children are forked from one process that has all modules loaded and no thread of its own. Not here: what
must hold afterwards (`tests/live`).
"""

import functools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypinyin  # noqa: F401 -- the publisher loads it at its first use: 0.2 s of each child

from catalog.ckan.api import CkanApi
from catalog.ckan.connection import Connection
from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.direct import CkanCatalogue
from catalog.ckan.journal import Journal
from catalog.entry import build_entry
from catalog.plan import make_plan
from dagster_project.pandas_import import avoid_pandas_import
from schemas.contract import parse_contract
from schemas.departments import read_departments

ROOT = Path(__file__).parents[2]
LASTING = (
    (CkanApi, ("call_writing",)),
    (DataStore, ("stage_table", "swap_table", "undo_swap", "prune_previous", "drop_table")),
    (Journal, ("write_entry", "close_entry")),
    (os, ("rename", "replace")),
)


class Killed:
    """The process that forks the publishers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def at(self, step: int, said: Path) -> int | None:
        """Publishes as the file `said` says, killed at that step; the number of steps if it came through."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{step} {said}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer, "the publisher broke instead of being killed"
        return None if answer == "killed" else int(answer)


@contextmanager
def publishers_to_kill() -> Iterator[Killed]:
    """One process for the time of a test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "support.killed"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Killed(process)
        process.communicate()


def say(file: Path, connection: Any, contract: Any, releases: Path, journal: Path, release: str | None) -> Path:
    """Writes down for that process what to publish: the release of that number, or nothing (a withdrawal)."""
    secrets = {"token": connection.token.get_secret_value(), "database": connection.database.get_secret_value()}
    told = {
        "connection": {**connection.model_dump(mode="json"), **secrets},
        "descriptor": contract.descriptor,
        "releases": str(releases),
        "journal": str(journal),
        "release": release,
    }
    file.write_text(json.dumps(told, default=str), encoding="utf-8")
    file.chmod(0o600)
    return file


class Steps:
    """Counts, and kills at the one chosen."""

    def __init__(self, at: int) -> None:
        self.at, self.taken = at, 0

    def take(self) -> None:
        self.taken += 1
        if self.taken == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, owner: Any, name: str) -> None:
        """Every call of that function is a step, before it and after it."""
        original: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(original)
        def stepped(*words: Any, **more: Any) -> Any:
            self.take()
            result = original(*words, **more)
            self.take()
            return result

        setattr(owner, name, stepped)


def publish(at: int, told: dict[str, Any]) -> int:
    """Publishes; returns how many steps it took."""
    steps = Steps(at)
    for owner, names in LASTING:
        for name in names:
            steps.watch(owner, name)
    contract, releases = parse_contract(told["descriptor"]), Path(told["releases"])
    entries = []
    if told["release"]:
        entries = [build_entry(contract, releases / contract.name / told["release"], read_departments())]
    catalogue = CkanCatalogue(Connection.model_validate(told["connection"]), releases, Path(told["journal"]))
    catalogue.apply(make_plan(entries, catalogue.read_published()), entries)
    return steps.taken


def main() -> None:
    """A child for every line `step file`; answers `killed` or the number of steps. Ends with the input, or if a child breaks."""
    avoid_pandas_import()
    for line in sys.stdin:
        step, file = line.split()
        child = os.fork()
        if child == 0:
            sys.stdout.write(f"{publish(int(step), json.loads(Path(file).read_text(encoding='utf-8')))}\n")
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            sys.stdout.write("killed\n")
            sys.stdout.flush()
        elif status:
            sys.exit(1)


if __name__ == "__main__":
    main()
