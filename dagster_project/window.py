"""The stewards' window: Dagster's UI and daemon with the receipts served beside them, until it is closed.

Here: the environment and the two servers. Not here: the definitions (`definitions.py`), the port's option (`cli`).
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from types import FrameType

from dagster_project.instance import prepare_instance
from dagster_project.receipt_server import HOST, serve_receipts
from dagster_project.settings import Settings
from schemas.text import Text
from warehouse.layout import Layout


def run_window(settings: Settings, port: int, tell: Callable[[Text], None]) -> int:
    """Runs Dagster on that port until a signal ends it; returns its exit code. UsageError if a port is taken."""
    layout = Layout(settings.home)
    folder = prepare_instance(layout, tell)
    environment = os.environ | {
        "DAGSTER_HOME": str(folder),
        "SPORTLAKE_HOME": str(settings.home),
        "SPORTLAKE_CONTRACTS": str(settings.contracts),
        "SPORTLAKE_RECEIPTS_PORT": str(settings.receipts_port),
        # `dagster dev` prints that `dg dev` is newer; that concerns developers, not stewards.
        "PYTHONWARNINGS": "ignore",
    }
    with serve_receipts(layout.receipts, settings.receipts_port):
        # A session of its own: Ctrl+C reaches this process alone, which passes it on once.
        dagster = subprocess.Popen(  # noqa: S603 -- a fixed command line: this interpreter, Dagster, our own module
            _dagster_command(port),
            # Dagster warns of any other dagster.yaml in the folder it is started from.
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        return _wait_and_forward(dagster)


def _dagster_command(port: int) -> list[str]:
    module = "dagster_project.definitions"
    return [sys.executable, "-m", "dagster", "dev", "-m", module, "-h", HOST, "-p", str(port)]


def _wait_and_forward(process: "subprocess.Popen[bytes]") -> int:
    """Waits for the process; Ctrl+C, a request to end and a closed terminal are passed on as Ctrl+C, which it ends by."""

    def forward(_number: int, _frame: FrameType | None) -> None:
        process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        return process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
