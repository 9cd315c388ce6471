"""Locks between processes of a home: one run of the command line or one erasure at a time, and no erasure while Dagster's window is open.

They are locks on files below `dagster/`, and end with their process. Runs that the window starts do not take the lock of the runs,
because Dagster queues them itself. If a window is killed by force, processes of Dagster may remain that hold no lock. Not here: what
runs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import UsageError
from schemas.text import Text
from warehouse.atomic_files import hold_lock, try_lock
from warehouse.layout import Layout

_WAITING = Text(zh="另一个运行正在进行，等待其结束。", en="Another run is at work; waiting for it to end.")


@contextmanager
def hold_run_lock(layout: Layout, tell: Callable[[Text], None]) -> Iterator[None]:
    """Holds the lock of the runs; waits for another holder, after `tell` was given the sentence about it."""
    with hold_lock(layout.dagster / ".run.lock", lambda: tell(_WAITING)):
        yield


@contextmanager
def hold_window_open(layout: Layout) -> Iterator[None]:
    """Marks that a window of this home is open (there may be several); UsageError during an erasure."""
    with try_lock(_window_file(layout), shared=True) as held:
        if not held:
            raise UsageError(
                Text(
                    zh="正在彻底删除，Dagster 不能打开；请等删除结束后再运行 sportlake dagster",
                    en="an erasure is at work and Dagster stays closed; run sportlake dagster once it has ended",
                )
            )
        yield


@contextmanager
def keep_window_closed(layout: Layout) -> Iterator[None]:
    """Prevents windows of this home from being opened until the block ends; UsageError if one is open."""
    with try_lock(_window_file(layout), shared=False) as held:
        if not held:
            raise UsageError(
                Text(
                    zh="sportlake dagster 正在运行，其中的任务可能写回要删除的值；请在其窗口按 Ctrl+C 结束后再删除",
                    en="sportlake dagster is open and its runs could write the value again; end it with Ctrl+C, then erase",
                )
            )
        yield


def _window_file(layout: Layout) -> Path:
    return layout.dagster / ".window.lock"
