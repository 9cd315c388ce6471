"""A publisher that kills itself with SIGKILL at one of its steps: `python -m support.killed …`, and `killed_at` to start it.

A step is a call to CKAN, a statement block of the tables, a note of the journal, or a rename of a file; it counts twice, before
and after. Run with a number beyond the last step it ends well and prints how many there were. Not here: what must hold
afterwards (`tests/live`).
"""

import functools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TABLES = ("lock", "stage", "served", "swap", "undo", "prune", "drop")


def killed_at(at: int, said: Path) -> int | None:
    """Publish as the file `said` says, in a process of its own, killed at step `at`; the number of steps if it came through."""
    done = subprocess.run(
        [sys.executable, "-m", "support.killed", str(at), str(said)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


def say(file: Path, connection: Any, contract: Any, releases: Path, journal: Path, release: str | None) -> Path:
    """Write down for that process what to publish: the release of that number, or nothing (a withdrawal)."""
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


def main(at: int, told: dict[str, Any]) -> int:
    """Publish; returns how many steps it took."""
    from catalog.ckan.api import Api
    from catalog.ckan.catalogue import CkanCatalogue
    from catalog.ckan.connection import Connection
    from catalog.ckan.journal import Journal
    from catalog.ckan.tables.tables import Tables
    from catalog.entry import entry_of
    from catalog.plan import plan
    from schemas.contract import contract_of
    from schemas.departments import read_departments

    steps = Steps(at)
    for owner, names in (
        (Tables, TABLES),
        (Api, ("_call", "served_bytes")),
        (Journal, ("write", "close")),
        (os, ("rename", "replace")),
    ):
        for name in names:
            steps.watch(owner, name)
    contract, releases = contract_of(told["descriptor"]), Path(told["releases"])
    entries = []
    if told["release"]:
        entries = [entry_of(contract, releases / contract.name / told["release"], read_departments())]
    catalogue = CkanCatalogue(Connection.model_validate(told["connection"]), releases, Path(told["journal"]))
    catalogue.carry_out(plan(entries, catalogue.published()), entries)
    return steps.taken


if __name__ == "__main__":
    steps = main(int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    sys.stdout.write(f"{steps}\n")
