"""Submissions: one hand-in of one file for one slice. Here: its number, and storing the untouched original.

Not here: the content of the file, or the outcome.
"""

import hashlib
import os
import shutil
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from pipelines.submissions.inbox.early_hand_in import take_copy
from pipelines.submissions.inbox.periods import PROBLEMS as PERIOD_PROBLEMS
from pipelines.submissions.inbox.periods import find_period_problem
from pipelines.submissions.inbox.shrinking import is_said_complete
from pipelines.submissions.inbox.taken_files import LARGEST_FILE
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.errors import UnreadableFile, UsageError
from schemas.frozen_model import FrozenModel
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.atomic_files import copy_and_hash, file_sha256, place_folder
from warehouse.lake.standing import find_last_hand_in, hand_in_order, is_retracted
from warehouse.ledger.ledger import Ledger
from warehouse.working_folders import open_working_folder

# Numbers are read out over the telephone, so 0, 1, I and O are not used.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SUFFIXES = frozenset(
    {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".geojson", ".parquet", ".zip"}
)
ELSEWHERE = "elsewhere"
"""Stands for the department of a file that lay in no department's folder."""


class ErasedOriginal(FrozenModel):
    """What an erasure left of an original: the SHA-256 of the copy without the values, None if the file had to be removed."""

    erasure: str
    order: str
    sha256: str | None


class Submission(FrozenModel):
    """One file as received. Key: `number`, which is derived from the slice, the bytes and how often they were handed in.

    `slice` is None if the file name and folder give no valid slice. `kept`: whether the bytes are stored; not those of a file above
    `LARGEST_FILE`, of which name, size and hash are known. `rejudges`, `judged_at`: the submission of which this one is
    another judgement, and when; None for a hand-in. `erased`: set once a value was erased from the original; `sha256` stays that
    of the file as it was handed in.
    """

    number: str
    slice: SliceKey | None
    place: str
    filename: str
    sha256: str
    size: int
    received_at: datetime
    kept: bool = True
    rejudges: str | None = None
    judged_at: datetime | None = None
    erased: ErasedOriginal | None = None

    @property
    def original(self) -> str:
        """File name under which the untouched bytes are stored."""
        return name_original(self.filename)


def name_original(filename: str) -> str:
    """Returns the name under which the untouched bytes of a file of that name are stored."""
    suffix = Path(filename).suffix.lower()
    return f"original{suffix if suffix in SUFFIXES else '.bin'}"


def submission_number(place: str, sha256: str, turn: int = 1) -> str:
    """Returns `RCPT-` and four groups of four letters; the same place, bytes and turn always give the same number.

    `turn` counts the hand-ins of the same bytes for the same place, from 1.
    """
    identity = f"{place}\n{sha256}" if turn == 1 else f"{place}\n{sha256}\n{turn}"
    value = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:10], "big")
    letters = "".join(ALPHABET[(value >> shift) & 31] for shift in range(75, -5, -5))
    return "-".join(["RCPT", *(letters[i : i + 4] for i in range(0, 16, 4))])


class HandIn(NamedTuple):
    """One hand-in for a place: its bytes, its number, and the name of its file."""

    sha256: str
    number: str
    filename: str


def choose_number(
    ledger: Ledger,
    place: str,
    sha256: str,
    filename: str,
    ahead: Sequence[HandIn] = (),
    *,
    may_submit_now: bool = False,
) -> str:
    """Returns the number for a file with these bytes that is handed in for that place now.

    If the same bytes were handed in last there, they keep their number. They get a new one after another file, after they were retracted,
    if the name says for the first time that they are complete, or if they were refused for a period that is open by now
    (`may_submit_now`). `ahead`: files that wait for the same place and are received first.
    """
    last = ahead[-1] if ahead else _find_last(ledger, place)
    if (
        last is not None
        and last.sha256 == sha256
        and not is_retracted(ledger, last.number)
        and (is_said_complete(last.filename) or not is_said_complete(filename))
        and not (may_submit_now and is_refused_for_period(ledger, last.number))
    ):
        return last.number
    return _next_number(ledger, place, sha256, ahead)


