"""Intake, the first entry point: one file from the inbox to the lake.

    receive   store the untouched bytes and give them a number
    judge     read, normalise, validate; write the receipt; write a file that is not accepted to the quarantine box
    land      write the accepted rows to the lake as the new state of the slice

Each step is recorded in the ledger and can be repeated after a crash: it finds what is done and continues from there.
The quarantine box of a submission is the folder `quarantine/<number>/`: the untouched original, the first findings of each kind, the verdict.
Not here: validation and the verdict (`pipelines/submissions/validation.py`), the content of a receipt (`pipelines/submissions/receipts/receipt.py`).
"""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.annotated_workbook.make import annotate_workbook
from pipelines.built_datasets.hand_in import find_foreign_file
from pipelines.normalise import CellRewrite
from pipelines.submissions.inbox.erased_originals import count_erasures, write_judged
from pipelines.submissions.inbox.hand_ins import file_received, list_open_arrivals, receive_arrival
from pipelines.submissions.inbox.inbox import Arrival, sort_arrivals
from pipelines.submissions.inbox.periods import find_period_problem
from pipelines.submissions.inbox.shrinking import is_said_complete
from pipelines.submissions.inbox.submission import (
    Submission,
    copy_original,
    describe_not_stored,
    original_file,
    read_submission,
)
from pipelines.submissions.receipts.finding_places import write_finding_places
from pipelines.submissions.receipts.receipt import LISTED, Receipt, build_receipt
from pipelines.submissions.receipts.receipt_files import mark_receipt, read_receipt, write_receipt
from pipelines.submissions.receipts.verdict_facts import describe_verdict, describe_waiting, list_accepted_findings
from pipelines.submissions.validation import HandInFacts, Validation, refuse_submission, validate_submission
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.errors import UsageError
from schemas.execution.spilled_table import spill_batches
from schemas.frozen_model import FrozenModel
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.atomic_files import make_folder, place_folder, replace_durably, write_table
from warehouse.lake.parts import restore_types
from warehouse.lake.row_fingerprints import FingerprintSets, Projection
from warehouse.lake.standing import find_standing, hand_in_order
from warehouse.ledger.hand_in_index import SENT_BACK
from warehouse.working_folders import open_working_folder

ACCEPTED = "accepted.parquet"
"""The accepted rows of a submission, in its folder."""


class LandedSlice(FrozenModel):
    """The accepted rows of one submission in the lake: `version` of the dataset's table first contained them."""

    number: str
    slice: SliceKey
    version: int
    rows: int


class RowsAtHand(NamedTuple):
    """The file of accepted rows that this process has just written; `prints` as in `Validation`."""

    file: Path
    prints: tuple[tuple[Projection, FingerprintSets], ...]


def take_arrival(workspace: Workspace, arrival: Arrival, now: datetime) -> Receipt:
    """Runs all steps for one arrival and returns its receipt; rows are landed only if some are accepted."""
    return judge_and_land(workspace, receive_arrival(workspace, arrival, now), now, arrival.problem)


def judge_and_land(
    workspace: Workspace, submission: Submission, now: datetime, problem: Finding | None = None
) -> Receipt:
    """Returns the receipt of a submission whose accepted rows, if there are any, are in the lake; `problem` as in `judge_submission`."""
    receipt, accepted = _judge_once(workspace, submission, problem)
    land_rows(workspace, receipt.number, now, accepted)
    return receipt


def judge_submission(workspace: Workspace, submission: Submission, problem: Finding | None = None) -> Receipt:
    """Returns the receipt of a submission, which is validated once: a second call returns the first receipt.

    `problem` is the finding about the file's name or place; such a submission is refused unread. Raises UsageError if the
    submission has no slice and no `problem` is given.
    """
    return _judge_once(workspace, submission, problem)[0]


