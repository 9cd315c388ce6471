"""The stewards' window: Dagster's UI and daemon with receipts, candidates and the desk served beside them, until it is closed.

Here: the environment and the two servers. Not here: the definitions (`definitions.py`), the port's option (`cli`).
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType

from dagster_project.instance import prepare_instance
from dagster_project.receipt_ports import note_port, read_ports
from dagster_project.receipt_server import HOST, list_served_folders, serve_pages
from dagster_project.run_locks import hold_window_open
from dagster_project.settings import Settings
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.layout import Layout


def run_window(settings: Settings, port: int, tell: Callable[[Text], None]) -> int:
    """Runs Dagster on that port until a signal ends it; returns its exit code. UsageError if a port is taken, or an erasure is at work."""
    layout = Layout(settings.home)
    folder = prepare_instance(layout, tell, shared=settings.dagster_url is not None)
    # Sensors and schedules act as the system account, whoever opened the window.
    inherited = {name: value for name, value in os.environ.items() if name not in {"SPORTLAKE_AS", "SPORTLAKE_WHO"}}
    environment = inherited | {
        "DAGSTER_HOME": str(folder),
        "SPORTLAKE_HOME": str(settings.home),
        "SPORTLAKE_CONTRACTS": str(settings.contracts),
        "SPORTLAKE_RECEIPTS_PORT": str(settings.receipts_port),
        # `dagster dev` prints that `dg dev` is newer; that concerns developers, not stewards.
        "PYTHONWARNINGS": "ignore",
    }
    running: list[subprocess.Popen[bytes]] = []
    # The signals first: a process that began with Ctrl+C ignored would hand that on to Dagster.
    with hold_window_open(layout), _serve_everywhere(layout, settings.receipts_port), _forward_signals(running):
        # A session of its own: Ctrl+C reaches this process alone, which passes it on once.
        dagster = subprocess.Popen(  # noqa: S603 -- a fixed command line: this interpreter, Dagster, our own module
            _dagster_command(port),
            # Dagster warns of any other dagster.yaml in the folder it is started from.
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        running.append(dagster)
        return dagster.wait()


def _dagster_command(port: int) -> list[str]:
    module = "dagster_project.definitions"
    return [sys.executable, "-m", "dagster", "dev", "-m", module, "-h", HOST, "-p", str(port)]


@contextmanager
def _serve_everywhere(layout: Layout, port: int) -> Iterator[None]:
    """Serves the receipts at that port, which must be free, and at those earlier ports that are free, because older links name them."""
    earlier, folders = read_ports(layout), list_served_folders(layout)
    with serve_pages(folders, port), ExitStack() as served:
        note_port(layout, port)
        for one in earlier:
            with suppress(UsageError):
                served.enter_context(serve_pages(folders, one))
        yield


@contextmanager
def _forward_signals(running: "Sequence[subprocess.Popen[bytes]]") -> Iterator[None]:
    """Forwards Ctrl+C, SIGTERM and SIGHUP to the processes as Ctrl+C (SIGINT), which ends Dagster."""

    def forward(_number: int, _frame: FrameType | None) -> None:
        for process in running:
            process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
