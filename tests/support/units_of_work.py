"""Work that an engine may be given, in a module that its workers can import: it answers, waits, refuses, dies, or says who did it."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from schemas.errors import UnreadableFile, UsageError
from schemas.execution.engine import Result, Unit
from schemas.text import Text

REFUSAL = Text(zh="不行", en="no")


def refuse(unit: int) -> int:
    """Raises an error of ours: of one text, or for 0 of a kind and a text."""
    raise (UsageError(REFUSAL) if unit else UnreadableFile("format", REFUSAL))


def end_process(unit: int) -> int:
    """Kills the process that does it."""
    os.kill(os.getpid(), signal.SIGKILL)
    return unit


def die_once(mark: str, work: Callable[[Unit], Result], unit: Unit) -> Result:
    """Does a unit; whoever is first, of all processes that see the file `mark`, is killed before, once another one is at work.

    Python's pool waits for ever for a process that it starts while it notices that another one is gone: both must have been started.
    """
    other = Path(f"{mark}-other")
    try:
        Path(mark).touch(exist_ok=False)
    except FileExistsError:
        other.touch()
        return work(unit)
    until = time.monotonic() + 60
    while not other.exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)
    return work(unit)


def own_process(unit: int) -> int:
    """The number of the process that does it."""
    del unit
    return os.getpid()


def fail(unit: int) -> float:
    """Raises an error of Python's."""
    return 1 / (unit - unit)


def square_slowly(unit: int) -> int:
    """The square of a number, after a fifth of a second: long enough for something to happen meanwhile."""
    time.sleep(0.2)
    return unit * unit