def _judge_once(
    workspace: Workspace, submission: Submission, problem: Finding | None
) -> tuple[Receipt, RowsAtHand | None]:
    """Returns the receipt, and the accepted rows if this call has validated them."""
    accepted = None
    if not workspace.layout.receipt_file(submission.number, "json").is_file():
        accepted = write_judged(
            workspace,
            submission.number,
            lambda received: judge_original(workspace, received, problem),
            partial(_write_judgement, workspace),
        )
    receipt = read_receipt(workspace, submission.number)
    file_received(workspace, submission, sent_back=receipt.outcome in SENT_BACK)
    workspace.ledger.append_once(
        "verdict",
        now=receipt.received_at,
        actor=workspace.actor,
        reason=receipt.reason.en,
        facts={**describe_verdict(receipt), **describe_waiting(workspace, submission, receipt)},
        key=("number",),
    )
    if submission.rejudges:
        mark_receipt(workspace, submission.rejudges)
    if submission.rejudges or count_erasures(workspace, submission.number):
        return mark_receipt(workspace, submission.number), accepted
    return receipt, accepted


def _write_judgement(workspace: Workspace, submission: Submission, judged: Validation) -> RowsAtHand | None:
    """Writes rows, quarantine box and, last, the receipt of a validation; returns its accepted rows."""
    receipt = _annotate_receipt(workspace, submission, judged, build_receipt(workspace, submission, judged))
    accepted = keep_rows(workspace, submission, judged)
    if receipt.outcome in SENT_BACK:
        write_quarantine_box(workspace, submission, judged)
    write_receipt(workspace, receipt)
    return None if accepted is None else RowsAtHand(accepted, judged.prints)


def land_rows(
    workspace: Workspace, number: str, now: datetime, accepted: RowsAtHand | None = None
) -> LandedSlice | None:
    """Writes the accepted rows of a submission to the lake, once; None if it has no slice or no accepted rows.

    `accepted`: these rows, if they are at hand, which are read and sorted otherwise. Where a file that was handed in later has landed before it, as after a kill, the lake keeps the later one.
    """
    receipt, submission = read_receipt(workspace, number), read_submission(workspace, number)
    if submission.slice is None or receipt.accepted == 0:
        return None
    with workspace.hold_lock(workspace.layout.landing_lock(submission.slice.dataset)):
        if landed := workspace.ledger.find_entry("landing", {"number": number}):
            version = landed.facts["version"]
        else:
            version = _land_once(workspace, submission, submission.slice, receipt.accepted, now, accepted)
    return LandedSlice(number=number, slice=submission.slice, version=version, rows=receipt.accepted)


def _land_once(
    workspace: Workspace,
    submission: Submission,
    slice_: SliceKey,
    accepted: int,
    now: datetime,
    at_hand: RowsAtHand | None,
) -> int:
    """Returns the version of the dataset that holds the rows, or what was handed in after them."""
    contract = workspace.contracts[slice_.dataset]
    standing = find_standing(workspace.ledger, str(slice_))
    mine = hand_in_order(workspace.ledger, submission.number)
    version = workspace.lake.current_version(contract)
    if version is None or standing is None or hand_in_order(workspace.ledger, standing.number) < mine:
        # An erasure that ended while this process waited for its turn has rewritten the file, and not what is at hand.
        if count_erasures(workspace, submission.number):
            at_hand = None
        rows = at_hand.file if at_hand else read_accepted_rows(workspace, submission.number)
        why = {"submission": submission.number, "sha256": submission.sha256, "who": workspace.actor}
        version = workspace.lake.replace_slices(contract, {slice_: rows}, why, now)
        for projection, sets in at_hand.prints if at_hand else ():
            workspace.lake.open_fingerprints(contract, projection).keep_sets(slice_, sets)
    facts = {"number": submission.number, "slice": str(slice_), "version": version, "rows": accepted}
    workspace.ledger.append_entry("landing", now=now, actor=workspace.actor, reason="accepted", facts=facts)
    return version


def read_accepted_rows(workspace: Workspace, number: str) -> pa.Table:
    """Returns the accepted rows of a submission, typed, as they were or will be landed, by key; many of them as a view of a file.

    In homes of version 0.2 they are in the order of the file.
    """
    with pq.ParquetFile(workspace.layout.submission_folder(number) / ACCEPTED) as kept:
        rows = spill_batches(kept.iter_batches(), kept.schema_arrow)
    slice_ = read_submission(workspace, number).slice
    contract = workspace.contracts.get(slice_.dataset) if slice_ else None
    return rows if contract is None else restore_types(rows, contract)


def find_unfinished(workspace: Workspace, found: list[Arrival]) -> list[Arrival]:
    """Returns in processing order what was received and not finished, and which of the files found are in the inbox still."""
    waiting = [one for one in found if one.path.is_relative_to(workspace.layout.inbox) and one.path.is_file()]
    return sort_arrivals(workspace, [*list_open_arrivals(workspace), *waiting])


