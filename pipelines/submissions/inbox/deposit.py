"""Submission from the command line: copies a file to the department's inbox folder, under the name of its slice.

Here: the name, the default period, the copy, and which copy is read early. Not here: intake (`pipelines/intake.py`).
"""

import os
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from pipelines.submissions.inbox.early_hand_in import NOTHING_EARLY, EarlyHandIn, note_copy
from pipelines.submissions.inbox.erased_originals import describe_erased
from pipelines.submissions.inbox.inbox import (
    Arrival,
    describe_unknown_department,
    find_place_slice,
    list_arrivals,
    note_hash,
    number_arrivals,
    slice_or_finding,
)
from pipelines.submissions.inbox.shrinking import COMPLETE_WORD, is_said_complete
from pipelines.submissions.inbox.submission import SUFFIXES, is_period_open, name_original
from pipelines.submissions.inbox.taken_files import FOLDERS, file_state
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.errors import UsageError
from schemas.slices import SliceKey, containing_period
from schemas.text import Text
from warehouse.atomic_files import copy_and_hash, file_sha256, open_aside, remove_unfinished_file

LONGEST_PERIOD = 20
_UNSAFE = re.compile(r"[^0-9A-Za-z-]")
"""What a file name does not take over from a period that is written wrongly: path separators, and what ends a period there."""


def current_period(contract: Contract, day: date) -> str:
    """Returns the period of the contract's kind that contains `day`: `2026`, `2026-Q4` or `2026-11`."""
    return containing_period(contract.policy.slice.period, day)


class Target(NamedTuple):
    """Where a hand-in goes: the department's folder of the inbox, and its file name there without words after the period.

    `slice` is None if the period, or this dataset of that department, cannot be handed in: the file is received and refused.
    """

    department: str
    stem: str
    slice: SliceKey | None


def find_target(workspace: Workspace, dataset: str, department: str, period: str | None, on: date) -> Target:
    """Returns where a file for that dataset, department and period goes; without a period, the one that contains the day `on`.

    Raises UsageError if dataset or department is unknown: there is no one to whom a receipt could be given.
    """
    if dataset not in workspace.contracts:
        raise UsageError(_describe_unknown_dataset(workspace.contracts, dataset))
    contract = workspace.contracts[dataset]
    if department not in workspace.departments:
        raise UsageError(describe_unknown_department(workspace.departments, department))
    wanted_period = period or current_period(contract, on)
    found = slice_or_finding(workspace, dataset, department, wanted_period)
    if isinstance(found, SliceKey):
        return Target(department, f"{dataset}_{found.period}", found)
    return Target(department, f"{dataset}_{_UNSAFE.sub('·', wanted_period)[:LONGEST_PERIOD]}", None)


def begin_early_reading(workspace: Workspace, file: Path, target: Target, on: date, early: EarlyHandIn) -> None:
    """Begins to read the copy of a large file if the file will be judged: its period is open on that day, and its bytes were never handed in."""
    copy = early.wait_for_copy()
    if copy is None or target.slice is None or not is_period_open(workspace, target.slice, on):
        return
    if not workspace.ledger.find_entries("submission", "sha256", copy.sha256):
        early.begin_reading(workspace.contracts[target.slice.dataset], name_original(file.name))


def deposit_file(
    workspace: Workspace,
    file: Path,
    target: Target,
    on: date | None = None,
    *,
    complete: bool = False,
    early: EarlyHandIn = NOTHING_EARLY,
) -> Arrival:
    """Copies `file` into the inbox for that slice and returns its arrival; the same bytes are not copied twice.

    `on`: the day of receipt. `complete`: mark the file as complete by its name in the inbox. `early`: the copy that was begun before, if
    any. Raises UsageError if the file is missing, or its bytes are those of an original from which something was erased.
    """
    if not file.is_file():
        raise UsageError(_describe_missing(file))
    with workspace.hold_lock(
        workspace.layout.receiving_lock
    ):  # or two at once take the same free name, and one file is lost
        place = _choose_place(workspace, file, target, complete=complete)
        if place.exists():
            _refuse_erased(workspace, file, sha256 := file_sha256(place))
        else:
            sha256 = _copy_to_inbox(workspace, file, place, early)
    waiting = next((arrival for arrival in list_arrivals(workspace, on) if arrival.path == place), None)
    if waiting is not None:
        return waiting
    taken = Arrival(place, str(place.relative_to(workspace.layout.inbox)), sha256, target.slice, None)
    return number_arrivals(workspace, [taken], on)[0]


