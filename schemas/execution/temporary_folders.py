"""Temporary folders where the system keeps such files (`TMPDIR`), and their removal after a process was killed.

They may hold rows of a file with personal data, or data that a query has spilled. A folder is in use as long as a process holds the lock
on a file in it; the lock ends with the process. Not here: working folders of a home (`warehouse/working_folders.py`).
"""

import atexit
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

from schemas.errors import UsageError
from schemas.text import Text

_PREFIX = "sportlake-"
_LOCK = ".held-by-sportlake"
"""The file by which a folder is known as one of ours: what else a person calls `sportlake-…` is left alone."""
_MADE_WITHIN = 60.0
"""Seconds after which who makes a folder holds its lock."""


@contextmanager
def open_temporary_folder() -> Iterator[Path]:
    """Yields a new empty folder, which is deleted at the end of the block with everything in it.

    The first call in a process also deletes what this user's killed processes left. Raises UsageError if DuckDB would read the path as a
    pattern.
    """
    _require_plain_path(tempfile.gettempdir())
    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as made, (Path(made) / _LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = Path(made) / "files"
        folder.mkdir()
        yield folder


def make_temporary_folder() -> Path:
    """Returns a new empty folder, which is deleted when the process ends; otherwise as `open_temporary_folder`."""
    held = ExitStack()
    atexit.register(held.close)
    return held.enter_context(open_temporary_folder())


def _require_plain_path(place: str) -> None:
    # DuckDB reads these in the path of a file as a pattern or a separator, and might read files of another folder.
    if wrong := sorted(set("*?[\\").intersection(place)):
        signs = " ".join(wrong)
        raise UsageError(
            Text(
                zh=f"存放临时文件的文件夹路径中不能有 {signs}：{place}；请把环境变量 TMPDIR 设为其他文件夹",
                en=f"the path of the folder for temporary files must not have {signs}: {place}; set TMPDIR to another folder",
            )
        )


@cache
def _remove_abandoned() -> None:
    with tempfile.TemporaryFile() as new:  # as late as the file system says it is
        latest = os.fstat(new.fileno()).st_mtime - _MADE_WITHIN
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):  # in use, or deleted meanwhile
            _remove_if_abandoned(lock, latest)


def _remove_if_abandoned(lock: Path, latest: float) -> None:
    about = lock.lstat()
    if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid() or about.st_mtime > latest:
        return
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock.parent)
