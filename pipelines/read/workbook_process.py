"""A workbook opened in a process apart (`opener`), so that the worst file ends that process and never ours.

Here: starting it, listening to it, and saying what its end means. Not here: which sheet (`sheets`), what rows mean.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pipelines.read.reading import (
    HEADER_WITHIN,
    OPENING_BYTES,
    OPENING_SECONDS,
    OPENING_SECONDS_PER_MB,
    RAGGED_ROWS,
    refusal,
)
from pipelines.read.tabulate import Record
from pipelines.workbook_stamp import STAMP, stamp_in
from schemas.errors import UnreadableFile

_OPENER = Path(__file__).with_name("workbook_worker.py")
_SIGXCPU = -24
_MEMORY = (b"memory allocation", b"MemoryError")
Area = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Surveyed:
    """A visible sheet: its number in the workbook, first column and last row with anything in it (from 0), first rows."""

    at: int
    name: str
    left: int
    last: int
    head: tuple[Record, ...]
    merged: tuple[Area, ...]


class Opened:
    """A workbook held open by the other process."""

    def __init__(self, path: Path, process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> None:
        self._path, self._process, self._errors = path, process, errors
        told = self._heard()
        if isinstance(told, dict):
            raise {"password": locked, "corrupt": corrupt, "too-large": too_costly}[told["refused"]](path)
        surveyed = [_surveyed(sheet) for sheet in told]
        self.sheets: Sequence[Surveyed] = tuple(sheet for sheet in surveyed if sheet.name != STAMP)
        self.stamp = next((stamp_in(sheet.head) for sheet in surveyed if sheet.name == STAMP), None)

    def rows(self, sheet: Surveyed) -> Iterator[Record]:
        """All rows of one sheet from the first, as text; may be asked for once."""
        try:
            with self._process.stdin as asking:  # type: ignore[union-attr]  # opened with a pipe
                asking.write(f"{sheet.at}\n".encode())
        except BrokenPipeError as wrong:
            raise self._ended() from wrong
        while batch := self._heard():
            yield from batch

    def _heard(self) -> Any:  # noqa: ANN401 - one JSON value; `opener` says which comes when
        line = self._process.stdout.readline()  # type: ignore[union-attr]  # opened with a pipe
        if not line.endswith(b"\n"):
            raise self._ended()
        return json.loads(line)

    def _ended(self) -> UnreadableFile:
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read()
        if code == _SIGXCPU or any(word in said for word in _MEMORY):
            return too_costly(self._path)
        return corrupt(self._path)


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The workbook, open until the block is left.

    Raises UnreadableFile: password, corrupt, too-large (memory or time).
    """
    limits = [str(limit) for limit in (OPENING_BYTES, _seconds(path), HEADER_WITHIN, RAGGED_ROWS, STAMP)]
    # The interpreter is our own and the path is one argument, never a shell's; it is absolute, so it is no option either.
    command = [sys.executable, "-I", str(_OPENER), str(path.absolute()), *limits]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env={"RUST_BACKTRACE": "0"}
        )
        with process:
            try:
                yield Opened(path, process, errors)
            finally:
                process.kill()


def corrupt(path: Path) -> UnreadableFile:
    """The refusal of a workbook that cannot be opened."""
    return refusal(
        "corrupt",
        f"“{path.name}”已损坏或不是工作簿，打不开；请在 Excel 或 WPS 中打开原文件，另存为新的 XLSX 后再交",
        f"“{path.name}” is damaged or no workbook and cannot be opened; open the original in Excel or WPS and save it as a new XLSX",
    )


def locked(path: Path) -> UnreadableFile:
    """The refusal of a workbook that wants a password."""
    return refusal(
        "password",
        f"“{path.name}”设有打开密码；请在“文件—信息—保护工作簿”中取消密码，另存后再交",
        f"“{path.name}” is protected by a password; remove it under File – Info – Protect Workbook and save it again",
    )


def _seconds(path: Path) -> int:
    return OPENING_SECONDS + OPENING_SECONDS_PER_MB * (path.stat().st_size >> 20)


def too_costly(path: Path) -> UnreadableFile:
    """The refusal of a workbook that needs more memory or time than any table of ours."""
    return refusal(
        "too-large",
        f"打开“{path.name}”需要超过 {OPENING_BYTES >> 20} MB 内存或 {_seconds(path)} 秒（常因数据下方或右侧很远处还有内容）；"
        "请把数据复制到新的采集模板，或改交 CSV",
        f"opening “{path.name}” takes more than {OPENING_BYTES >> 20} MB of memory or {_seconds(path)} s (often something stands "
        "far below or right of the data); copy the data into a new template, or send CSV",
    )


def _surveyed(told: dict[str, Any]) -> Surveyed:
    areas = tuple(((top, left), (bottom, right)) for (top, left), (bottom, right) in told["merged"])
    return Surveyed(told["at"], told["name"], told["left"], told["last"], tuple(told["head"]), areas)
