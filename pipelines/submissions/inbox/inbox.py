"""Files in the inbox: `inbox/<department>/<dataset>_<period>[_anything].<suffix>`.

Here: finding files and reading the slice from their names. The dataset is given by its ASCII name or its Chinese title.
This module only reads the inbox, and only what waits there: taken files are in a folder of their own (`taken_files.py`). Not
here: opening the files.
"""

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from pipelines.field_help import period_example
from pipelines.submissions.inbox.submission import HandIn, choose_number, is_period_open
from pipelines.submissions.inbox.taken_files import FOLDERS, NUMBERED, FileState, read_state
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.contract import Contract
from schemas.departments import Department, name_departments
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.atomic_files import file_sha256

_BEFORE_PERIOD, _AFTER_PERIOD = "_- —(", "年) "
"""What people write between a name and its period, and after the period."""
_LEAST_PART, _MOST_NEAR = 2, 5
"""Characters of a part of a name that tells which datasets may be meant, and how many of these are named."""

_LARGE_FILE = 16 << 20
"""Bytes from which a file is hashed once for each of its states."""
_HASHES_KEPT = 64
_KNOWN_HASHES: dict[tuple[Path, FileState], str] = {}
"""The hashes of large files as they were last seen by this process."""


@dataclass(frozen=True)
class Arrival:
    """One file in the inbox, or one that was received and is not finished; exactly one of `slice` and `problem` is set.

    `place` is its path below the inbox, `number` the number that its submission has or will have, `changed` the time of its last
    change in nanoseconds.
    """

    path: Path
    place: str
    sha256: str
    slice: SliceKey | None
    problem: Finding | None
    number: str = ""
    changed: int = 0


def list_arrivals(workspace: Workspace, on: date | None = None) -> list[Arrival]:
    """Returns every file that waits in the inbox in processing order: referenced datasets first, then by period and file time.

    Files without a slice come before all others. `on`: the day on which they will be received, as in `number_arrivals`.
    """
    found = [read_arrival(workspace, path) for path in _list_files(workspace.layout.inbox)]
    return number_arrivals(workspace, sort_arrivals(workspace, [one for one in found if one is not None]), on)


def sort_arrivals(workspace: Workspace, found: Sequence[Arrival]) -> list[Arrival]:
    """Returns the arrivals in processing order."""
    order = {name: at for at, name in enumerate(workspace.contracts)}
    return sorted(
        found,
        key=lambda a: (
            order.get(a.slice.dataset, -1) if a.slice else -1,
            a.slice.period if a.slice else "",
            a.changed,
            str(a.path),
        ),
    )


def number_arrivals(workspace: Workspace, waiting: Sequence[Arrival], on: date | None = None) -> list[Arrival]:
    """Returns the files with the numbers that they get if they are received in this order on that day.

    Without the day, a file that was refused for its period keeps its number although the period may have begun since.
    """
    ahead: dict[str, list[HandIn]] = {}
    numbered = []
    for arrival in waiting:
        place = str(arrival.slice) if arrival.slice else arrival.place
        before = ahead.setdefault(place, [])
        number = choose_number(
            workspace.ledger,
            place,
            arrival.sha256,
            arrival.path.name,
            before,
            may_submit_now=is_period_open(workspace, arrival.slice, on),
        )
        before.append(HandIn(arrival.sha256, number, arrival.path.name))
        numbered.append(replace(arrival, number=number))
    return numbered


def read_arrival(workspace: Workspace, path: Path) -> Arrival | None:
    """Returns a file of the inbox as an arrival without a number yet, and without a hash if it may not be read.

    None if it was taken meanwhile.
    """
    place = path.relative_to(workspace.layout.inbox)
    try:
        state = read_state(path)
        sha256 = file_sha256(path) if state.size < _LARGE_FILE else _hash_unchanged(path, state)
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    except PermissionError:
        sha256, changed = "", 0
    found = find_place_slice(workspace, place)
    slice_, problem = (None, found) if isinstance(found, Finding) else (found, None)
    return Arrival(path, str(place), sha256, slice_, problem, changed=changed)


