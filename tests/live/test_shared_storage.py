"""Two hosts with one bucket and one ledger, that of the portal's PostgreSQL: nothing is lost or twice, and every home is the same."""

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from schemas.errors import StorageError
from support.s3_server import serve_s3
from support.shared_ledgers import database_of_its_own
from support.stored_homes import SITE, kept_tree, shared_home, stored_home, sweep_parts, walk_shared
from support.walked import release_all, take_all
from support.workspaces import put
from warehouse.ledger.shared_ledger import SharedLedger, _lock_number
from warehouse.storage.checking import check_storage
from warehouse.storage.object_store import ObjectStore

MANY = 6


@pytest.fixture
def address(databases):
    with database_of_its_own(databases) as made:
        yield made


@pytest.fixture
def bucket(tmp_path):
    with serve_s3(tmp_path) as server:
        yield server.make_bucket()


@pytest.fixture
def processes(monkeypatch):
    made = multiprocessing.get_context("spawn")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, Path(__file__).parents[1:3])))
    return made


def start(processes, home, bucket, address):
    host = processes.Process(target=walk_shared, args=(home, bucket, address, MANY))
    host.start()
    return host


def assert_same_everywhere(tmp_path, bucket, address):
    homes = [shared_home(tmp_path / name, bucket, address) for name in ("one", "two", "fresh")]
    for home in homes:
        home.follow_storage()
        assert home.ledger.verify_chain() == []
        assert check_storage(home.storage).is_whole
        sweep_parts(home)
    trees = [kept_tree(home.layout.home) for home in homes]
    assert trees[0] == trees[1] == trees[2]
    return homes[2]


def test_other_hosts_may_append_while_files_are_put(bucket, address, tmp_path, monkeypatch):
    """A file that takes long to put would keep all of them waiting, and end the session of the turn after five minutes."""
    mine = shared_home(tmp_path / "one", bucket, address)
    put(mine, "210100", "site_2026.csv", "code,n\nA,1\n")
    free, put_object, one_probe = [], ObjectStore.put_object, threading.Lock()

    def put_watched(store, key, content):
        with one_probe, SharedLedger(address)._open() as door, door.transaction():
            free.append(door.execute("SELECT pg_try_advisory_xact_lock(%s)", (_lock_number("ledger"),)).fetchone()[0])
        put_object(store, key, content)

    monkeypatch.setattr(ObjectStore, "put_object", put_watched)
    take_all(mine)
    assert free
    assert all(free)


def test_the_bucket_of_another_ledger_changes_no_file_of_the_home(address, tmp_path):
    with serve_s3(tmp_path) as server:
        first, second = server.make_bucket(), server.make_bucket()
        for home, row in (
            (stored_home(tmp_path / "theirs", first), "A,1"),
            (shared_home(tmp_path / "mine", second, address), "B,2"),
        ):
            put(home, "210100", "site_2026.csv", f"code,n\n{row}\n")
            take_all(home)
        before = kept_tree(tmp_path / "mine")
        with pytest.raises(StorageError, match="they are two installations"):
            shared_home(tmp_path / "mine", first, address).follow_storage()
        assert kept_tree(tmp_path / "mine") == before
        shared_home(tmp_path / "mine", second, address).follow_storage()


def test_two_hosts_with_one_bucket_and_one_ledger_end_the_same(processes, bucket, address, tmp_path):
    hosts = [start(processes, tmp_path / name, bucket, address) for name in ("one", "two")]
    for host in hosts:
        host.join()
        assert host.exitcode == 0
    fresh = assert_same_everywhere(tmp_path, bucket, address)
    assert fresh.lake.read_current(SITE).select(["code", "n"]).to_pydict() == {"code": ["one", "two"], "n": [5, 5]}
    assert len(fresh.ledger.read_entries("landing")) == len(fresh.lake.read_history(SITE)) == 2 * MANY


def test_a_host_that_is_killed_keeps_the_other_from_nothing(processes, bucket, address, tmp_path):
    hosts = [start(processes, tmp_path / name, bucket, address) for name in ("one", "two")]
    while not (tmp_path / "one" / "ledger" / "ledger.jsonl").is_file():
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(hosts[0].pid, signal.SIGKILL)
    for host in hosts:
        host.join()
    assert hosts[1].exitcode == 0
    again = shared_home(tmp_path / "one", bucket, address)
    again.follow_storage()
    take_all(again)
    release_all(again)
    fresh = assert_same_everywhere(tmp_path, bucket, address)
    received, judged = (fresh.ledger.read_entries(kind) for kind in ("submission", "verdict"))
    assert {one.facts["number"] for one in received} == {one.facts["number"] for one in judged}
    assert len(judged) == len({one.facts["number"] for one in judged})
