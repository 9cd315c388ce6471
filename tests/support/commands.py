"""The command line `sportlake` as another process, with everything it may know said here: home, clock, people.

Not here: which commands a test runs.
"""

import os
import subprocess
import sys
from pathlib import Path

from support.people import write_people

ROOT = Path(__file__).parents[2]
CLOCK = "2026-11-25T09:30:00+08:00"
_MAIN = "from dagster_project.cli import app; app()"


def surroundings(home: Path, code: Path = ROOT) -> dict[str, str]:
    """The environment of a command: nothing of the caller's but the path to programs.

    Its home knows the people of tests; contracts that lie in it are used in place of the bureau's.
    """
    write_people(home)
    own = home / "contracts"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(code),
        "SPORTLAKE_HOME": str(home),
        "SPORTLAKE_CLOCK": CLOCK,
        **({"SPORTLAKE_CONTRACTS": str(own)} if own.is_dir() else {}),
    }


def started(home: Path, *words: str, code: Path = ROOT) -> "subprocess.Popen[str]":
    """`sportlake WORDS`, running; its output can be read when it has ended."""
    return subprocess.Popen(
        [sys.executable, "-c", _MAIN, *words],
        cwd=code,
        env=surroundings(home, code),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def said(home: Path, *words: str, code: Path = ROOT) -> str:
    """What `sportlake WORDS` says; fails with it if the command does not end well."""
    process = started(home, *words, code=code)
    told, _ = process.communicate()
    assert process.returncode == 0, f"sportlake {' '.join(words)} ended with {process.returncode}:\n{told}"
    return told
