"""An installation as it was right after an earlier ledger entry, rebuilt in a folder of its own, so that a file can be judged as it was then.

The ledger and the lake's logs are copied up to that entry; parts of the lake and kept files of submissions are linked. The state can only
be moved forward, to later entries, so that many files are judged again in one pass. The present installation is only read. Not here: the
judging (`second_verdict.py`).
"""

import csv
import shutil
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.submissions.corrections import mark_corrections, read_corrections
from pipelines.submissions.inbox.submission import Submission, original_file
from pipelines.workspace import Workspace
from schemas.slices import SliceKey
from warehouse.deltalog import commit_path
from warehouse.layout import Layout
from warehouse.ledger.chain import LedgerEntry, entry_line

_LAKE_KINDS = frozenset({"landing", "restatement"})
"""Kinds of entries that say with which version of the lake they came."""


class PastState:
    """The installation `present` as of an entry, below `folder`; it begins before the first entry.

    `with_lake`: whether the lake is rebuilt too; otherwise it is empty and may be filled.
    """

    def __init__(self, present: Workspace, folder: Path, *, with_lake: bool = True) -> None:
        self.present = present
        self._with_lake = with_lake
        self._count = 0
        self._versions: dict[str, int] = {}
        self.workspace = replace(present, layout=Layout(folder), shared_ledger=None, storage=None, large_work=None)
        folder.mkdir(parents=True, exist_ok=True)

    def advance_to(self, seq: int) -> None:
        """Goes forward to the state right after entry `seq`; an earlier one changes nothing."""
        added = self.present.ledger.read_between(self._count, seq)
        if not added:
            return
        path = self.workspace.layout.ledger
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.writelines(map(entry_line, added))
        self._count += len(added)
        if self._with_lake:
            for entry in added:
                self._follow_lake(entry)
                self._link_submission(entry)

    def keep_corrections(self, slice_: SliceKey, on: date, marks: Collection[str]) -> int:
        """Keeps only those corrections of the slice that were on record at its verdict; returns how many of these have been deleted since.

        `marks`: the marks of the corrections that the verdict took into account; `on`: its day. Raises ContractError if the file of
        corrections cannot be read.
        """
        contract = self.present.contracts[slice_.dataset]
        source, target = (one.layout.corrections_file(contract.name) for one in (self.present, self.workspace))
        target.unlink(missing_ok=True)
        corrections = read_corrections(source, contract)
        if not corrections:
            return len(marks)
        due = [mark_corrections([one], slice_, on) for one in corrections]
        with source.open(encoding="utf-8-sig", newline="") as lines:
            head, *rows = csv.reader(lines, strict=True)
        kept = [row for row, mark in zip(rows, due, strict=True) if set(mark) <= set(marks)]
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *kept])
        return len(set(marks) - {mark for found in due for mark in found})

    def place_original(self, submission: Submission, file: Path) -> None:
        """Copies a file to where the original of a submission is kept, in place of what is there."""
        target = original_file(self.workspace, submission)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copyfile(file, target)

    def _link_submission(self, entry: LedgerEntry) -> None:
        """Links the kept files of a received submission into this state; files that judging adds stay in this folder."""
        if entry.kind != "submission":
            return
        there, here = (one.layout.submission_folder(entry.facts["number"]) for one in (self.present, self.workspace))
        if there.is_dir():
            here.mkdir(parents=True, exist_ok=True)
            for path in there.iterdir():
                (here / path.name).symlink_to(path.resolve())

    def _follow_lake(self, entry: LedgerEntry) -> None:
        """Copies the log of a dataset's table up to the version that an entry came with, and links its parts."""
        if entry.kind not in _LAKE_KINDS:
            return
        dataset, version = entry.facts["slice"].partition("/")[0], entry.facts["version"]
        there, here = (one.layout.lake_folder(dataset) for one in (self.present, self.workspace))
        (here / "_delta_log").mkdir(parents=True, exist_ok=True)
        for number in range(self._versions.get(dataset, -1) + 1, version + 1):
            shutil.copyfile(commit_path(there, number), commit_path(here, number))
        self._versions[dataset] = max(version, self._versions.get(dataset, -1))
        for part in there.glob("department=*"):
            if not (here / part.name).exists():
                (here / part.name).symlink_to(part.resolve())
