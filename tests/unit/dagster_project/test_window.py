"""The stewards' window: receipts beside Dagster, and an end that Dagster hears of, however it is asked for."""

import http.client
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from dagster_project import window
from dagster_project.instance import prepare_instance
from dagster_project.receipt_ports import note_port, read_ports
from dagster_project.receipt_server import serve_pages
from dagster_project.run_locks import keep_window_closed
from dagster_project.settings import Settings
from schemas.errors import UsageError
from support.free_ports import find_port
from warehouse.layout import Layout

# Stands for Dagster: says that it is there and which surroundings it has, then waits for Ctrl+C.
STAND_IN = """
import os, pathlib, time
ready = pathlib.Path(os.environ["SPORTLAKE_HOME"]) / "ready"
ready.with_suffix(".part").write_text(os.environ["DAGSTER_HOME"] + " " + os.environ["SPORTLAKE_RECEIPTS_PORT"])
ready.with_suffix(".part").rename(ready)
try:
    time.sleep(60)
except KeyboardInterrupt:
    raise SystemExit(7)
"""


@pytest.fixture(scope="module")
def databases(tmp_path_factory) -> Path:
    """Dagster's home with its databases, which take long to make."""
    return prepare_instance(Layout(tmp_path_factory.mktemp("dagster")))


@pytest.fixture
def settings(databases, tmp_path, monkeypatch) -> Settings:
    shutil.copytree(databases, Layout(tmp_path).dagster)
    monkeypatch.setattr(window, "_dagster_command", lambda _port: [sys.executable, "-c", STAND_IN])
    return Settings(home=tmp_path, receipts_port=find_port())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_dagster_as_ctrl_c_would(settings, number):
    answers, earlier = [], find_port()
    note_port(Layout(settings.home), earlier)

    def end_when_ready() -> None:
        ready = Path(settings.home, "ready")
        until = time.monotonic() + 60
        while not ready.exists() and time.monotonic() < until:
            time.sleep(0.05)
        answers.append(ready.read_text())
        for port in (settings.receipts_port, earlier):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/")
            answers.append(connection.getresponse().status)
        os.kill(os.getpid(), number)

    watcher = threading.Thread(target=end_when_ready)
    before = signal.getsignal(number)
    watcher.start()
    assert window.run_window(settings, 3000, lambda _: None) == 7
    watcher.join()
    assert answers == [f"{settings.home / 'dagster'} {settings.receipts_port}", 404, 404]
    assert read_ports(Layout(settings.home)) == [earlier, settings.receipts_port]
    assert signal.getsignal(number) == before


def test_nothing_is_started_where_the_port_of_the_receipts_is_taken(settings):
    with serve_pages({"": settings.home}, settings.receipts_port), pytest.raises(UsageError):
        window.run_window(settings, 3000, lambda _: None)
    assert not (settings.home / "ready").exists()


def test_nothing_is_started_during_an_erasure(settings):
    with keep_window_closed(Layout(settings.home)), pytest.raises(UsageError, match="an erasure is at work"):
        window.run_window(settings, 3000, lambda _: None)
    assert not (settings.home / "ready").exists()
