"""Submission from the command line: copies a file to the department's inbox folder, under the name of its slice.

Here: the name, the default period, and the copy. Not here: intake (`pipelines/intake.py`).
"""

import shutil
from datetime import date
from itertools import count
from pathlib import Path

from pipelines.submissions.inbox import (
    Arrival,
    find_place_slice,
    list_arrivals,
    number_arrivals,
    slice_or_finding,
)
from pipelines.submissions.periods import find_period_problem
from pipelines.submissions.shrinking import COMPLETE_WORD, is_said_complete
from pipelines.submissions.submission import SUFFIXES
from pipelines.submissions.taken_files import TAKEN
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.contract import Contract, find_contract
from schemas.errors import UsageError
from schemas.slices import SliceKey, containing_period
from schemas.text import Text
from warehouse.atomic_files import file_sha256


def current_period(contract: Contract, day: date) -> str:
    """Returns the period of the contract's kind that contains `day`: `2026`, `2026-Q4` or `2026-11`."""
    return containing_period(contract.policy.slice.period, day)


def find_slice(workspace: Workspace, dataset: str, department: str, period: str | None, on: date) -> SliceKey:
    """Returns the slice of dataset, department and period; without a period, of the one that contains the day `on`.

    Raises UsageError, which says which of the three is unknown or not allowed on that day, and what is allowed.
    """
    contract = find_contract(workspace.contracts, dataset)
    found = slice_or_finding(workspace, dataset, department, period or current_period(contract, on))
    if isinstance(found, SliceKey):
        found = find_period_problem(contract, found.period, on) or found
    if isinstance(found, Finding):
        mend = found.mend or Text(zh="", en="")
        raise UsageError(Text(zh=f"{found.message.zh}。{mend.zh}", en=f"{found.message.en}; {mend.en}"))
    return found


def deposit_file(workspace: Workspace, file: Path, key: SliceKey, *, complete: bool = False) -> Arrival:
    """Copies `file` into the inbox for that slice and returns its arrival; the same bytes are not copied twice.

    `complete`: its name there says that the file is complete. Raises UsageError if the file is missing or its suffix is not supported.
    """
    suffix = file.suffix.lower()
    if not file.is_file():
        raise UsageError(Text(zh=f"找不到文件 {file}，请检查路径", en=f"there is no file {file}; check the path"))
    if suffix not in SUFFIXES:
        kinds = "、".join(sorted(SUFFIXES))
        raise UsageError(
            Text(
                zh=f"不支持 {suffix or '无扩展名'} 的文件，可用：{kinds}",
                en=f"files ending in {suffix!r} cannot be read; use one of {kinds}",
            )
        )
    folder = workspace.layout.inbox / key.department
    stem = f"{key.dataset}_{key.period}" + (f"_{COMPLETE_WORD}" if complete or is_said_complete(file.name) else "")
    target = (
        folder / file.name
        if _waits_already(workspace, file, key) and is_said_complete(file.name) >= complete
        else _free_target(folder, stem, suffix, file_sha256(file))
    )
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        shutil.copyfile(file, partial)
        partial.replace(target)
    waiting = next((arrival for arrival in list_arrivals(workspace) if arrival.path == target), None)
    taken = Arrival(target, str(target.relative_to(workspace.layout.inbox)), file_sha256(file), key, None)
    return waiting or number_arrivals(workspace, [taken])[0]


def _waits_already(workspace: Workspace, file: Path, key: SliceKey) -> bool:
    """Whether the file lies in the inbox under a name that says this slice."""
    inbox = workspace.layout.inbox.resolve()
    return (
        file.resolve().is_relative_to(inbox)
        and find_place_slice(workspace, file.resolve().relative_to(inbox)) == key
        and TAKEN not in file.resolve().relative_to(inbox).parts
    )


def _free_target(folder: Path, stem: str, suffix: str, sha256: str) -> Path:
    """Returns the first name that is free or has these bytes: `facility_2026.csv`, then `facility_2026_2.csv`."""
    for number in count(1):
        path = folder / f"{stem}{f'_{number}' if number > 1 else ''}{suffix}"
        if not path.exists() or file_sha256(path) == sha256:
            return path
    raise AssertionError("there is always another number")
