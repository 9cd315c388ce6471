"""Folders in which a process works on files of a home, and their removal, also after the process was killed.

They lie in one folder of the home, so that what is finished can be renamed to its place. A folder belongs to a process as long as that holds the
lock on the file `.lock` in it, which ends with the process: no age tells whether it is still in use. Not here: the lake's own unfinished
files (`deltalog.py`), folders of releases (`warehouse/releases/freezing.py`).
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
    """Yields a new folder in `parent`, made if missing; at the end it is deleted with all that is still in it.

    Before, `remove_abandoned` deletes what killed processes left in `parent`.
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
    """Deletes the folders in `parent` whose process has ended, and returns them, by name. None where `parent` is missing."""
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
    """Deletes a folder. What cannot be deleted now, as a worker that outlived its command still writes there, the next call finds again."""
    shutil.rmtree(folder, ignore_errors=True)
