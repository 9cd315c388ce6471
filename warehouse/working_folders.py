"""Folders in which a process works on files of a home, and their removal, also after the process was killed.

They lie in one folder of the home, so that finished files can be renamed to their place. A folder is in use as long as a process holds
the lock on the file `.lock` in it; the lock ends with the process. The age of a folder does not matter. Not here: the lake's own
unfinished files (`deltalog.py`), folders of releases (`warehouse/releases/freezing.py`).
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from warehouse.atomic_files import hold_lock, make_folder, try_lock

_LOCK = ".lock"


@contextmanager
def open_working_folder(parent: Path) -> Iterator[Path]:
    """Yields a new folder in `parent`, which is created if missing; at the end of the block it is deleted with everything still in it.

    First, `remove_abandoned` deletes what killed processes left in `parent`.
    """
    make_folder(parent)
    remove_abandoned(parent)
    with ExitStack() as held:
        with hold_lock(parent / _LOCK):
            folder = Path(mkdtemp(dir=parent))
            held.enter_context(hold_lock(folder / _LOCK))
        try:
            yield folder
        finally:
            with hold_lock(parent / _LOCK):
                _delete_folder(folder)


def remove_abandoned(parent: Path) -> list[Path]:
    """Deletes the folders in `parent` whose process has ended, and returns them sorted by name; empty if `parent` is missing."""
    removed: list[Path] = []
    if not parent.is_dir():
        return removed
    with hold_lock(parent / _LOCK):
        for folder in sorted(path for path in parent.iterdir() if path.is_dir()):
            with try_lock(folder / _LOCK, shared=False) as ours:
                if ours:
                    _delete_folder(folder)
                    removed.append(folder)
    return removed


def _delete_folder(folder: Path) -> None:
    """Deletes a folder. If it cannot be deleted now, because a worker that outlived its command still writes there, the next call deletes it."""
    shutil.rmtree(folder, ignore_errors=True)