def _hash_unchanged(path: Path, state: FileState) -> str:
    """Returns the hash of a large file, cached by its state: one command lists it several times. A stored file is hashed again while it is copied."""
    if (path, state) not in _KNOWN_HASHES:
        note_hash(path, state, file_sha256(path))
    return _KNOWN_HASHES[path, state]


def note_hash(path: Path, state: FileState, sha256: str) -> None:
    """Caches the hash of a file that was just written or read, until its state changes."""
    while len(_KNOWN_HASHES) >= _HASHES_KEPT:
        _KNOWN_HASHES.pop(next(iter(_KNOWN_HASHES)))
    _KNOWN_HASHES[path, state] = sha256


def find_place_slice(workspace: Workspace, place: Path) -> SliceKey | Finding:
    """Returns the slice that a path below the inbox says, or a finding about what is wrong with it."""
    dataset, period = split_filename(workspace, place.stem)
    return slice_or_finding(workspace, dataset, place.parent.as_posix(), period)


def split_filename(workspace: Workspace, stem: str) -> tuple[str, str]:
    """Returns dataset and period of a file name without its suffix; "" for a period that is missing.

    The longest dataset name wins (`facility_opening`, not `facility`), in capitals too. The period may follow without `_`, and with 年;
    the number of a receipt before the name, as taken files have it, is left out. A name with no known dataset gives what stands
    before its first `_`.
    """
    stem = unicodedata.normalize("NFKC", NUMBERED.sub("", stem))
    named = {name: name for name in workspace.contracts}
    named |= {contract.title.zh: name for name, contract in workspace.contracts.items()}
    for text in sorted(named, key=len, reverse=True):
        if stem.casefold().startswith(text.casefold()) and not _goes_on(text, rest := stem[len(text) :]):
            period = rest.lstrip(_BEFORE_PERIOD).split("_", 1)[0]
            return named[text], period if "(" in period else period.rstrip(_AFTER_PERIOD)
    return stem.split("_", 1)[0], ""


def _goes_on(name: str, rest: str) -> bool:
    """Whether `name` is only the beginning of a longer ASCII word in the file name, as `event` is of `events`."""
    return name.isascii() and rest[:1].isalpha()


def slice_or_finding(workspace: Workspace, dataset: str, department: str, period: str) -> SliceKey | Finding:
    """Returns the slice of dataset, department and period, or a finding that says which is unknown or not allowed."""
    if dataset not in workspace.contracts:
        return _unknown_dataset(workspace, dataset)
    if department not in workspace.departments:
        lies = (
            Text(zh=f"（现位于“{department}”）", en=f' but in "{department}"')
            if department != "."
            else Text(zh="", en="")
        )
        return _make_finding(
            "unknown-department",
            department,
            zh=f"文件未放入单位收件夹{lies.zh}，请移至 inbox/〈单位代码〉/",
            en=f"the file is in no department's folder{lies.en}; move it to inbox/<department>/",
            mend_zh=f"单位代码：{name_departments(workspace.departments.values()).zh}",
            mend_en=f"departments: {name_departments(workspace.departments.values()).en}",
        )
    contract = workspace.contracts[dataset]
    if not may_submit(contract, workspace.departments[department]):
        allowed = [one for one in workspace.departments.values() if may_submit(contract, one)]
        return _make_finding(
            "not-a-submitter",
            department,
            zh=f"“{contract.title.zh}”不由{workspace.departments[department].zh}报送",
            en=f'"{contract.title.en}" is not handed in by {workspace.departments[department].en}',
            mend_zh=f"报送单位：{name_departments(allowed).zh}",
            mend_en=f"it is handed in by {name_departments(allowed).en}",
        )
    return _slice_in_period(contract, department, period)


