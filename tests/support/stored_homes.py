"""Homes with a bucket, and what they do in processes of their own: hand in and release, append, commit; killed at a step if told so.

A step is a call that writes to the bucket; it counts twice, before and after. Not here: the server (`s3_server.py`), what must hold.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from multiprocessing.connection import Connection
from pathlib import Path

from pipelines.workspace import Workspace
from schemas.errors import SliceMoved
from support.contracts import contract_with
from support.walked import release_all, take_all
from support.workspaces import NOW, put, workspace_with
from warehouse.deltalog import UNFINISHED_PREFIX
from warehouse.ledger.shared_ledger import SharedLedger
from warehouse.storage.object_store import BucketAddress, ObjectStore
from warehouse.storage.storage import Storage

SITE = contract_with(["code", "n:integer"], name="site")
FILES = (
    ("210100", "site_2026.csv", "code,n\na,1\nb,2\n"),
    ("210200", "site_2026.csv", "code,n\nc,3\n"),
    ("210200", "site_2025.csv", "code,n\nd,x\n"),
)
DEPARTMENT_OF = {"one": "210100", "two": "210200"}
"""By the name of a home."""
AREAS = ("lake/site", "ledger/ledger.jsonl", "people.yaml", "quarantine", "receipts", "releases", "submissions")


def stored_home(home: Path, bucket: BucketAddress | None) -> Workspace:
    """An installation below `home` with that bucket, or without one."""
    workspace = workspace_with(home, SITE)
    storage = Storage(workspace.layout, ObjectStore(bucket)) if bucket else None
    return replace(workspace, storage=storage)


def fill(home: Path) -> None:
    """Three files in the inbox: two are taken, one is sent back."""
    for department, name, content in FILES:
        put(workspace_with(home, SITE), department, name, content)


def walk_stored(workspace: Workspace) -> None:
    """Everything that waits, and releases."""
    workspace.follow_storage()
    take_all(workspace)
    release_all(workspace)


def kept_tree(home: Path, *, with_log: bool = True) -> dict[str, bytes]:
    """The files that a bucket keeps, without locks, pages that list others, and what a killed writer left until the weekly sweep.

    Without fingerprints of rows too: a home has those of a hand-in only if it has compared another with it.
    `with_log`: commits too, which hold times.
    """
    found = [
        path for name in AREAS for path in ([home / name] if (home / name).is_file() else (home / name).rglob("*"))
    ]
    kept = [
        path for path in found if path.is_file() and path.suffix != ".u64" and not path.name.startswith((".", "_lock"))
    ]
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in kept
        if (path.parent.name != "receipts" or path.name.startswith("RCPT-"))
        and (with_log or path.parent.name != "_delta_log")
        and UNFINISHED_PREFIX not in path.as_posix()
    }


class CountedSteps:
    """Counts steps, and kills the process at one of them."""

    def __init__(self, deadly: int) -> None:
        self.count, self._deadly = 0, deadly

    def around(self, call: Callable[..., object]) -> Callable[..., object]:
        @wraps(call)
        def counted(*given: object, **named: object) -> object:
            self._step()
            made = call(*given, **named)
            self._step()
            return made

        return counted

    def _step(self) -> None:
        self.count += 1
        if self.count == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def count_steps(deadly: int) -> CountedSteps:
    """Counts the steps of this process from now on, and kills it at that one."""
    steps = CountedSteps(deadly)
    for name in ("create_object", "put_object"):
        setattr(ObjectStore, name, steps.around(getattr(ObjectStore, name)))
    return steps


def walk_and_die(home: Path, bucket: BucketAddress, step: int, told: Connection) -> None:
    """`walk_stored`, killed at that step; tells the number of steps if it comes through."""
    steps = count_steps(step)
    walk_stored(stored_home(home, bucket))
    told.send(steps.count)


def shared_home(home: Path, bucket: BucketAddress, address: str) -> Workspace:
    """An installation below `home` with that bucket and the ledger at that address."""
    return replace(stored_home(home, bucket), shared_ledger=SharedLedger(address))


def walk_shared(home: Path, bucket: BucketAddress, address: str, many: int) -> None:
    """As one host of several: hand in and land the slice of one department several times, then release."""
    workspace = shared_home(home, bucket, address)
    workspace.follow_storage()
    for at in range(many):
        put(workspace, DEPARTMENT_OF[home.name], "site_2026.csv", f"code,n\n{home.name},{at}\n")
        take_all(workspace)
    release_all(workspace)


def sweep_parts(workspace: Workspace) -> None:
    """Deletes parts that no commit names: two hosts that share no ledger may judge one submission both, and one commits in vain."""
    workspace.lake.sweep_unused(datetime.now(UTC) + timedelta(days=2))


def append_some(home: Path, bucket: BucketAddress, many: int) -> None:
    """Appends entries in a home, as one host of several."""
    workspace = stored_home(home, bucket)
    for at in range(many):
        facts = {"number": f"{home.name}-{at}"}
        workspace.ledger.append_once("build", now=NOW, actor="x", reason="y", facts=facts, key=("number",))


def commit_some(home: Path, bucket: BucketAddress, many: int) -> None:
    """Hand in, judge and land the same slice of one department several times.

    Without a shared ledger nobody excludes the other: a submission that one left for a moment the other finishes too, and may find its slice moved.
    """
    workspace = stored_home(home, bucket)
    for at in range(many):
        put(workspace, DEPARTMENT_OF[home.name], "site_2026.csv", f"code,n\n{home.name},{at}\n")
        while not take_unless_moved(workspace):
            workspace.follow_storage()


def take_unless_moved(workspace: Workspace) -> bool:
    """Takes what waits; returns whether no other host landed one of its slices meanwhile."""
    try:
        take_all(workspace)
    except SliceMoved:
        return False
    return True
