"""SIGKILL a writer of the lake at random moments: every slice is whole, nothing acknowledged is lost, and the next run goes on."""

import multiprocessing
import os
import random
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import sleep

import pyarrow.compute as pc

from support.writers import CONTRACT, ROWS, SLICES, write_for_ever
from warehouse.lake.lake import Lake
from warehouse.layout import Layout

KILLS = 15


def kill_once(processes, home: Path, state: int, after: float) -> int:
    """Runs the writer from `state` on and kills it a while later; the last state that it acknowledged."""
    ours, theirs = processes.Pipe(duplex=False)
    writer = processes.Process(target=write_for_ever, args=(home, state, theirs))
    writer.start()
    theirs.close()
    assert ours.recv() == state
    sleep(after)
    writer.kill()
    writer.join()
    try:
        while True:
            state = ours.recv()
    except EOFError:
        return state


def states(lake: Lake) -> list[int]:
    """The state of each slice, having seen that it is whole."""
    found = []
    for key in SLICES:
        table = lake.read_slice(CONTRACT, key)
        if table is not None:
            assert table.num_rows == ROWS
            assert pc.count_distinct(table.column("state")).as_py() == 1
            found.append(table.column("state")[0].as_py())
    return found


def test_a_killed_writer_leaves_every_slice_whole_and_loses_nothing_acknowledged(tmp_path, monkeypatch):
    # The server forks writers that have everything imported; it only sees our modules by way of the environment.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, Path(__file__).parents[1:3])))
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["support.writers", "pandas"])  # pyarrow imports pandas at its first list
    chance = random.Random(20261125)  # noqa: S311 - moments, not secrets
    acknowledged = 0
    kills = count(1)
    while next(kills) <= KILLS or acknowledged <= KILLS:  # on a slow machine a writer says little before it is killed
        acknowledged = kill_once(processes, tmp_path, acknowledged, chance.uniform(0.02, 0.3))
        lake = Lake(Layout(tmp_path))
        newest = max(states(lake), default=0)
        assert newest in {acknowledged, acknowledged + 1}  # committed, and killed before it could say so
        assert [int(commit.why["state"]) for commit in lake.read_history(CONTRACT)] == list(range(1, newest + 1))
        acknowledged = newest
    assert acknowledged > KILLS
    before = states(lake)
    lake.sweep_unused(datetime.now(UTC) + timedelta(days=2))
    assert states(lake) == before
    assert not list(tmp_path.rglob("_part-*"))