def describe_unknown_department(departments: Mapping[str, Department], code: str) -> Text:
    """Returns that there is no such department, and which there are."""
    return Text(
        zh=f"没有代码为“{code}”的报送单位，未收文件，不出具回执；单位代码：{name_departments(departments.values()).zh}",
        en=f"no department {code}: nothing was received, there is no receipt; use one of {name_departments(departments.values()).en}",
    )


def may_submit(contract: Contract, department: Department) -> bool:
    """Whether the contract names that department as a submitter, by code or by kind."""
    return bool({department.code, department.kind} & set(contract.policy.submitters))


def _slice_in_period(contract: Contract, department: str, period: str) -> SliceKey | Finding:
    example = period_example(contract)
    if not period:
        return _make_finding(
            "unknown-period",
            period,
            zh=f"文件名中没有期间；“{contract.title.zh}”的期间写在名称之后，如 {contract.title.zh}_{example}",
            en=f"the file name has no period; write it after the name, such as {contract.name}_{example}",
            mend_zh=f"请将文件命名为 {contract.title.zh}_{example} 或 {contract.name}_{example}，后缀不变",
            mend_en=f"name the file {contract.name}_{example} or {contract.title.zh}_{example} and keep its suffix",
        )
    if not re.fullmatch(contract.policy.slice.pattern, period):
        return _make_finding(
            "unknown-period",
            period,
            zh=f"期间“{period}”不符合要求，“{contract.title.zh}”的期间应写作 {example}",
            en=f'"{period}" is not a period of {contract.name}; write it as {example}',
            mend_zh=f"请将文件命名为 {contract.name}_{example}，后缀不变",
            mend_en=f"name the file {contract.name}_{example} and keep its suffix",
        )
    return SliceKey(dataset=contract.name, department=department, period=period)


def _list_files(inbox: Path) -> Iterator[Path]:
    if not inbox.is_dir():
        return
    for folder, names, files in os.walk(inbox, followlinks=False):
        names[:] = sorted(name for name in names if name not in FOLDERS and not name.startswith("."))
        for name in sorted(files):
            path = Path(folder) / name
            if (
                path.is_file()
                and not path.is_symlink()
                and not name.startswith((".", "~$"))
                and not name.endswith(".part")
            ):
                yield path


def _unknown_dataset(workspace: Workspace, dataset: str) -> Finding:
    named = {name: f"{name}（{one.title.zh}）" for name, one in workspace.contracts.items()}
    near = _find_near_datasets(workspace, dataset)
    meant_zh = f"疑似 {'、'.join(named[name] for name in near)}；" if near else ""
    meant_en = f" ({', '.join(near)} may be meant)" if near else ""
    return _make_finding(
        "unknown-dataset",
        dataset,
        zh=f"没有名为“{dataset}”的数据集",
        en=f'there is no dataset "{dataset}"',
        mend_zh=f"请将文件命名为 <数据集>_<期间>，后缀不变；{meant_zh}数据集为：{'、'.join(named.values())}",
        mend_en=f"name the file <dataset>_<period> and keep its suffix{meant_en}; the dataset is one of {', '.join(named)}",
    )


def _find_near_datasets(workspace: Workspace, dataset: str) -> list[str]:
    """Returns the names of the datasets whose name or Chinese title is like that text, or has it as a part."""
    texts = {text: name for name, one in workspace.contracts.items() for text in (name, one.title.zh)}
    key = re.sub(r"\d.*", "", dataset).casefold().rstrip("_- ")
    parts = [text for text in texts if len(key) >= _LEAST_PART and key in text]
    return [*dict.fromkeys(texts[text] for text in (*parts, *get_close_matches(key, texts)))][:_MOST_NEAR]


def _make_finding(kind: str, value: str, *, zh: str, en: str, mend_zh: str, mend_en: str) -> Finding:
    return Finding(
        judge="table",
        type=kind,
        severity="error",
        value=value[:200],
        message=Text(zh=zh, en=en),
        mend=Text(zh=mend_zh, en=mend_en),
    )
