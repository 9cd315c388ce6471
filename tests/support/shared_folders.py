"""Folders of tests that are not of one test: the one in memory in place of the disk, and those that last as long as the process.

Not here: what is put in them.
"""

import os
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

MEMORY = Path("/dev/shm")  # noqa: S108 -- the folders made in it are closed to others
ENOUGH = 4 << 30
"""Free bytes; the folders of a whole run take less than a quarter of it."""


@cache
def _process_folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="sportlake-")


def fresh_folder() -> Path:
    """An empty folder, which is removed when the process ends."""
    return Path(mkdtemp(dir=_process_folder().name))


def free_memory() -> int:
    """Bytes that may be had without swapping, of the machine and of its folder in memory; 0 where there is none."""
    told = Path("/proc/meminfo")
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and told.is_file()):
        return 0
    kilobytes = dict(line.split(":") for line in told.read_text(encoding="ascii").splitlines())["MemAvailable"]
    return min(shutil.disk_usage(MEMORY).free, int(kilobytes.split()[0]) << 10)
