"""Hosts for tests: an installation whose runs go to Celery's workers, with Redis and PostgreSQL of the portal. Not here: the portal."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from support.commands import ROOT, surroundings
from support.contracts import descriptor_with
from support.installed import POLICY

DATASETS = ("gym", "pool", "rink", "track")
CITIES = ("210100", "210200", "210300", "210400")
_WORKER = "from dagster_project.cli import app; app()"


@dataclass
class Hosts:
    """One installation: its home, what every process of it knows, and the workers that run."""

    home: Path
    known: Mapping[str, str]
    workers: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start_worker(self, name: str, home: Path | None = None) -> None:
        """Start a worker, with a home of its own or the one that there is; it takes steps some seconds later."""
        words = [sys.executable, "-c", _WORKER, "worker", "--name", name]
        log = (self.home / f"worker-{name}.log").open("ab")
        with log:
            self.workers[name] = subprocess.Popen(
                words,
                cwd=ROOT,
                env={**self.known, "SPORTLAKE_HOME": str(home or self.home)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill_worker(self, name: str) -> None:
        """SIGKILL it with all its processes."""
        worker = self.workers.pop(name)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def start_run(self, job: str, tags: Mapping[str, str]) -> "subprocess.Popen[str]":
        """Start a run of a job, as Dagster's daemon does it."""
        module = "dagster_project.definitions"
        words = [sys.executable, "-m", "dagster", "job", "execute", "-m", module, "-j", job, "--tags", json.dumps(tags)]
        known = {**self.known, "DAGSTER_HOME": str(self.home / "dagster"), "PYTHONWARNINGS": "ignore"}
        return subprocess.Popen(
            words, cwd=self.home, env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )


@contextmanager
def hosts_of(home: Path, known: Mapping[str, str]) -> Iterator[Hosts]:
    """An installation that knows the four datasets, one field beside the key each; its workers are killed afterwards."""
    contracts = home / "contracts"
    contracts.mkdir(parents=True)
    for name in DATASETS:
        text = yaml.safe_dump(descriptor_with(["code", "area:number"], name=name, policy=POLICY), allow_unicode=True)
        (contracts / f"{name}.yaml").write_text(text, encoding="utf-8")
    made = Hosts(home, {**surroundings(home), **known})
    try:
        yield made
    finally:
        for name in list(made.workers):
            made.kill_worker(name)


def host_beside(hosts: Hosts, name: str) -> Path:
    """The home of another host, with the people and the inbox of the first one."""
    home = hosts.home.parent / name
    home.mkdir()
    (home / "inbox").symlink_to(hosts.home / "inbox")
    (home / "people.yaml").write_bytes((hosts.home / "people.yaml").read_bytes())
    return home


def hand_in_everything(home: Path) -> None:
    """A file of each city for each dataset, in the inbox."""
    for dataset in DATASETS:
        for city in CITIES:
            file = home / "inbox" / city / f"{dataset}_2026.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            rows = "".join(
                f"{dataset}-{city}-{at},{at}\n" for at in range(50)
            )  # equal files are taken for one in the wrong place
            file.write_text(f"code,area\n{rows}", encoding="utf-8")
