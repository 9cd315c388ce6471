"""A disk that is full or read-only at one of the lasting steps, a clock that goes back, a file replaced while it is read.

The next walk, on a disk that takes everything, ends in the same state. Stops and kills are in `test_stopped_walk.py` and
`test_killed_runs.py`.
"""

import errno
import os
import resource
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import duckdb
import pyarrow as pa
import pytest
from integration.test_stopped_walk import CONTRACT, fresh, lasting

from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.submission import original_file, read_submission
from schemas.errors import SportlakeError
from support.walked import release_all, take_all, walk
from support.workspaces import NOW, put, workspace_with
from warehouse.atomic_files import file_sha256
from warehouse.releases.releases import list_numbers

REFUSED = (OSError, SportlakeError, duckdb.Error, pa.ArrowException)
SIZES = (100, 300, 700, 1_500, 3_000, 6_000, 12_000)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The installation after a walk on a disk that took everything."""
    workspace = fresh(tmp_path_factory.mktemp("whole"))
    walk(workspace)
    return workspace


def assert_same(workspace, whole, where):
    walk(workspace)
    assert lasting(workspace) == lasting(whole), where
    assert workspace.lake.read_current(CONTRACT).equals(whole.lake.read_current(CONTRACT)), where
    assert workspace.ledger.verify_chain() == [], where


def test_no_file_may_grow_beyond_a_size_and_the_next_walk_mends_it(whole, tmp_path, record_property):
    refused = 0
    for size in SIZES:
        workspace = fresh(tmp_path / str(size))
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            walk(workspace)
        except REFUSED:
            refused += 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert_same(workspace, whole, f"no file above {size} bytes")
    record_property("figure", f"{refused} of {len(SIZES)} limits hit")
    assert refused > len(SIZES) // 2


def test_a_folder_that_is_read_only_from_some_step_on_and_the_next_walk_mends_it(
    whole, tmp_path, monkeypatch, record_property
):
    points = 0
    for at in range(1, 40, 12):
        workspace, taken = fresh(tmp_path / str(at)), 0

        def watched(step: Callable[..., object], at: int = at) -> Callable[..., object]:
            def wrapper(*args: object, **named: object) -> object:
                nonlocal taken
                taken += 1
                if taken >= at:
                    raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(args[0]))
                return step(*args, **named)

            return wrapper

        with monkeypatch.context() as patch:
            for name in ("rename", "replace"):
                patch.setattr(os, name, watched(getattr(os, name)))
            with suppress(*REFUSED):
                walk(workspace)
        points += taken >= at
        assert_same(workspace, whole, f"read-only from step {at} on")
    record_property("figure", f"{points} points")
    assert points >= 2


def test_a_clock_that_goes_back_loses_nothing_and_the_newest_release_stays_the_newest(tmp_path):
    workspace, shelf = workspace_with(tmp_path, CONTRACT), tmp_path / "releases" / CONTRACT.name
    for month, now in enumerate((NOW, NOW - timedelta(days=40), NOW - timedelta(days=400))):
        put(workspace, "210100", f"venue_2025_{month}.csv", f"id,name\n1,馆\n2,馆{month}\n")
        (receipt,) = take_all(workspace, now).values()
        assert receipt.outcome == "accept"
        made = release_all(workspace, now)[CONTRACT.name]
        assert list_numbers(shelf)[-1] == made.number
        assert len(list_numbers(shelf)) == month + 1
    assert workspace.ledger.verify_chain() == []
    assert workspace.lake.read_current(CONTRACT).column("name").to_pylist() == ["馆", "馆2"]


def test_a_file_replaced_while_it_is_received_is_judged_by_the_bytes_that_are_kept_and_comes_next(
    tmp_path, monkeypatch
):
    workspace = workspace_with(tmp_path, CONTRACT)
    path = put(workspace, "210100", "venue_2025.csv", "id,name\n1,旧\n")
    (arrival,) = list_arrivals(workspace)
    monkeypatch.setattr("pipelines.submissions.inbox.hand_ins.move_taken", _replacing(path, "id,name\n1,新\n2,新\n"))
    receipt = take_arrival(workspace, arrival, NOW)
    monkeypatch.undo()
    submission = read_submission(workspace, receipt.number)
    assert file_sha256(original_file(workspace, submission)) == submission.sha256 == arrival.sha256
    assert receipt.accepted == 1
    (after,) = take_all(workspace).values()
    assert (after.number != receipt.number, after.accepted) == (True, 2)


def _replacing(path, content):
    from pipelines.submissions.inbox.taken_files import move_taken

    def replaced(file, number, state):
        path.unlink()
        path.write_text(content, encoding="utf-8")
        return move_taken(file, number, state)

    return replaced
