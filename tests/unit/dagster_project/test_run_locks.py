"""One run or erasure at a time, and no erasure while a window is open, nor a window during an erasure."""

import threading

import pytest

from dagster_project.run_locks import hold_run_lock, hold_window_open, keep_window_closed
from schemas.errors import UsageError
from warehouse.layout import Layout


def test_the_second_run_says_that_it_waits_and_then_follows(tmp_path):
    layout, told, done, waits = Layout(tmp_path), [], [], threading.Event()

    def tell(text):
        told.append(text.en)
        waits.set()

    def run():
        with hold_run_lock(layout, tell):
            done.append("second")

    with hold_run_lock(layout, tell):
        second = threading.Thread(target=run)
        second.start()
        assert waits.wait(60)
        done.append("first")
    second.join(60)
    assert (told, done) == (["Another run is at work; waiting for it to end."], ["first", "second"])


def test_an_erasure_and_a_window_exclude_each_other(tmp_path):
    layout = Layout(tmp_path)
    with hold_window_open(layout), hold_window_open(layout):
        pass
    with (
        hold_window_open(layout),
        pytest.raises(UsageError, match="sportlake dagster is open"),
        keep_window_closed(layout),
    ):
        pytest.fail("the erasure began")
    with keep_window_closed(layout), pytest.raises(UsageError, match="an erasure is at work"), hold_window_open(layout):
        pytest.fail("the window opened")
    with keep_window_closed(layout):
        pass
