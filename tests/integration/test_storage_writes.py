"""A home with a bucket ends as one without: the same bytes in the folder, and out of the bucket again, also when it was killed or was not alone."""

import multiprocessing
import os
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable
from obstore.fsspec import FsspecStore

from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.receipts.receipt_files import mark_receipt
from schemas.errors import LedgerError, SliceMoved, StorageError
from schemas.slices import SliceKey
from support.stored_homes import (
    SITE,
    append_some,
    commit_some,
    fill,
    kept_tree,
    stored_home,
    sweep_parts,
    walk_and_die,
    walk_stored,
)
from support.walked import take_all
from support.workspaces import NOW, put
from warehouse.storage.checking import check_storage
from warehouse.storage.pushing import pull_home, push_home

MINE = SliceKey(dataset="site", department="210100", period="2026")


@pytest.fixture(scope="module")
def processes():
    """Processes that have everything imported, and no thread of a request when they are forked."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["support.stored_homes", "pandas", "obstore.store"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, Path(__file__).parents[1:3]))
    yield made
    os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> dict[str, bytes]:
    """What a home without a bucket ends with."""
    home = tmp_path_factory.mktemp("plain")
    fill(home)
    walk_stored(stored_home(home, None))
    return kept_tree(home, with_log=False)


def interrupted(*given):
    raise KeyboardInterrupt(given)


def refused(*given):
    raise ConnectionError(given)


def tell_entry(workspace, number):
    return workspace.ledger.append_entry("submission", now=NOW, actor="局", reason="收到", facts={"number": number})


def pulled(bucket, home):
    fresh = stored_home(home, bucket)
    pull_home(fresh.storage, fresh.ledger)
    return fresh


def test_an_entry_that_only_the_bucket_has_is_said_to_be_recorded_and_brought(s3_server, tmp_path, monkeypatch):
    mine = stored_home(tmp_path / "home", s3_server.make_bucket())
    tell_entry(mine, "RCPT-1")
    write = os.write
    monkeypatch.setattr("warehouse.ledger.ledger_file.os.write", lambda handle, line: write(handle, line[:10]))
    with pytest.raises(LedgerError, match=r"entry 2 is recorded in s3://.*need not be done again"):
        tell_entry(mine, "RCPT-2")
    monkeypatch.undo()
    mine.follow_storage()
    assert [one.facts["number"] for one in mine.ledger.read_entries()] == ["RCPT-1", "RCPT-2"]


def test_the_bucket_of_another_installation_changes_no_file_of_the_home(s3_server, tmp_path):
    bucket = s3_server.make_bucket()
    theirs = stored_home(tmp_path / "theirs", bucket)
    put(theirs, "210100", "site_2026.csv", "code,n\nA,1\n")
    take_all(theirs)
    mine = stored_home(tmp_path / "mine", None)
    put(mine, "210100", "site_2026.csv", "code,n\nB,2\n")
    take_all(mine)
    before = kept_tree(tmp_path / "mine")
    with pytest.raises(StorageError, match="differ from entry 1 on"):
        stored_home(tmp_path / "mine", bucket).follow_storage()
    assert kept_tree(tmp_path / "mine") == before


def test_with_a_bucket_the_home_ends_as_without_and_comes_out_of_it_again(plain, s3_server, tmp_path):
    fill(tmp_path / "home")
    mine = stored_home(tmp_path / "home", s3_server.make_bucket())
    walk_stored(mine)
    assert kept_tree(tmp_path / "home", with_log=False) == plain
    fresh = pulled(mine.storage.store.address, tmp_path / "fresh")
    assert kept_tree(tmp_path / "fresh") == kept_tree(tmp_path / "home")
    found = check_storage(mine.storage)
    assert (found.is_whole, found.unnamed) == (True, ())
    assert fresh.lake.read_current(SITE) == mine.lake.read_current(SITE)


def test_a_submission_costs_few_requests_however_many_there_were(s3_server, tmp_path):
    mine = stored_home(tmp_path / "home", s3_server.make_bucket())
    costs = []
    for at in range(5):
        put(mine, "210100", "site_2026.csv", f"code,n\na,{at}\n")
        before = mine.storage.store.requests
        walk_one(mine)
        costs.append(mine.storage.store.requests - before)
    assert costs[1:] == [11] * 4


def walk_one(workspace):
    from support.walked import take_all

    workspace.follow_storage()
    take_all(workspace)


def test_an_idle_command_asks_once(s3_server, tmp_path):
    fill(tmp_path / "home")
    mine = stored_home(tmp_path / "home", s3_server.make_bucket())
    walk_stored(mine)
    before = mine.storage.store.requests
    mine.follow_storage()
    assert mine.storage.store.requests - before == 1


def killed_at(processes, home, bucket, step) -> int | None:
    ours, theirs = processes.Pipe(duplex=False)
    writer = processes.Process(target=walk_and_die, args=(home, bucket, step, theirs))
    writer.start()
    theirs.close()
    writer.join()
    return ours.recv() if writer.exitcode == 0 else None


def test_killed_at_any_step_the_next_command_ends_the_same(plain, s3_server, processes, tmp_path):
    fill(tmp_path / "whole")
    steps = killed_at(processes, tmp_path / "whole", s3_server.make_bucket(), 0)
    assert steps is not None
    for step in range(1, steps, 7):
        home, bucket = tmp_path / f"home{step}", s3_server.make_bucket()
        fill(home)
        assert killed_at(processes, home, bucket, step) is None
        mine = stored_home(home, bucket)
        walk_stored(mine)
        assert kept_tree(home, with_log=False) == plain, step
        assert mine.ledger.verify_chain() == []
        assert check_storage(mine.storage).is_whole, step
        pulled(bucket, tmp_path / f"fresh{step}")
        assert kept_tree(tmp_path / f"fresh{step}") == kept_tree(home), step


def two_hosts_at_once(processes, work, folder, bucket, count):
    """Two homes with one bucket, after a process of each has done that work that often while the other did."""
    hosts = [processes.Process(target=work, args=(folder / name, bucket, count)) for name in ("one", "two")]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
        assert host.exitcode == 0
    return [stored_home(folder / name, bucket) for name in ("one", "two")]


def test_two_hosts_append_to_one_chain(s3_server, processes, tmp_path):
    bucket = s3_server.make_bucket()
    one, two = two_hosts_at_once(processes, append_some, tmp_path, bucket, 10)
    for home in (one, two):
        home.follow_storage()
        assert home.ledger.verify_chain() == []
    assert len(one.ledger.read_entries()) == 20
    assert one.layout.ledger.read_bytes() == two.layout.ledger.read_bytes()


def test_two_hosts_land_in_one_table(s3_server, processes, tmp_path):
    bucket = s3_server.make_bucket()
    one, two = two_hosts_at_once(processes, commit_some, tmp_path, bucket, 6)
    for home in (one, two):
        home.follow_storage()
        sweep_parts(home)
    assert kept_tree(one.layout.home) == kept_tree(two.layout.home)
    assert one.lake.read_current(SITE).select(["code", "n"]).to_pydict() == {"code": ["one", "two"], "n": [5, 5]}
    assert len(one.lake.read_history(SITE)) == 12
    assert check_storage(one.storage).is_whole


def test_a_slice_that_another_host_replaced_meanwhile_is_not_overwritten(s3_server, tmp_path):
    bucket = s3_server.make_bucket()
    one, two = (stored_home(tmp_path / name, bucket) for name in ("one", "two"))
    rows = None
    for at, home in enumerate((one, two)):
        put(home, "210100", "site_2026.csv", f"code,n\na,{at}\n")
        walk_one(home)
        rows = home.lake.read_slice(SITE, MINE)
    with pytest.raises(SliceMoved):
        one.lake.replace_slices(SITE, {MINE: rows.slice(0, 0)}, {}, NOW)
    assert two.lake.read_slice(SITE, MINE) == rows


def test_a_receipt_that_is_marked_is_marked_for_every_host(s3_server, tmp_path):
    fill(tmp_path / "home")
    mine = stored_home(tmp_path / "home", s3_server.make_bucket())
    walk_stored(mine)
    number = mine.ledger.read_entries("landing")[0].facts["number"]
    retract_submission(mine, number, "登记有误", NOW)
    pulled(mine.storage.store.address, tmp_path / "fresh")
    assert kept_tree(tmp_path / "fresh") == kept_tree(tmp_path / "home")
    assert check_storage(mine.storage).is_whole


def test_a_mark_that_was_not_sent_is_sent_by_the_next_command(s3_server, tmp_path, monkeypatch):
    fill(tmp_path / "home")
    mine = stored_home(tmp_path / "home", s3_server.make_bucket())
    walk_stored(mine)
    number = mine.ledger.read_entries("landing")[0].facts["number"]
    mine.ledger.append_entry(
        "retraction",
        now=NOW,
        actor="张三",
        reason="x",
        facts={"number": number, "slice": str(MINE), "reason": "登记有误"},
    )
    with monkeypatch.context() as broken:
        broken.setattr(mine.storage, "add_record", interrupted)
        with pytest.raises(KeyboardInterrupt):
            mark_receipt(mine, number)
    assert not check_storage(mine.storage).is_whole
    mine.follow_storage()
    assert check_storage(mine.storage).is_whole


def test_a_home_that_ran_alone_is_told_to_push(s3_server, tmp_path):
    fill(tmp_path / "home")
    walk_stored(stored_home(tmp_path / "home", None))
    mine = stored_home(tmp_path / "home", s3_server.make_bucket())
    with pytest.raises(StorageError, match="run sportlake storage push"):
        mine.follow_storage()
    with pytest.raises(StorageError, match="run sportlake storage push"):
        append_some(tmp_path / "home", mine.storage.store.address, 1)
    push_home(mine.storage, mine.ledger)
    mine.follow_storage()
    append_some(tmp_path / "home", mine.storage.store.address, 1)


def test_without_the_storage_nothing_half_is_named(plain, s3_server, tmp_path):
    fill(tmp_path / "home")
    bucket = s3_server.make_bucket()
    away = stored_home(tmp_path / "home", bucket)
    away.follow_storage()
    away.storage.store.put_object = refused
    with pytest.raises(ConnectionError):
        walk_stored(away)
    assert away.ledger.read_head() is None
    walk_stored(stored_home(tmp_path / "home", bucket))
    assert kept_tree(tmp_path / "home", with_log=False) == plain


def test_duckdb_and_delta_read_the_lake_out_of_the_bucket(s3_server, tmp_path):
    fill(tmp_path / "home")
    bucket = s3_server.make_bucket()
    mine = stored_home(tmp_path / "home", bucket)
    walk_stored(mine)
    options = {
        "endpoint": bucket.endpoint,
        "region": bucket.region,
        "access_key_id": bucket.key_id,
        "secret_access_key": bucket.secret,
    }
    table = DeltaTable(f"{bucket.url}/lake/site", storage_options={**options, "allow_http": "true"})
    with duckdb.connect() as connection:
        connection.register_filesystem(FsspecStore("s3", client_options={"allow_http": True}, **options))
        rows = connection.execute(
            "select department, period, code, n from read_parquet(?, hive_partitioning = true, hive_types_autocast = false) order by all",
            [table.file_uris()],
        ).fetchall()
        pruned = connection.execute(
            "select count(*) from read_parquet(?, hive_partitioning = true)",
            [table.file_uris(file_pruning_predicate=[("department", "=", "210200")])],
        ).fetchall()
    assert rows == [("210100", "2026", "a", 1), ("210100", "2026", "b", 2), ("210200", "2026", "c", 3)]
    assert pruned == [(1,)]