def is_refused_for_period(ledger: Ledger, number: str) -> bool:
    """Whether a submission was refused because its period may not be handed in."""
    verdicts = ledger.find_entries("verdict", "number", number)
    return any(
        entry.facts["outcome"] == "refused" and PERIOD_PROBLEMS & set(entry.facts["counts"]) for entry in verdicts
    )


def is_period_open(workspace: Workspace, slice_: SliceKey | None, on: date | None) -> bool:
    """Whether the period of a slice may be handed in on that day; False without a slice or a day."""
    if slice_ is None or on is None:
        return False
    return find_period_problem(workspace.contracts[slice_.dataset], slice_.period, on) is None


def choose_rejudgement_number(ledger: Ledger, old: Submission) -> str:
    """Returns the number of another judgement of a submission: always a new one."""
    return _next_number(ledger, old.place, old.sha256)


def _find_last(ledger: Ledger, place: str) -> HandIn | None:
    entry = find_last_hand_in(ledger, place)
    if entry is None:
        return None
    return HandIn(entry.facts["sha256"], entry.facts["number"], entry.facts["filename"])


def _next_number(ledger: Ledger, place: str, sha256: str, ahead: Sequence[HandIn] = ()) -> str:
    """Returns the number after those that the same bytes have had for that place."""
    entries = ledger.find_entries("submission", "sha256", sha256)
    had = {entry.facts["number"] for entry in entries if entry.facts["place"] == place}
    return submission_number(place, sha256, 1 + len(had | {one.number for one in ahead if one.sha256 == sha256}))


def receive_file(
    workspace: Workspace, file: Path, slice_: SliceKey | None, now: datetime, place: str = ""
) -> Submission:
    """Stores the untouched bytes of `file` and records them in the ledger, once for each number (`choose_number`).

    `place` replaces the slice if the name gives none. Raises UnreadableFile if the file is missing or may not be read.
    """
    place = str(slice_) if slice_ else place
    _refuse_unkeepable(file)
    with open_working_folder(workspace.layout.working) as folder:
        size, content = file.stat().st_size, folder / "bytes"
        kept = size <= LARGEST_FILE
        if not kept:
            sha256 = file_sha256(file)
        elif copied := take_copy(file):
            content, sha256 = copied.file, copied.sha256
        else:
            with content.open("wb") as copy:
                sha256, size = copy_and_hash(file, copy)
        submission = Submission(
            number=choose_number(
                workspace.ledger,
                place,
                sha256,
                file.name,
                may_submit_now=is_period_open(workspace, slice_, now.date()),
            ),
            slice=slice_,
            place=place,
            filename=file.name,
            sha256=sha256,
            size=size,
            received_at=now,
            kept=kept,
        )
        return store_submission(workspace, submission, content)


def store_submission(workspace: Workspace, submission: Submission, content: Path) -> Submission:
    """Stores a submission with the bytes in the file `content`, and records it in the ledger; one that is stored already stays as it is.

    The file is moved if the submission's bytes are kept, otherwise it is left alone.
    """
    home = workspace.layout.submission_folder(submission.number)
    if not home.exists():
        box = content.with_name("box")
        box.mkdir()
        if submission.kept:
            content.rename(box / submission.original)
        (box / "submission.json").write_text(submission.model_dump_json(indent=1), encoding="utf-8")
        place_folder(box, home)
    submission = read_submission(workspace, submission.number)
    facts = {"number", "place", "filename", "sha256", "size"} | ({"rejudges"} if submission.rejudges else set())
    workspace.ledger.append_once(
        "submission",
        now=submission.judged_at or submission.received_at,
        actor=workspace.actor,
        reason="judged again" if submission.rejudges else "received",
        facts={**submission.model_dump(include=facts), "department": find_department(workspace, submission)},
        key=("number",),
    )
    return submission


