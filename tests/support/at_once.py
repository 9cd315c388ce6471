"""Many processes of `sportlake` at once: `run_at_once(home, [words, …])`, forked from one process that has all modules loaded.

Loading them takes seconds; ten processes that each load their own would take minutes. Some may be killed after a while. Not
here: what must hold afterwards.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from support.commands import ROOT, surroundings


class Ended(NamedTuple):
    """How one process ended: its exit code (negative: the signal that killed it), and what it said."""

    code: int
    said: str


def run_at_once(settings: Any, commands: list[list[str]], *, kill: dict[int, float] | None = None) -> list[Ended]:
    """Runs all commands at once in the installation of `settings`; `kill` maps a command's place to seconds after the start."""
    environment = surroundings(settings.home) | {
        "SPORTLAKE_CONTRACTS": str(settings.contracts),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "support.at_once"],
        cwd=ROOT,
        env=environment,
        input=json.dumps([commands, kill or {}]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Ended(code, said) for code, said in json.loads(done.stdout)]


def run_child(words: list[str], output: Path) -> None:
    """In the child: run the command with its output in a file, and end this process with its exit code."""
    handle = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    from dagster_project.cli import app

    app(words)


def main() -> None:
    """Reads commands and kills from the input, prints how each ended."""
    # Loaded before the fork, so that every child has them. None of this starts a thread.
    import frictionless

    from dagster_project import databases, runs
    from dagster_project.cli import progress, report
    from dagster_project.definitions import defs
    from dagster_project.instance import prepare_instance
    from warehouse.layout import Layout

    assert all((frictionless, databases, runs, progress, report, defs))
    with tempfile.TemporaryDirectory() as other:
        prepare_instance(Layout(Path(other)))
    commands, kill = json.load(sys.stdin)
    folder = Path(os.environ["SPORTLAKE_HOME"]).parent / "said"
    folder.mkdir(exist_ok=True)
    children = []
    for at, words in enumerate(commands):
        child = os.fork()
        if child == 0:
            run_child(words, folder / f"{at}-{os.getpid()}")
            os._exit(0)
        children.append(child)
    begun = time.monotonic()
    for at, seconds in sorted(kill.items(), key=lambda one: one[1]):
        time.sleep(max(0.0, begun + seconds - time.monotonic()))
        os.kill(children[int(at)], signal.SIGKILL)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    said = [(folder / f"{at}-{child}").read_text(encoding="utf-8") for at, child in enumerate(children)]
    json.dump(list(zip(codes, said, strict=True)), sys.stdout)


if __name__ == "__main__":
    main()