def _choose_place(workspace: Workspace, file: Path, target: Target, *, complete: bool) -> Path:
    """Returns the file's path in the inbox if it lies there under a suitable name; otherwise the path at which its bytes lie or will be put."""
    if _waits_already(workspace, file, target) and is_said_complete(file.name) >= complete:
        return workspace.layout.inbox / target.department / file.name
    stem = target.stem + (f"_{COMPLETE_WORD}" if complete or is_said_complete(file.name) else "")
    return _free_path(workspace.layout.inbox / target.department, stem, _choose_suffix(file), file)


def _copy_to_inbox(workspace: Workspace, file: Path, place: Path, early: EarlyHandIn) -> str:
    """Copies the file to that place and returns its SHA-256. Raises UsageError, without a copy, if the bytes were erased."""
    with open_aside(place) as copy:
        copied = early.wait_for_copy()
        sha256 = copied.write_to(copy) if copied else copy_and_hash(file, copy)[0]
        _refuse_erased(workspace, file, sha256)
        copy.flush()
        state = file_state(os.fstat(copy.fileno()))
        note_hash(place, state, sha256)
        if copied:
            note_copy(place, state, copied)
    return sha256


def remove_unfinished_copies(workspace: Workspace, now: datetime) -> list[Path]:
    """Removes the copies that killed commands left in the inbox, a day after their last byte, and returns them.

    They are hidden, so they were never handed in; the next hand-in under the same name writes over its own at once.
    """
    last = (now - timedelta(days=1)).timestamp()
    left = [
        path
        for path in sorted(workspace.layout.inbox.glob("*/.*.part"))
        if path.is_file() and not path.is_symlink() and path.stat().st_mtime < last
    ]
    return [path for path in left if remove_unfinished_file(path)]


def _refuse_erased(workspace: Workspace, file: Path, sha256: str) -> None:
    if erased := describe_erased(workspace, file.name, sha256):
        raise UsageError(erased)


def _describe_missing(file: Path) -> Text:
    return Text(
        zh=f"找不到文件 {file}，未收文件，不出具回执；请检查路径",
        en=f"there is no file {file}: nothing was received, there is no receipt; check the path",
    )


def _describe_unknown_dataset(contracts: Mapping[str, Contract], name: str) -> Text:
    there = "、".join(f"{one.name} {one.title.zh}" for one in contracts.values())
    return Text(
        zh=f"没有名为 {name} 的数据集，未收文件，不出具回执；数据集：{there}",
        en=f"no dataset {name}: nothing was received, there is no receipt; use one of {', '.join(contracts)}",
    )


def _choose_suffix(file: Path) -> str:
    """Returns the suffix of the copy: that of the file, unless the inbox would take it for a part of a file."""
    suffix = file.suffix.lower()
    return suffix if suffix in SUFFIXES or re.fullmatch(r"\.(?!part$)[a-z0-9]{1,10}", suffix) else ".bin"


def _waits_already(workspace: Workspace, file: Path, target: Target) -> bool:
    """Whether the file lies in the inbox under a name that says this slice."""
    inbox = workspace.layout.inbox.resolve()
    return (
        file.resolve().is_relative_to(inbox)
        and find_place_slice(workspace, file.resolve().relative_to(inbox)) == target.slice
        and not FOLDERS & set(file.resolve().relative_to(inbox).parts)
    )


def _free_path(folder: Path, stem: str, suffix: str, file: Path) -> Path:
    """Returns the first name that is free or has the bytes of `file`: `facility_2026.csv`, then `facility_2026_2.csv`."""
    for number in count(1):
        path = folder / f"{stem}{f'_{number}' if number > 1 else ''}{suffix}"
        if not path.exists() or _have_same_bytes(path, file):
            return path
    raise AssertionError("there is always another number")


def _have_same_bytes(path: Path, file: Path) -> bool:
    # Not `filecmp`: it caches its answer by size and time, and another content may have both.
    return path.is_file() and path.stat().st_size == file.stat().st_size and file_sha256(path) == file_sha256(file)
