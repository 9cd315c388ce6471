"""Hosts for tests: an installation whose runs go to Celery's workers. Not here: Redis and PostgreSQL, who is killed (`backfills.py`)."""

import itertools
import json
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis
import yaml

from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.state import HOST, read_state
from support.commands import surroundings
from support.contracts import descriptor_with
from support.forked_hosts import HostProcess, see_own_modules
from support.installed import POLICY
from support.shared_ledgers import database_of_its_own

DATASETS = ("gym", "pool", "rink", "track")
ROWS = 50
"""Of each slice."""
_QUEUE = 9
"""Redis's database, which the portal does not use."""


@dataclass
class Hosts:
    """One installation: its home, what every process of it knows, the workers that run, and the runs that were started."""

    home: Path
    known: Mapping[str, str]
    workers: dict[str, HostProcess] = field(default_factory=dict)
    runs: list[HostProcess] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start_worker(self, name: str, home: Path | None = None) -> None:
        """Starts a worker, with a home of its own or the one that there is; it takes steps a second later."""
        known = {**self.known, "SPORTLAKE_HOME": str(home or self.home)}
        log = self.home / f"worker-{name}.log"
        self.workers[name] = HostProcess("sportlake", ["worker", "--name", name], known, log)

    def kill_worker(self, name: str) -> None:
        """SIGKILL it with all its processes."""
        worker = self.workers.pop(name)
        worker.signal_group(signal.SIGKILL)
        worker.communicate()

    def signal_worker(self, name: str, number: signal.Signals) -> None:
        """Sends it and all its processes a signal."""
        self.workers[name].signal_group(number)

    def await_worker(self, name: str) -> None:
        """Asks it to end, and waits until it has done what it was doing."""
        worker = self.workers.pop(name)
        worker.terminate()
        worker.communicate()

    def start_run(self, job: str, tags: Mapping[str, str]) -> HostProcess:
        """Starts a run of a job, as Dagster's daemon does it."""
        words = ["job", "execute", "-m", "dagster_project.definitions", "-j", job, "--tags", json.dumps(tags)]
        known = {**self.known, "DAGSTER_HOME": str(self.home / "dagster")}
        run = HostProcess("dagster", words, known, self.home / f"run-{next(self._numbers)}.log")
        self.runs.append(run)
        return run


@contextmanager
def celery_settings(databases: PortalPaths) -> Iterator[dict[str, str]]:
    """The settings of several hosts with two empty databases and an empty queue; the databases are dropped afterwards."""
    state = read_state(databases)
    assert state is not None
    broker = f"redis://{HOST}:{state.redis}/{_QUEUE}"
    with redis.Redis.from_url(broker) as queue:
        queue.flushdb()
    with database_of_its_own(databases) as ledger, database_of_its_own(databases) as memory:
        yield {
            "SPORTLAKE_LEDGER_URL": ledger,
            "SPORTLAKE_DAGSTER_URL": memory,
            "SPORTLAKE_EXECUTOR": "celery",
            "SPORTLAKE_BROKER_URL": broker,
        }


@contextmanager
def hosts_of(home: Path, known: Mapping[str, str]) -> Iterator[Hosts]:
    """An installation that knows the four datasets, one field beside the key each; its workers are killed afterwards."""
    contracts = home / "contracts"
    contracts.mkdir(parents=True)
    for name in DATASETS:
        policy = {**POLICY, "mode": "append"}
        text = yaml.safe_dump(descriptor_with(["code", "area:number"], name=name, policy=policy), allow_unicode=True)
        (contracts / f"{name}.yaml").write_text(text, encoding="utf-8")
    made = Hosts(home, {**surroundings(home), **known})
    try:
        with see_own_modules():
            yield made
    finally:
        for name in list(made.workers):
            made.kill_worker(name)
        for run in made.runs:
            if run.returncode is None:  # the test has failed before its end
                run.signal_group(signal.SIGKILL)
                run.communicate()


def host_beside(hosts: Hosts, name: str) -> Path:
    """The home of another host, with the people and the inbox of the first one."""
    home = hosts.home.parent / name
    home.mkdir()
    (home / "inbox").symlink_to(hosts.home / "inbox")
    (home / "people.yaml").write_bytes((hosts.home / "people.yaml").read_bytes())
    return home
