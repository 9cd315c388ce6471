"""Workers and runs of several hosts, each a process forked from one that has platform, Dagster, Celery and Great Expectations loaded.

Imports are two thirds of the processor time of such a process. It is one of its own, in a group of its own: it can be killed at any moment, with
all that it has started. Not here: which processes a test starts (`worker_hosts.py`), commands whose words a shell reads (`forked_commands.py`).
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from support.commands import ROOT

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["support.loaded_platform"])
_MAINS = {"dagster": ("dagster._cli", "main"), "sportlake": ("dagster_project.cli", "app")}
"""The module of each program, and the function that starts it; imported in the child, where its environment is known."""


@contextmanager
def see_own_modules() -> Iterator[None]:
    """In the block the process to fork from can be started: it finds our modules by way of the environment alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'tests'}")
        yield


class HostProcess:
    """`sportlake WORDS` or `dagster WORDS`, running. What it says is appended to `log`."""

    def __init__(self, program: str, words: Sequence[str], known: Mapping[str, str], log: Path) -> None:
        self._log = log
        self._process = _FORKING.Process(target=run_program, args=(program, list(words), dict(known), log))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """As that of `subprocess.Popen`; None while it runs."""
        return self._process.exitcode

    def signal_group(self, number: signal.Signals) -> None:
        """Sends a signal to it and to all that it has started. One that was started a moment ago is waited for until it has its group."""
        assert self._process.pid is not None
        while self.returncode is None and os.getpgid(self._process.pid) != self._process.pid:
            time.sleep(0.01)
        os.killpg(self._process.pid, number)

    def terminate(self) -> None:
        """Asks it alone to end."""
        self._process.terminate()

    def communicate(self) -> str:
        """Waits for its end and returns what was said."""
        self._process.join()
        return self._log.read_text(encoding="utf-8")


def run_program(program: str, words: list[str], known: dict[str, str], log: Path) -> None:
    """In the child: that program, with nothing but that environment."""
    os.setsid()
    with log.open("ab") as written:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(written.fileno(), stream.fileno())
    os.chdir(known["SPORTLAKE_HOME"])
    os.environ.clear()
    os.environ.update(known)
    sys.argv = [program, *words]
    module, name = _MAINS[program]
    getattr(import_module(module), name)()
