"""A large file that a command hands in: copied, hashed and read in a thread while the rest of the command is still being loaded.

The copy lies in a folder of this process, where nobody else writes. It becomes the stored original, as long as the file in the inbox is as this process
left it; otherwise, and for every file that comes by another way, what is in the inbox is copied and hashed when it is received.
Not here: where the file goes (`deposit.py`), receiving it (`submission.py`), judging it (`pipelines/submissions/validation.py`).
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import IO, TYPE_CHECKING, NamedTuple

from pipelines.submissions.inbox.taken_files import LARGEST_FILE, FileState, read_state
from schemas.execution.ahead import run_until
from warehouse.atomic_files import COPIED, copy_and_hash
from warehouse.layout import Layout
from warehouse.working_folders import open_working_folder

if TYPE_CHECKING:
    from pipelines.read import Reading
    from schemas.contract import Contract

SMALLEST_FILE = 16 << 20
"""Bytes from which a file is worth a thread: a smaller one is copied and read in less time than the command takes to load."""

_CANNOT_SEND = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})
"""What a file system says that does not copy from file to file, before it has copied anything."""


class PrivateCopy(NamedTuple):
    """A copy of a file in a folder of this process, its SHA-256, and whether fsync succeeded (`durable`, a future)."""

    file: Path
    sha256: str
    durable: "Future[bool]"

    def write_to(self, target: IO[bytes]) -> str:
        """Writes the bytes to a file and returns their SHA-256."""
        with self.file.open("rb") as source:
            try:
                # sendfile copies within the kernel: it takes no memory of this process, and holds no interpreter lock.
                while os.sendfile(target.fileno(), source.fileno(), None, LARGEST_FILE):
                    pass
            except OSError as refused:
                if refused.errno not in _CANNOT_SEND:
                    raise
                shutil.copyfileobj(source, target, COPIED)
        return self.sha256


_COPIES: dict[tuple[Path, FileState], PrivateCopy] = {}
"""The copies, by the file in the inbox that has the same bytes and its state when this process left it."""
_READINGS: "dict[FileState, tuple[Contract, Future[Reading]]]" = {}
"""The readings that were begun, by the state of the copy that is read; the copy keeps its state when it becomes the original."""


class EarlyHandIn:
    """The early work on one file: a thread copies it and then reads it, another one waits for the disk. `NOTHING_EARLY` does nothing."""

    def __init__(
        self,
        pool: ThreadPoolExecutor | None = None,
        copying: "Future[PrivateCopy | None] | None" = None,
        ended: Event | None = None,
    ) -> None:
        self._pool, self._copying, self._ended = pool, copying, ended or Event()

    def wait_for_copy(self) -> PrivateCopy | None:
        """Returns the copy when it is complete; None if the file was not copied, or could not be."""
        return self._copying.result() if self._copying else None

    def begin_reading(self, contract: "Contract", name: str) -> None:
        """Begins to read the copy, for `take_reading`. `name`: file name of the stored original, which messages about an unreadable file quote."""
        from pipelines.read import read_file  # noqa: PLC0415 -- loaded while the file is copied

        copy = self.wait_for_copy()
        if copy is None or self._pool is None:
            return
        with suppress(OSError):  # on a file system without hard links the file is read when it is judged
            # The copy is moved while it is read, and a reader opens its file several times.
            os.link(copy.file, linked := copy.file.with_name(name))
            read = partial(read_file, linked, contract)
            _READINGS[read_state(linked)] = contract, self._pool.submit(run_until, self._ended, read)


NOTHING_EARLY = EarlyHandIn()


@contextmanager
def begin_hand_in(file: Path, layout: Layout) -> Iterator[EarlyHandIn]:
    """Yields the early work on a file, which begins at once if the file is large; leftovers are deleted at the end of the block.

    A file is not copied if it is too large to be kept, or lies in the inbox already, or if the home has no inbox: the folder may be no
    installation, and nothing is written to it before the hand-in is accepted.
    """
    with ExitStack() as held:
        folder = None
        # Errors of the file or the disk are reported by the later step that needs the copy.
        with suppress(OSError):
            if _is_worth_copying(file, layout):
                folder = held.enter_context(open_working_folder(layout.working))
        if folder is None:
            yield NOTHING_EARLY
            return
        held.callback(_READINGS.clear)
        held.callback(_COPIES.clear)
        pool, ended = held.enter_context(ThreadPoolExecutor(2)), Event()
        held.callback(ended.set)  # a file that is not handed in after all, and Ctrl-C, keep nobody waiting
        yield EarlyHandIn(pool, pool.submit(_copy_file, file, folder / "bytes", ended.is_set, pool), ended)


def note_copy(file: Path, state: FileState, copy: PrivateCopy) -> None:
    """Notes that a file of the inbox has the bytes of the copy, for as long as the file is in that state."""
    _COPIES[file, state] = copy


def take_copy(file: Path) -> PrivateCopy | None:
    """Returns the noted copy of a file of the inbox, once; the caller may move it. None if the file has changed since, or fsync of the copy failed."""
    copy = _COPIES.pop((file, read_state(file)), None) if _COPIES else None
    return copy if copy and copy.durable.result() else None


def take_reading(file: Path, contract: "Contract") -> "Reading | None":
    """Returns the reading of a stored original, once; None if none was begun with that contract. Raises as `read_file` does."""
    begun = _READINGS.pop(read_state(file), None) if _READINGS else None
    return begun[1].result() if begun and begun[0] is contract else None


def _is_worth_copying(file: Path, layout: Layout) -> bool:
    return (
        layout.inbox.is_dir()
        and file.is_file()
        and SMALLEST_FILE <= file.stat().st_size <= LARGEST_FILE
        and not file.resolve().is_relative_to(layout.inbox.resolve())
    )


def _copy_file(
    file: Path, target: Path, is_given_up: Callable[[], bool], pool: ThreadPoolExecutor
) -> PrivateCopy | None:
    with suppress(OSError), target.open("wb") as copy:
        sha256, _ = copy_and_hash(file, copy, is_given_up)
        copy.flush()
        # Begun now, so that nobody waits for the disk when the copy becomes the original.
        return PrivateCopy(target, sha256, pool.submit(_make_durable, target.open("rb")))
    return None


def _make_durable(copy: IO[bytes]) -> bool:
    """Calls fsync on an open file, which may be moved meanwhile; returns False if it fails. A second fsync would not report the failure again."""
    with copy, suppress(OSError):
        os.fsync(copy.fileno())
        return True
    return False
