"""A home and its bucket: what was pushed is pulled byte by byte, what is lost is named and brought back, what is wrong is said in a sentence."""

import shutil
import socket
import threading
import time
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from schemas.errors import StorageError
from support.contracts import contract_with
from support.walked import walk
from support.workspaces import put, workspace_with
from warehouse.storage.checking import check_storage, sweep_storage
from warehouse.storage.kept_files import measure_file
from warehouse.storage.mirroring import mirror_home
from warehouse.storage.object_store import BucketAddress, ObjectStore
from warehouse.storage.pushing import pull_home, push_home
from warehouse.storage.storage import Storage

SITE = contract_with(["code", "n:integer"], name="site")
YEAR = timedelta(days=365)
KEPT = ("lake/site", "ledger/ledger.jsonl", "people.yaml", "quarantine", "receipts", "releases", "submissions")


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A home with two slices, a file that was sent back and a release."""
    workspace = workspace_with(tmp_path_factory.mktemp("walked"), SITE)
    put(workspace, "210100", "site_2026.csv", "code,n\na,1\nb,2\n")
    put(workspace, "210200", "site_2026.csv", "code,n\nc,3\n")
    put(workspace, "210200", "site_2025.csv", "code,n\nd,x\n")
    walk(workspace)
    workspace.layout.people.write_text("people: []\n", encoding="utf-8")
    return workspace


@pytest.fixture
def home(walked, tmp_path):
    """A copy of that home."""
    shutil.copytree(walked.layout.home, tmp_path / "home")
    return workspace_with(tmp_path / "home", SITE)


def stored(workspace, bucket):
    return replace(workspace, storage=Storage(workspace.layout, ObjectStore(bucket)))


def push(workspace):
    return push_home(workspace.storage, workspace.ledger)


def pull(workspace):
    return pull_home(workspace.storage, workspace.ledger)


def tree(home: Path) -> dict[str, bytes]:
    """The files that a bucket keeps, without locks and pages that list others."""
    found = [path for name in KEPT for path in ([home / name] if (home / name).is_file() else (home / name).rglob("*"))]
    kept = [path for path in found if path.is_file() and not path.name.startswith((".", "_lock"))]
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in kept
        if path.parent.name != "receipts" or path.name.startswith("RCPT-")
    }


def test_a_home_that_was_pushed_is_pulled_byte_by_byte(home, s3_server, tmp_path):
    bucket = s3_server.make_bucket()
    first = push(stored(home, bucket))
    assert min(first) > 0
    fresh = stored(workspace_with(tmp_path / "fresh", SITE), bucket)
    pull(fresh)
    assert tree(fresh.layout.home) == tree(home.layout.home)
    assert fresh.ledger.verify_chain() == []
    assert fresh.lake.read_current(SITE) == home.lake.read_current(SITE)
    assert check_storage(fresh.storage).is_whole


def test_a_second_push_puts_nothing(home, s3_server):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    before = list(mine.storage.store.list_objects())
    assert push(mine) == (0, 0, 0)
    assert list(mine.storage.store.list_objects()) == before


def test_what_came_since_is_pushed_and_pulled(home, s3_server, tmp_path):
    mine = stored(home, s3_server.make_bucket())
    other = stored(workspace_with(tmp_path / "other", SITE), mine.storage.store.address)
    push(mine)
    pull(other)
    put(mine, "210200", "site_2026.csv", "code,n\nc,4\n")
    walk(home)
    push(mine)
    pull(other)
    assert tree(other.layout.home) == tree(home.layout.home)


def test_what_is_lost_is_named_and_brought_back(home, s3_server):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    before = tree(home.layout.home)
    lost = [next(home.layout.lake_folder("site").glob("*/*/*.parquet")), next(home.layout.receipts.glob("RCPT-*.json"))]
    for path in lost:
        path.unlink()
    assert check_storage(mine.storage).lost == tuple(sorted(str(p.relative_to(home.layout.home)) for p in lost))
    pull(mine)
    assert tree(home.layout.home) == before


def test_an_object_that_is_lost_is_named_and_pushed_again(home, s3_server):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    gone = [one.key for one in mine.storage.store.list_objects() if ".parquet" in one.key][:3]
    mine.storage.store.delete_objects(gone)
    assert check_storage(mine.storage).missing == tuple(sorted(gone))
    push(mine)
    assert check_storage(mine.storage).is_whole


def test_what_nothing_names_is_swept_after_a_day(home, s3_server):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    mine.storage.store.put_object("lake/site/department=210100/period=2026/stray.parquet", b"x")
    found = check_storage(mine.storage)
    (stray,) = found.unnamed
    assert sweep_storage(mine.storage, found, stray.changed) == []
    assert sweep_storage(mine.storage, found, stray.changed + YEAR) == [stray.key]
    aside = check_storage(mine.storage)
    assert (aside.unnamed, [one.key for one in aside.aside]) == ((), [f"aside/{stray.key}"])
    assert sweep_storage(mine.storage, aside, aside.aside[0].changed) == []
    sweep_storage(mine.storage, aside, stray.changed + YEAR)
    assert check_storage(mine.storage).aside == ()


def test_what_is_put_again_while_it_is_swept_is_not_lost(home, s3_server, tmp_path):
    """A killed command left the object a year ago; now a writer puts the same bytes and records them, between the look and the sweep."""
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    correction = home.layout.corrections / "site.csv"
    correction.parent.mkdir()
    correction.write_text("department,period,code,field,old,new,reason,who,approved_by,until\n", encoding="utf-8")
    kept = measure_file(home.layout, correction)
    mine.storage.store.put_object(kept.key, correction)
    found = check_storage(mine.storage)
    (stray,) = found.unnamed
    mine.follow_storage()
    assert sweep_storage(mine.storage, found, stray.changed + YEAR) == [kept.key]
    named = check_storage(mine.storage)
    assert (named.is_whole, named.wanted) == (True, (kept.key,))
    fresh = stored(workspace_with(tmp_path / "fresh", SITE), mine.storage.store.address)
    pull(fresh)
    assert (fresh.layout.corrections / "site.csv").read_bytes() == correction.read_bytes()
    mine.storage.store.delete_objects([kept.key])
    sweep_storage(mine.storage, check_storage(mine.storage), stray.changed + YEAR)
    swept = check_storage(mine.storage)
    assert (swept.is_whole, swept.wanted, swept.aside) == (True, (), ())


def test_an_erasure_leaves_nothing_of_what_was_set_aside(home, s3_server):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    mine.storage.store.put_object("receipts/RCPT-1.html@0", b"x")
    found = check_storage(mine.storage)
    sweep_storage(mine.storage, found, found.unnamed[0].changed + YEAR)
    assert check_storage(mine.storage).aside
    mirror_home(mine.storage, mine.ledger)
    assert (left := check_storage(mine.storage)).is_whole
    assert (left.aside, left.unnamed) == ((), ())


def test_records_that_are_lost_are_told_and_nothing_is_swept(home, s3_server, tmp_path):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    mine.storage.store.put_object("lake/site/stray.parquet", b"x")
    mine.storage.store.delete_objects(["journal/000000000001.json"])
    found = check_storage(mine.storage)
    assert found.missing == ("journal/000000000001.json",)
    assert found.unnamed
    assert sweep_storage(mine.storage, found, found.unnamed[0].changed + YEAR) == []
    with pytest.raises(StorageError, match="lacks record 1"):
        pull(stored(workspace_with(tmp_path / "fresh", SITE), mine.storage.store.address))


def test_an_emptied_bucket_is_told_and_a_new_prefix_gets_everything(home, s3_server, tmp_path):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    mine.storage.store.delete_objects([one.key for one in mine.storage.store.list_objects()])
    with pytest.raises(StorageError, match=f"lacks record {mine.storage.read_mark().seen}: the bucket was emptied"):
        mine.follow_storage()
    again = stored(home, s3_server.make_bucket())
    push(again)
    fresh = stored(workspace_with(tmp_path / "fresh", SITE), again.storage.store.address)
    pull(fresh)
    assert tree(fresh.layout.home) == tree(home.layout.home)


def test_a_damaged_object_is_not_taken_over(home, s3_server, tmp_path):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    (receipt,) = [one for one in mine.storage.store.list_objects("receipts") if ".html@" in one.key][:1]
    mine.storage.store.put_object(receipt.key, b"y" * receipt.size)
    fresh = stored(workspace_with(tmp_path / "fresh", SITE), mine.storage.store.address)
    with pytest.raises(StorageError, match=r"does not have the bytes"):
        pull(fresh)
    assert fresh.ledger.read_head() is None


def test_the_bucket_of_another_home_is_refused(home, s3_server, tmp_path):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    other = stored(workspace_with(tmp_path / "other", SITE), mine.storage.store.address)
    put(other, "210100", "site_2026.csv", "code,n\nz,9\n")
    walk(replace(other, storage=None))
    with pytest.raises(StorageError, match="differ from entry 1 on"):
        push(other)


def test_a_path_outside_the_home_is_refused(home, s3_server):
    mine = stored(home, s3_server.make_bucket())
    push(mine)
    evil = b'{"lines":[],"files":[["../evil",1,"' + b"0" * 64 + b'"]],"gone":[]}'
    mine.storage.store.put_object(f"journal/{mine.storage.read_mark().seen + 1:012}.json", evil)
    with pytest.raises(StorageError, match="outside the folder"):
        pull(mine)
    assert not (home.layout.home.parent / "evil").exists()


class Careless(BaseHTTPRequestHandler):
    """A storage that accepts every put, as some do that know no conditions."""

    status = 200

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        del format, args


class Denying(Careless):
    """A storage that knows nobody."""

    status = 403


class Hasty(Careless):
    """A storage that looks first and creates then: it refuses a second put, but not one at the same time, as some did."""

    keys: ClassVar[set[str]] = set()
    looks: ClassVar[list[str]] = []

    def do_PUT(self) -> None:
        self.status = 412 if self.path in self.keys else 200
        self.looks.append(self.path)
        while len(self.looks) < 2:  # one alone would not be hasty
            time.sleep(0.01)
        self.keys.add(self.path)
        super().do_PUT()

    def do_GET(self) -> None:
        self.send_error(404)


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (Careless, "of 9 creations of one key it accepted 9 "),
        (Hasty, "of 9 creations of one key it accepted [2-8] "),
        (Denying, "refuses access: check AWS_ACCESS_KEY_ID"),
    ],
)
def test_a_storage_that_cannot_keep_hosts_apart_or_refuses_is_told(handler, said, home):
    served = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    bucket = BucketAddress("s3://bucket", f"http://127.0.0.1:{served.server_port}", "us-east-1", "a", "b")
    with pytest.raises(StorageError, match=said):
        push(stored(home, bucket))
    served.shutdown()
    served.server_close()


def test_no_storage_and_no_bucket_are_told(home, s3_server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # it does not listen
        away = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(StorageError, match="cannot be reached: check the network"):
            push(stored(home, BucketAddress("s3://bucket/401/403", away, "us-east-1", "a", "b")))
    with pytest.raises(StorageError, match="has no such bucket"):
        push(stored(home, replace(s3_server.make_bucket(), url="s3://nobody")))
