"""Runs whose steps go to workers of several processes: with the portal's Redis and PostgreSQL, and whoever is killed."""

import random
import threading
import time

import dagster as dg
import psycopg
import pytest
import redis

from catalog.ckan.native.state import HOST, read_state
from dagster_project.instance import open_instance
from schemas.contract import read_contracts
from support.s3_server import serve_s3, surroundings_of
from support.shared_ledgers import database_of_its_own, host_of
from support.worker_hosts import CITIES, DATASETS, hand_in_everything, host_beside, hosts_of
from warehouse.lake import Lake
from warehouse.layout import Layout
from warehouse.shared_ledger import SharedLedger
from warehouse.storage.object_store import ObjectStore
from warehouse.storage.pushing import pull_home
from warehouse.storage.storage import Storage

REDIS_DATABASE = 9
FIRST = {
    "dagster/asset_partition_range_start": f"{CITIES[0]}|2026",
    "dagster/asset_partition_range_end": f"{CITIES[-1]}|2026",
}


@pytest.fixture
def known(portal_place):
    """The settings of several hosts."""
    broker = f"redis://{HOST}:{read_state(portal_place).redis}/{REDIS_DATABASE}"
    with redis.Redis.from_url(broker) as queue:
        queue.flushdb()
    with database_of_its_own(portal_place) as ledger, database_of_its_own(portal_place) as memory:
        yield {
            "SPORTLAKE_LEDGER_URL": ledger,
            "SPORTLAKE_DAGSTER_URL": memory,
            "SPORTLAKE_EXECUTOR": "celery",
            "SPORTLAKE_BROKER_URL": broker,
        }


@pytest.fixture
def instance_of(monkeypatch):
    """Dagster's memory of runs, as a process with those settings opens it."""

    def opened(hosts):
        monkeypatch.setenv("SPORTLAKE_DAGSTER_URL", hosts.known["SPORTLAKE_DAGSTER_URL"])
        return open_instance(Layout(hosts.home), shared=True)

    return opened


def intake_tags(instance):
    """Register the slices, as the sensor does; returns the tags of a run of all of a dataset's."""
    for name in DATASETS:
        instance.add_dynamic_partitions(f"{name}_slices", [f"{city}|2026" for city in CITIES])
    return FIRST


def landed(hosts):
    """How often each slice was landed."""
    found = {}
    for entry in host_of(hosts.home / "reader", hosts.known["SPORTLAKE_LEDGER_URL"]).read_entries("landing"):
        found[entry.facts["slice"]] = found.get(entry.facts["slice"], 0) + 1
    return found


def run_and_kill(hosts, tags, home_of):
    """Run the intake of every dataset at once, while now and then a worker is killed and started again; what the runs said, and their codes."""
    ended = threading.Event()

    def kill_now_and_then():
        dice = random.Random(16)  # noqa: S311 -- no secret
        while not ended.wait(dice.uniform(9, 14)):
            name = dice.choice(sorted(hosts.workers))
            hosts.kill_worker(name)
            hosts.start_worker(name, home_of(name))

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    runs = [hosts.start_run(f"{name}_intake", tags) for name in DATASETS]
    said = [run.communicate()[0] for run in runs]
    ended.set()
    killer.join()
    return said, [run.returncode for run in runs]


def test_a_run_without_workers_fails_within_a_minute_and_says_what_to_start(tmp_path, known, instance_of):
    with hosts_of(tmp_path / "var", known) as hosts, instance_of(hosts) as instance:
        began = time.monotonic()
        run = hosts.start_run("sweep", {})
        said, _ = run.communicate()
        assert "sportlake worker" in said, said
        assert run.returncode != 0
        assert time.monotonic() - began < 90  # the minute, and a process of Python that starts
        assert [one.status for one in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]


def test_workers_with_homes_of_their_own_share_a_bucket_however_they_are_killed(tmp_path, known, instance_of):
    with (
        serve_s3(tmp_path) as server,
        hosts_of(tmp_path / "var", {**known, **surroundings_of(bucket := server.make_bucket())}) as hosts,
        instance_of(hosts) as instance,
    ):
        hand_in_everything(hosts.home)
        tags = intake_tags(instance)
        homes = {name: host_beside(hosts, name) for name in ("shenyang", "dalian")}
        for name, home in homes.items():
            hosts.start_worker(name, home)
        said, codes = run_and_kill(hosts, tags, lambda name: homes[name])
        assert codes == [0] * len(DATASETS), said
        assert landed(hosts) == {f"{name}/{city}/2026": 1 for name in DATASETS for city in CITIES}
        fresh = Layout(tmp_path / "fresh")
        ledger = host_of(fresh.home, known["SPORTLAKE_LEDGER_URL"])
        assert ledger.verify_chain() == []
        pull_home(Storage(fresh, ObjectStore(bucket)), ledger, lambda *_: None)
        contracts = read_contracts(hosts.home / "contracts")
        assert {name: Lake(fresh).read_current(contracts[name]).num_rows for name in DATASETS} == dict.fromkeys(
            DATASETS, 200
        )


def test_a_step_whose_worker_is_killed_is_given_to_another(tmp_path, known, instance_of):
    with hosts_of(tmp_path / "var", known) as hosts, instance_of(hosts) as instance:
        hand_in_everything(hosts.home)
        tags = intake_tags(instance)
        hosts.start_worker("a")
        with SharedLedger(known["SPORTLAKE_LEDGER_URL"]).hold_name("dagster/.gym.lock"):
            run = hosts.start_run("gym_intake", tags)
            while not step_waits(known["SPORTLAKE_LEDGER_URL"]):
                assert run.poll() is None, run.communicate()[0]
                time.sleep(0.2)
            hosts.kill_worker("a")
            hosts.start_worker("b")
        said, _ = run.communicate()
        assert run.returncode == 0, said
        assert landed(hosts) == {f"gym/{city}/2026": 1 for city in CITIES}


def step_waits(address):
    """Whether a process of a worker waits for a lock that the test holds."""
    with psycopg.connect(address) as door:
        waiting = door.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
        ).fetchone()
    return bool(waiting[0])
