"""The folder in memory that tests use in place of the disk, where this machine has room for it. Not here: what is put in it."""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 -- the folders made in it are closed to others
ENOUGH = 4 << 30
"""Free bytes; the folders of a whole run take less than a quarter of it."""


def free_memory() -> int:
    """Bytes that may be had without swapping, of the machine and of its folder in memory; 0 where there is none."""
    told = Path("/proc/meminfo")
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and told.is_file()):
        return 0
    kilobytes = dict(line.split(":") for line in told.read_text(encoding="ascii").splitlines())["MemAvailable"]
    return min(shutil.disk_usage(MEMORY).free, int(kilobytes.split()[0]) << 10)