def find_department(workspace: Workspace, submission: Submission) -> str:
    """Returns the department that handed it in: of its slice, or whose folder the file lay in; else `ELSEWHERE`."""
    if submission.slice is not None:
        return submission.slice.department
    folder = submission.place.partition("/")[0]
    return folder if folder in workspace.departments else ELSEWHERE


def read_submission(workspace: Workspace, number: str) -> Submission:
    """Returns the submission with that number; raises UsageError if none was received."""
    path = workspace.layout.submission_folder(number) / "submission.json"
    if not path.is_file():
        raise UsageError(Text(zh=f"没有编号为 {number} 的报送", en=f"no submission has the number {number}"))
    return Submission.model_validate_json(path.read_text(encoding="utf-8"))


def find_submissions(workspace: Workspace, slices: Collection[SliceKey]) -> list[Submission]:
    """Returns for each of those slices what was received and is not finished, and what was handed in last; earliest first.

    Others are not looked at, so that it costs the same however often a slice was handed in.
    """
    places = {str(key) for key in slices}
    last = (find_last_hand_in(workspace.ledger, place) for place in places)
    numbers = dict.fromkeys([*workspace.unfinished.list_numbers(), *(one.facts["number"] for one in last if one)])
    found = [read_submission(workspace, number) for number in numbers]
    mine = [one for one in found if one.place in places]
    return sorted(mine, key=lambda one: hand_in_order(workspace.ledger, one.number))


def original_file(workspace: Workspace, submission: Submission) -> Path:
    """Returns the path of the untouched bytes."""
    return workspace.layout.submission_folder(submission.number) / submission.original


def reason_not_kept(file: Path) -> Text | None:
    """Returns why `receive_file` would refuse the file (missing, not a regular file, not to be read), else None."""
    try:
        _refuse_unkeepable(file)
    except UnreadableFile as refusal:
        return refusal.text
    return None


def _refuse_unkeepable(file: Path) -> None:
    if file.is_symlink() or not file.is_file():
        raise UnreadableFile(
            "missing",
            Text(zh=f"找不到文件 {file.name}，请检查路径", en=f"there is no file {file.name}; check the path"),
        )
    if not os.access(file, os.R_OK):
        raise UnreadableFile(
            "unreadable",
            Text(
                zh=f"没有权限读取文件 {file.name}；请关闭正在使用它的程序，或检查文件权限",
                en=f"{file.name} may not be read; close the program that uses it, or check its permissions",
            ),
        )


def describe_not_stored(submission: Submission) -> Finding:
    """Returns the finding about a file whose bytes are not stored: there are too many, or an erasure removed them."""
    if submission.erased is not None:
        order = submission.erased.order
        return Finding(
            judge="table",
            type="original-erased",
            severity="error",
            message=Text(
                zh=f"原件已按 {order} 删除，不能再次判定",
                en=f"the original was removed under {order} and cannot be judged again",
            ),
            mend=Text(zh="请去掉相应内容后重新报送", en="hand the file in again without what was erased"),
        )
    return Finding(
        judge="table",
        type="too-large",
        severity="error",
        message=Text(
            zh=f"文件有 {submission.size >> 20} MB，超过 {LARGEST_FILE >> 20} MB 的上限，未保存",
            en=f"the file has {submission.size >> 20} MB, the limit is {LARGEST_FILE >> 20} MB; it was not stored",
        ),
        mend=Text(zh="请分期间拆分后重新报送", en="split it by period and hand it in again"),
    )


def copy_original(workspace: Workspace, submission: Submission, folder: Path) -> None:
    """Copies the untouched bytes into `folder`, under the name `original` and the suffix of the file; nothing if they are not stored."""
    if not submission.kept:
        return
    shutil.copyfile(original_file(workspace, submission), folder / submission.original)
