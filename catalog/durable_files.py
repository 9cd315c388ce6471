"""Files of the catalogues that survive a loss of power: fsync, and replacement by a finished file.

`warehouse/atomic_files.py` has the same two for everything above the warehouse; `catalog` may not import it. Not here: which
files are written, or where.
"""

import os
from pathlib import Path


def fsync_path(path: Path) -> None:
    """Calls fsync on a file or a folder; on return its bytes, or the folder's list of names, survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_durably(aside: Path, target: Path) -> None:
    """Calls fsync on the finished file `aside`, renames it over `target`, and calls fsync on the folder of `target`."""
    fsync_path(aside)
    aside.replace(target)
    fsync_path(target.parent)