def judge_original(
    workspace: Workspace,
    submission: Submission,
    problem: Finding | None = None,
    tolerated: Collection[str] = (),
    on: date | None = None,
    *,
    in_full: bool = False,
) -> Validation:
    """Returns the validation of the original of a submission, without writing anything.

    `problem` and its absence as in `judge_submission`; `tolerated` and `in_full` as in `validate_submission`; `on`: the day of the judgement,
    of receipt or of the last judgement by default.
    """
    if problem is not None:
        return refuse_submission(problem)
    if not submission.kept:
        return refuse_submission(describe_not_stored(submission))
    if submission.slice is None:
        raise UsageError(
            Text(
                zh=f"报送 {submission.number} 不对应任何数据集，须与其问题一并判定",
                en=f"submission {submission.number} names no slice: it can only be judged together with its problem",
            )
        )
    contract, received = workspace.contracts[submission.slice.dataset], submission.received_at.date()
    if wrong := find_period_problem(contract, submission.slice.period, received):
        return refuse_submission(wrong)
    if foreign := find_foreign_file(workspace, contract, submission.slice, submission.sha256):
        return refuse_submission(foreign)
    facts = HandInFacts(
        submission.slice,
        called=submission.filename,
        on=on or (submission.judged_at or submission.received_at).date(),
        received=received,
        sha256=submission.sha256,
        number=submission.number,
        complete=is_said_complete(submission.filename),
    )
    softened = [*tolerated, *list_accepted_findings(workspace.ledger, submission)]
    file = original_file(workspace, submission)
    return validate_submission(workspace, file, contract, facts, tolerated=softened, in_full=in_full)


def _annotate_receipt(workspace: Workspace, submission: Submission, judged: Validation, receipt: Receipt) -> Receipt:
    """Writes the annotated workbook beside the receipt, if the file was read and has findings to mark."""
    if judged.reading is None or submission.slice is None:
        return receipt
    made = annotate_workbook(
        original_file(workspace, submission),
        judged.reading,
        receipt,
        workspace.contracts[submission.slice.dataset],
        workspace.codelists,
        workspace.layout.receipt_file(submission.number, "xlsx"),
        synthetic=workspace.synthetic,
    )
    return receipt.model_copy(update={"workbook": made})


def keep_rows(workspace: Workspace, submission: Submission, judged: Validation) -> Path | None:
    """Writes the accepted rows, every rewritten cell with its original text, and the places of many findings beside the original file.

    Returns the file of the rows, None if there are none. It has the bytes of their part in the lake, which is a copy of it.
    """
    folder = workspace.layout.submission_folder(submission.number)
    if judged.rewrites:
        columns = zip(*judged.rewrites, strict=True)
        rewrites = [pa.array(column, pa.int64() if at == 0 else pa.string()) for at, column in enumerate(columns)]
        write_table(folder / "rewrites.parquet", pa.table(rewrites, names=list(CellRewrite._fields)))
    if judged.unlisted or len(judged.findings) > LISTED:
        write_finding_places(folder / "findings.parquet", judged)
    if judged.accepted is None or submission.slice is None:
        return None
    with open_working_folder(workspace.layout.working) as aside:
        contract = workspace.contracts[submission.slice.dataset]
        workspace.lake.write_rows(contract, judged.accepted, aside / ACCEPTED)
        replace_durably(aside / ACCEPTED, folder / ACCEPTED)
    return folder / ACCEPTED


def write_quarantine_box(workspace: Workspace, submission: Submission, judged: Validation) -> Path:
    """Writes the box, completely or not at all, and returns its folder; an existing box is left unchanged."""
    box = workspace.layout.quarantine_folder(submission.number)
    if box.exists():
        return box
    make_folder(box.parent)
    with open_working_folder(workspace.layout.working) as folder:
        filled = folder / "box"
        filled.mkdir(mode=0o700)
        copy_original(workspace, submission, filled)
        lines = "".join(f"{finding.model_dump_json()}\n" for finding in judged.findings)
        (filled / "findings.jsonl").write_text(lines, encoding="utf-8")
        (filled / "verdict.json").write_text(judged.verdict.model_dump_json(indent=1), encoding="utf-8")
        place_folder(filled, box)
    return box
