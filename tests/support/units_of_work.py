"""Work that an engine may be given, in a module that its workers can import: it answers, refuses, dies, or says who did it."""

import os
import signal

from schemas.errors import UnreadableFile, UsageError
from schemas.text import Text

REFUSAL = Text(zh="不行", en="no")


def refuse(unit: int) -> int:
    """Raises an error of ours: of one text, or for 0 of a kind and a text."""
    raise (UsageError(REFUSAL) if unit else UnreadableFile("format", REFUSAL))


def end_process(unit: int) -> int:
    """Kills the process that does it."""
    os.kill(os.getpid(), signal.SIGKILL)
    return unit


def own_process(unit: int) -> int:
    """The number of the process that does it."""
    del unit
    return os.getpid()


def fail(unit: int) -> float:
    """Raises an error of Python's."""
    return 1 / (unit - unit)
