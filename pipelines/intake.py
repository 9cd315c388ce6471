"""The first corridor: one file from the inbox to the lake.

    receive   keep the untouched bytes, give them a number
    judge     read, normalise, judge; write the receipt; a file that is not taken goes to the quarantine box
    land      put the accepted rows into the lake as the slice's new state

Each step is told to the ledger and can be taken again after a kill: it finds what it did and goes on from there.
Not here: how to judge (`validation.py`), what a receipt says (`receipt.py`).
"""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from pipelines.annotated_workbook.make import annotate_workbook
from pipelines.normalise import CellRewrite
from pipelines.submissions import receipt_page
from pipelines.submissions.inbox import Arrival
from pipelines.submissions.receipt import Receipt, build_receipt
from pipelines.submissions.submission import (
    Submission,
    copy_original,
    original_file,
    read_submission,
    receive_file,
)
from pipelines.submissions.validation import Validation, refuse_submission, validate_submission
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.errors import UsageError
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.atomic_files import write_atomically, write_table


class LandedSlice(BaseModel):
    """The accepted rows of one submission in the lake: `version` of the dataset's table that first held them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    slice: SliceKey
    version: int
    rows: int


def take_arrival(workspace: Workspace, arrival: Arrival, now: datetime) -> Receipt:
    """One arrival through the whole corridor: received, judged, and landed if its rows are taken."""
    submission = receive_file(workspace, arrival.path, arrival.slice, now, arrival.place)
    receipt = judge_submission(workspace, submission, arrival.problem)
    land_rows(workspace, receipt.number, now)
    return receipt


def judge_submission(workspace: Workspace, submission: Submission, problem: Finding | None = None) -> Receipt:
    """The receipt for a submission, judged once: a second call returns the first receipt.

    `problem` is what was wrong with the file's name or place; such a submission is refused unread.
    """
    path = workspace.layout.receipt_file(submission.number, "json")
    if not path.is_file():
        judged = _judge_or_refuse(workspace, submission, problem)
        receipt = _annotate_receipt(workspace, submission, judged, build_receipt(workspace, submission, judged))
        _keep_rows(workspace, submission, judged)
        if receipt.outcome in {"quarantine", "refused"}:
            write_quarantine_box(workspace, submission, judged)
        write_atomically(workspace.layout.receipt_file(submission.number, "html"), _render_page(workspace, receipt))
        write_atomically(path, receipt.model_dump_json(indent=1))
    receipt = read_receipt(workspace, submission.number)
    workspace.ledger.append_once(
        "verdict",
        now=receipt.received_at,
        actor=workspace.actor,
        reason=receipt.reason.en,
        facts=receipt.model_dump(mode="json", include={"number", "outcome", "rows", "accepted", "held_back", "counts"}),
        key=("number",),
    )
    return receipt


def land_rows(workspace: Workspace, number: str, now: datetime) -> LandedSlice | None:
    """Put the accepted rows of a submission into the lake, once; None if its verdict took none."""
    receipt, submission = read_receipt(workspace, number), read_submission(workspace, number)
    if submission.slice is None or receipt.accepted == 0:
        return None
    if landed := workspace.ledger.find_entry("landing", {"number": number}):
        version = landed.facts["version"]
        return LandedSlice(number=number, slice=submission.slice, version=version, rows=receipt.accepted)
    contract = workspace.contracts[submission.slice.dataset]
    rows = pq.read_table(workspace.layout.submission_folder(number) / "accepted.parquet")
    why = {"submission": number, "sha256": submission.sha256, "who": workspace.actor}
    version = workspace.lake.replace_slices(contract, {submission.slice: rows}, why, now)
    facts = {"number": number, "slice": str(submission.slice), "version": version, "rows": receipt.accepted}
    workspace.ledger.append_entry("landing", now=now, actor=workspace.actor, reason="accepted", facts=facts)
    return LandedSlice(number=number, slice=submission.slice, version=version, rows=receipt.accepted)


def read_receipt(workspace: Workspace, number: str) -> Receipt:
    """The receipt of that number, as it was first written."""
    return Receipt.model_validate_json(workspace.layout.receipt_file(number, "json").read_text(encoding="utf-8"))


def find_unfinished(workspace: Workspace, found: list[Arrival]) -> list[Arrival]:
    """The arrivals that still have a way to go: without a verdict, or taken and not yet in the lake."""
    judged = {entry.facts["number"]: entry.facts["accepted"] for entry in workspace.ledger.read_entries("verdict")}
    landed = {entry.facts["number"] for entry in workspace.ledger.read_entries("landing")}
    return [a for a in found if a.number not in judged or (judged[a.number] and a.number not in landed)]


def _judge_or_refuse(workspace: Workspace, submission: Submission, problem: Finding | None) -> Validation:
    if problem is not None:
        return refuse_submission(problem)
    if submission.slice is None:
        raise UsageError(
            Text(
                zh=f"报送 {submission.number} 不对应任何数据集，须与其问题一并判定",
                en=f"submission {submission.number} names no slice: it can only be judged together with its problem",
            )
        )
    contract = workspace.contracts[submission.slice.dataset]
    return validate_submission(
        workspace,
        original_file(workspace, submission),
        contract,
        submission.slice,
        called=submission.filename,
        on=submission.received_at.date(),
        sha256=submission.sha256,
    )


def _render_page(workspace: Workspace, receipt: Receipt) -> str:
    contract = workspace.contracts[receipt.dataset] if receipt.dataset else None
    return receipt_page.render_receipt(receipt, contract, synthetic=workspace.synthetic)


def _annotate_receipt(workspace: Workspace, submission: Submission, judged: Validation, receipt: Receipt) -> Receipt:
    """The receipt with its marked workbook written beside it, where something was read and found."""
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


def _keep_rows(workspace: Workspace, submission: Submission, judged: Validation) -> None:
    """Beside the original: the rows that are taken, and every cell that was rewritten with what stood there."""
    folder = workspace.layout.submission_folder(submission.number)
    if judged.rewrites:
        columns = zip(*judged.rewrites, strict=True)
        rewrites = [pa.array(column, pa.int64() if at == 0 else pa.string()) for at, column in enumerate(columns)]
        write_table(folder / "rewrites.parquet", pa.table(rewrites, names=list(CellRewrite._fields)))
    if judged.accepted is not None:
        write_table(folder / "accepted.parquet", judged.accepted)


def write_quarantine_box(workspace: Workspace, submission: Submission, judged: Validation) -> Path:
    """Write the box, whole or not at all; an existing box is left as it is."""
    box = workspace.layout.quarantine_folder(submission.number)
    if box.exists():
        return box
    box.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=box.parent, prefix=".filling-"))
    try:
        copy_original(workspace, submission, aside)
        lines = "".join(f"{finding.model_dump_json()}\n" for finding in judged.findings)
        (aside / "findings.jsonl").write_text(lines, encoding="utf-8")
        (aside / "verdict.json").write_text(judged.verdict.model_dump_json(indent=1), encoding="utf-8")
        aside.rename(box)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return box
