"""Files that are hashed while they are written, so that nobody has to read them again for their checksum.

Meanwhile a thread flushes written bytes to the disk: a release of a million rows has gigabytes, and the final fsync would otherwise have
to wait for all of them. Not here: where files are placed and made durable (`warehouse/atomic_files.py`).
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

_FLUSHED = 1 << 26
"""Bytes that are passed on to the disk at a time."""


class FileSum(NamedTuple):
    """Length and hex SHA-256 of a file."""

    size: int
    sha256: str


class HashedFile:
    """An open file that only grows, and the hash of what was written."""

    def __init__(self, file: IO[bytes], flusher: ThreadPoolExecutor) -> None:
        self._file, self._flusher = file, flusher
        self._hash, self._size, self._flushed = hashlib.sha256(), 0, 0
        self._flushing: Future[None] | None = None

    def append_bytes(self, content: bytes | memoryview) -> None:
        """Appends the bytes. OSError if the disk refuses them or has refused earlier ones."""
        self._hash.update(content)
        self._file.write(content)
        self._size += len(content)
        if self._size - self._flushed >= _FLUSHED and (self._flushing is None or self._flushing.done()):
            self._await_disk()
            self._flushed = self._size
            self._flushing = self._flusher.submit(os.fdatasync, self._file.fileno())

    def read_sum(self) -> FileSum:
        """Returns length and hash of what was written so far. OSError if the disk refused some of it."""
        self._file.flush()
        self._await_disk()
        return FileSum(self._size, self._hash.hexdigest())

    def _await_disk(self) -> None:
        if self._flushing is not None:
            self._flushing.result()
            self._flushing = None


@contextmanager
def open_hashed(path: Path) -> Iterator[HashedFile]:
    """Yields the new file at `path`; all bytes are on the disk at the end of the block."""
    with path.open("wb") as file, ThreadPoolExecutor(1) as flusher:
        yield HashedFile(file, flusher)


class MeasuredFolder:
    """A folder whose files are read once for size and hash, unless these are known already."""

    def __init__(self, folder: Path, sums: Mapping[str, FileSum]) -> None:
        self.folder, self.sums = folder, dict(sums)

    def measure_file(self, name: str) -> FileSum:
        """Returns size and hash of the file of that name, which must not change any more."""
        if name not in self.sums:
            path = self.folder / name
            with path.open("rb") as file:
                self.sums[name] = FileSum(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
        return self.sums[name]
