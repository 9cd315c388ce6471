"""Opening of a workbook in a separate process (`workbook_worker`), so that a damaged or hostile file cannot end ours.

The process is started here, its answers are read, and its early end becomes a refusal. Not here: choosing the sheet
(`sheets`), what rows mean.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import IO, Any

from pipelines.read.reading import (
    HEADER_WITHIN,
    OPENING_BYTES,
    OPENING_SECONDS,
    OPENING_SECONDS_PER_MB,
    RAGGED_ROWS,
    WORKBOOK_CHARACTERS,
    refuse_file,
)
from pipelines.read.tables.gathered_rows import Record
from pipelines.workbook_stamp import GUIDE_SHEET, STAMP, is_marked_complete, read_stamp
from schemas.errors import UnreadableFile

_WORKER = Path(__file__).with_name("workbook_worker.py")
_SIGXCPU = -24
_MEMORY = (b"memory allocation", b"MemoryError")
Area = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class WorkbookSurvey:
    """One sheet: index in the workbook, name, first used column, last used row (from 0), first rows, merged areas."""

    at: int
    name: str
    left: int
    last: int
    head: tuple[Record, ...]
    merged: tuple[Area, ...]


class OpenedWorkbook:
    """A workbook held open by the worker process; `sheets`: the visible sheets; `hidden`: the names of the others; `stamp`: our stamp, None if it has none.

    `complete`: whether its sheet of instructions says that the file is complete. Raises UnreadableFile on construction: password, corrupt, too-large.
    """

    def __init__(self, path: Path, process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> None:
        self._path, self._process, self._errors = path, process, errors
        answer = self._read_answer()
        if isinstance(answer, dict):
            raise {"password": password_error, "corrupt": corrupt_error, "too-large": too_costly_error}[
                answer["refused"]
            ](path)
        surveyed = [_parse_survey(sheet) for sheet in answer[0]]
        self.hidden: Sequence[str] = tuple(answer[1])
        self.sheets: Sequence[WorkbookSurvey] = tuple(sheet for sheet in surveyed if sheet.name != STAMP)
        self.complete = any(is_marked_complete(sheet.head) for sheet in surveyed if sheet.name == GUIDE_SHEET)
        self.stamp = next((read_stamp(sheet.head) for sheet in surveyed if sheet.name == STAMP), None)

    def read_rows(self, sheet: WorkbookSurvey, moments: Mapping[int, str]) -> Iterator[Record]:
        """Yields all rows of one sheet from the first, as text; may be called once per workbook.

        `moments` gives the format of dates and times at a position of the rows, where it is not ISO 8601.

        Raises UnreadableFile: too-large (also if all texts together are too long), corrupt, if the process ends early.
        """
        try:
            with self._process.stdin as stdin:  # type: ignore[union-attr]  # opened with a pipe
                stdin.write(f"{json.dumps([sheet.at, moments])}\n".encode())
        except BrokenPipeError as wrong:
            raise self._ended_error() from wrong
        while batch := self._read_answer():
            if isinstance(batch, dict):
                raise _long_text_error(self._path)
            yield from batch

    def _read_answer(self) -> Any:  # noqa: ANN401 - one JSON value; `workbook_worker` documents their order
        line = self._process.stdout.readline()  # type: ignore[union-attr]  # opened with a pipe
        if not line.endswith(b"\n"):
            raise self._ended_error()
        return json.loads(line)

    def _ended_error(self) -> UnreadableFile:
        code = self._process.wait()
        self._errors.seek(0)
        error_output = self._errors.read()
        if code == _SIGXCPU or any(word in error_output for word in _MEMORY):
            return too_costly_error(self._path)
        return corrupt_error(self._path)


@contextmanager
def open_workbook(path: Path) -> Iterator[OpenedWorkbook]:
    """Opens a workbook until the end of the `with` block, which kills the process.

    Raises UnreadableFile: password, corrupt, too-large (memory or time).
    """
    arguments = (OPENING_BYTES, _cpu_seconds_limit(path), HEADER_WITHIN, RAGGED_ROWS, STAMP, WORKBOOK_CHARACTERS)
    limits = [str(limit) for limit in arguments]
    # Runs our own interpreter without a shell; the path is one argument, and absolute, so it is never an option.
    # Without `site`, which reads every .pth file of the installation: that takes longer than a small workbook.
    command = [sys.executable, "-I", "-S", str(_WORKER), _find_packages(), str(path.absolute()), *limits]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env={"RUST_BACKTRACE": "0"}
        )
        with process:
            try:
                yield OpenedWorkbook(path, process, errors)
            finally:
                process.kill()


@cache
def _find_packages() -> str:
    """Returns the folder in which the reader of workbooks is installed."""
    return str(distribution("python-calamine").locate_file(""))


def corrupt_error(path: Path) -> UnreadableFile:
    """Returns the exception (kind `corrupt`) for a workbook that cannot be opened."""
    return refuse_file(
        "corrupt",
        f"“{path.name}”已损坏或不是工作簿，无法打开；请在 Excel 或 WPS 中打开原文件，另存为新的 XLSX 后重新报送",
        f"“{path.name}” is damaged or no workbook and cannot be opened; open the original in Excel or WPS and save it as a new XLSX",
    )


def password_error(path: Path) -> UnreadableFile:
    """Returns the exception (kind `password`) for a workbook that is protected by a password."""
    return refuse_file(
        "password",
        f"“{path.name}”设有打开密码；请在“文件—信息—保护工作簿”中取消密码，另存后重新报送",
        f"“{path.name}” is protected by a password; remove it under File – Info – Protect Workbook and save it again",
    )


def _cpu_seconds_limit(path: Path) -> int:
    return OPENING_SECONDS + OPENING_SECONDS_PER_MB * (path.stat().st_size >> 20)


def too_costly_error(path: Path) -> UnreadableFile:
    """Returns the exception (kind `too-large`) for a workbook that takes too much memory or time to open."""
    return refuse_file(
        "too-large",
        f"打开“{path.name}”需要超过 {OPENING_BYTES >> 20} MB 内存或 {_cpu_seconds_limit(path)} 秒（常因数据下方或右侧很远处还有内容）；"
        "请把数据复制到新的采集模板，或改用 CSV 报送",
        f"opening “{path.name}” takes more than {OPENING_BYTES >> 20} MB of memory or {_cpu_seconds_limit(path)} s (often something stands "
        "far below or right of the data); copy the data into a new template, or send CSV",
    )


def _long_text_error(path: Path) -> UnreadableFile:
    return refuse_file(
        "too-large",
        f"“{path.name}”的单元格文字合计超过 {WORKBOOK_CHARACTERS} 个字符（常因同一段长文字在许多行中重复）；请缩短重复的文字，或改用 CSV 报送",
        f"the cells of “{path.name}” hold more than {WORKBOOK_CHARACTERS} characters together (often a long text stands in many rows); "
        "shorten the text that repeats, or send CSV",
    )


def _parse_survey(survey: dict[str, Any]) -> WorkbookSurvey:
    areas = tuple(((top, left), (bottom, right)) for (top, left), (bottom, right) in survey["merged"])
    return WorkbookSurvey(survey["at"], survey["name"], survey["left"], survey["last"], tuple(survey["head"]), areas)
