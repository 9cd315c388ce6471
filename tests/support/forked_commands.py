"""`sportlake WORDS` in a process forked from one that has all modules loaded: `with forked_commands() as start`, then `start(home, "run")`.

Imports are a third of the processor time of a run over a few files, and more of any other command, so a test that runs commands many times
starts them so: also from a shell, by a program of that name (`forked_program`). The process is one of its own, which can be killed at any
moment. Not here: the real start of the command (`commands.py`).
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.commands import ROOT, surroundings

_PREPARED = (
    "dagster_project.runs", "dagster_project.batches", "dagster_project.cli.progress", "dagster_project.cli.report", "dagster_project.assets",
    "great_expectations", "pipelines.desk.desk_pages", "pipelines.publication.publish", "pipelines.release", "catalog.static_site.static",
)  # fmt: skip
"""Loaded before the first fork, with the contracts and code lists of the bureau, which are kept by their text, and the templates of the site. What else
a command needs, it loads itself."""
_LONGEST = 1 << 16
_PROGRAM = """#!{python} -SI
import json, os, socket, sys
ended, telling = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
told = {{"words": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}}
socket.send_fds(socket.socket(fileno={asking}), [json.dumps(told).encode()], [0, 1, 2, telling.fileno()])
telling.close()
ended.recv(32)
code = int(ended.recv(32))
sys.stdout.flush()
os.kill(os.getpid(), -code) if code < 0 else os._exit(code)
"""


class ForkedCommand:
    """A command that runs. `returncode` is that of `subprocess.Popen`, None until `communicate` has come to its end."""

    def __init__(self, output: int, ended: socket.socket) -> None:
        self.returncode: int | None = None
        self._output, self._ended, self._told, self._spent = output, ended, b"", 0.0
        self.pid = int(ended.recv(_LONGEST))

    def communicate(self, timeout: float | None = None) -> str:
        """Waits for the end and returns what the command said. subprocess.TimeoutExpired if it still runs after so many seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            ready, _, _ = select.select([self._output], [], [], until and max(0.0, until - time.monotonic()))
            if not ready:
                assert timeout is not None
                raise subprocess.TimeoutExpired("sportlake", timeout)
            if said := os.read(self._output, _LONGEST):
                self._told += said
                continue
            self.returncode, self._spent = int(self._ended.recv(_LONGEST)), self.processor_seconds()
            self._ended.close()
            os.close(self._output)
        return self._told.decode()

    def processor_seconds(self) -> float:
        """Processor time that it has taken until now, of all its threads; not of processes that it started."""
        if self.returncode is not None:
            return self._spent
        user, system = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """Kills it; its number is not given to another process before `communicate` has come to its end."""
        os.kill(self.pid, signal.SIGKILL)


@contextmanager
def _prepared_process(code: Path = ROOT) -> Iterator[socket.socket]:
    """The process to fork from, with the modules of that repository; what is sent to the socket is run by a child of it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    path = {
        "PYTHONPATH": f"{code}:{code / 'tests'}",
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }
    words = [sys.executable, "-m", "support.forked_commands", str(theirs.fileno())]
    with ours, subprocess.Popen(words, cwd=code, env=path, pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        yield ours
        ours.close()
        process.wait()


@contextmanager
def forked_commands(code: Path = ROOT) -> Iterator[Callable[..., ForkedCommand]]:
    """A function that starts `sportlake WORDS` of that repository in a home, as `commands.started` does."""
    with _prepared_process(code) as asking, Path(os.devnull).open("rb") as nothing:

        def start(home: Path, *said: str) -> ForkedCommand:
            told = {"words": said, "environment": surroundings(home, code), "folder": str(code)}
            output, theirs = os.pipe()
            ended, telling = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            streams = [nothing.fileno(), theirs, theirs]
            socket.send_fds(asking, [json.dumps(told).encode()], [*streams, telling.fileno()])
            os.close(theirs)
            telling.close()
            return ForkedCommand(output, ended)

        yield start


@contextmanager
def forked_program(folder: Path) -> Iterator[int]:
    """Writes a program `sportlake` into `folder` for shells to find, and yields the descriptor that they must inherit.

    It has the shell's folder, environment and streams, and ends as the command ends.
    """
    with _prepared_process() as asking:
        program = folder / "sportlake"
        program.write_text(_PROGRAM.format(python=sys.executable, asking=asking.fileno()), encoding="utf-8")
        program.chmod(0o700)
        yield asking.fileno()


def watch_command(told: bytes, streams: list[int], telling: socket.socket) -> None:
    """Between test and command: fork the command, tell its number and then its end. It is reaped when the test has heard of that."""
    asked = json.loads(told)
    child = os.fork()
    if child == 0:
        telling.close()
        os.chdir(asked["folder"])
        run_command(asked["words"], asked["environment"], streams)
    for stream in streams:
        os.close(stream)
    telling.send(str(child).encode())
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    telling.send(str(ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status).encode())
    telling.recv(1)
    os._exit(0)


def run_command(words: list[str], environment: dict[str, str], streams: list[int]) -> None:
    """In the child: the command line, with nothing but that environment. Never returns."""
    from dagster_project.cli import app

    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
        os.close(stream)
    os.environ.clear()
    os.environ.update({**environment, "GX_ANALYTICS_ENABLED": "false"})
    sys.argv = ["sportlake", *words]
    app(prog_name="sportlake")


def read_what_is_kept() -> None:
    """Reads what a process reads once: 0.17 of the 0.57 s of processor time of a command otherwise."""
    from catalog.pages import site_templates
    from schemas.codelists import open_codelists
    from schemas.contract import read_contracts

    read_contracts()
    dict(open_codelists())
    templates = site_templates()
    for name in templates.list_templates(extensions=["j2"]):
        templates.get_template(name)


def main(asking: socket.socket) -> None:
    """Fork for every message; ends with the other side."""
    from dagster_project.pandas_import import avoid_pandas_import

    avoid_pandas_import()
    for name in _PREPARED:
        __import__(name)
    read_what_is_kept()
    # jemalloc mends its own thread in a forked process.
    threads = {file.read_text(encoding="ascii").strip() for file in Path("/proc/self/task").glob("*/comm")}
    assert len(threads - {"jemalloc_bg_thd"}) == 1, f"threads do not come along when a process is forked: {threads}"
    while True:
        told, files, _, _ = socket.recv_fds(asking, _LONGEST, 4)
        if not told:
            return
        *streams, telling = files
        watcher = os.fork()
        if watcher == 0:
            asking.close()
            if os.fork():
                os._exit(0)
            watch_command(told, streams, socket.socket(fileno=telling))
        os.waitpid(watcher, 0)
        for file in files:
            os.close(file)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
