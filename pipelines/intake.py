"""The first corridor: one file from the inbox to the lake.

    receive   keep the untouched bytes, give them a number
    judge     read, normalise, judge; write the receipt; a file that is not taken goes to the quarantine box
    land      put the accepted rows into the lake as the slice's new state

Each step is told to the ledger and can be taken again after a kill: it finds what it did and goes on from there.
Not here: how to judge (`validation.py`), what a receipt says (`receipt.py`).
"""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from pipelines.annotated_workbook.make import marked_workbook
from pipelines.normalise import Rewrite
from pipelines.submissions import receipt_page
from pipelines.submissions.inbox import Arrival
from pipelines.submissions.receipt import Receipt, receipt_of
from pipelines.submissions.submission import Submission, copy_original, original_of, read_submission, receive
from pipelines.submissions.validation import Judged, judge_file, refused
from pipelines.workspace import House
from quality.findings import Finding
from schemas.errors import UsageError
from schemas.slices import SliceKey
from schemas.text import Text


class Landing(BaseModel):
    """The accepted rows of one submission in the lake: `version` of the dataset's table that first held them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    slice: SliceKey
    version: int
    rows: int


def take(house: House, arrival: Arrival, now: datetime) -> Receipt:
    """One arrival through the whole corridor: received, judged, and landed if its rows are taken."""
    submission = receive(house, arrival.path, arrival.slice, now, arrival.place)
    receipt = judge(house, submission, arrival.problem)
    land(house, receipt.number, now)
    return receipt


def judge(house: House, submission: Submission, problem: Finding | None = None) -> Receipt:
    """The receipt for a submission, judged once: a second call returns the first receipt.

    `problem` is what was wrong with the file's name or place; such a submission is refused unread.
    """
    path = house.layout.receipt(submission.number, "json")
    if not path.is_file():
        judged = _judged(house, submission, problem)
        receipt = _marked(house, submission, judged, receipt_of(house, submission, judged))
        _keep_rows(house, submission, judged)
        if receipt.outcome in {"quarantine", "refused"}:
            fill_box(house, submission, judged)
        write_atomically(house.layout.receipt(submission.number, "html"), _page(house, receipt))
        write_atomically(path, receipt.model_dump_json(indent=1))
    receipt = read_receipt(house, submission.number)
    _note_verdict(house, receipt)
    return receipt


def land(house: House, number: str, now: datetime) -> Landing | None:
    """Put the accepted rows of a submission into the lake, once; None if its verdict took none."""
    receipt, submission = read_receipt(house, number), read_submission(house, number)
    if submission.slice is None or receipt.accepted == 0:
        return None
    for entry in house.ledger.entries("landing"):
        if entry.facts["number"] == number:
            return Landing(number=number, slice=submission.slice, version=entry.facts["version"], rows=receipt.accepted)
    contract = house.contracts[submission.slice.dataset]
    rows = pq.read_table(house.layout.submission(number) / "accepted.parquet")
    why = {"submission": number, "sha256": submission.sha256, "who": house.who}
    version = house.lake.replace(contract, {submission.slice: rows}, why, now)
    facts = {"number": number, "slice": str(submission.slice), "version": version, "rows": receipt.accepted}
    house.ledger.append("landing", now=now, who=house.who, why="accepted", facts=facts)
    return Landing(number=number, slice=submission.slice, version=version, rows=receipt.accepted)


def read_receipt(house: House, number: str) -> Receipt:
    """The receipt of that number, as it was first written."""
    return Receipt.model_validate_json(house.layout.receipt(number, "json").read_text(encoding="utf-8"))


def unfinished(house: House, found: list[Arrival]) -> list[Arrival]:
    """The arrivals that still have a way to go: without a verdict, or taken and not yet in the lake."""
    judged = {entry.facts["number"]: entry.facts["accepted"] for entry in house.ledger.entries("verdict")}
    landed = {entry.facts["number"] for entry in house.ledger.entries("landing")}
    return [a for a in found if a.number not in judged or (judged[a.number] and a.number not in landed)]


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    with aside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _judged(house: House, submission: Submission, problem: Finding | None) -> Judged:
    if problem is not None:
        return refused(problem)
    if submission.slice is None:
        raise UsageError(
            Text(
                zh=f"报送 {submission.number} 不对应任何数据集，须与其问题一并判定",
                en=f"submission {submission.number} names no slice: it can only be judged together with its problem",
            )
        )
    contract = house.contracts[submission.slice.dataset]
    return judge_file(
        house,
        original_of(house, submission),
        contract,
        submission.slice,
        called=submission.filename,
        on=submission.received_at.date(),
        sha256=submission.sha256,
    )


def _page(house: House, receipt: Receipt) -> str:
    contract = house.contracts[receipt.dataset] if receipt.dataset else None
    return receipt_page.render(receipt, contract, synthetic=house.synthetic)


def _marked(house: House, submission: Submission, judged: Judged, receipt: Receipt) -> Receipt:
    """The receipt with its marked workbook written beside it, where something was read and found."""
    if judged.reading is None or submission.slice is None:
        return receipt
    made = marked_workbook(
        original_of(house, submission),
        judged.reading,
        receipt,
        house.contracts[submission.slice.dataset],
        house.codelists,
        house.layout.receipt(submission.number, "xlsx"),
        synthetic=house.synthetic,
    )
    return receipt.model_copy(update={"workbook": made})


def _keep_rows(house: House, submission: Submission, judged: Judged) -> None:
    """Beside the original: the rows that are taken, and every cell that was rewritten with what stood there."""
    folder = house.layout.submission(submission.number)
    if judged.rewrites:
        columns = zip(*judged.rewrites, strict=True)
        rewrites = [pa.array(column, pa.int64() if at == 0 else pa.string()) for at, column in enumerate(columns)]
        _write_table(folder / "rewrites.parquet", pa.table(rewrites, names=list(Rewrite._fields)))
    if judged.accepted is not None:
        _write_table(folder / "accepted.parquet", judged.accepted)


def _write_table(path: Path, table: pa.Table) -> None:
    aside = path.with_suffix(".part")
    pq.write_table(table, aside)
    aside.replace(path)


def _note_verdict(house: House, receipt: Receipt) -> None:
    if any(entry.facts["number"] == receipt.number for entry in house.ledger.entries("verdict")):
        return
    facts = receipt.model_dump(mode="json", include={"number", "outcome", "rows", "accepted", "held_back", "counts"})
    house.ledger.append("verdict", now=receipt.received_at, who=house.who, why=receipt.reason.en, facts=facts)


def fill_box(house: House, submission: Submission, judged: Judged) -> Path:
    """Write the box, whole or not at all; an existing box is left as it is."""
    box = house.layout.quarantine(submission.number)
    if box.exists():
        return box
    box.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=box.parent, prefix=".filling-"))
    try:
        copy_original(house, submission, aside)
        lines = "".join(f"{finding.model_dump_json()}\n" for finding in judged.findings)
        (aside / "findings.jsonl").write_text(lines, encoding="utf-8")
        (aside / "verdict.json").write_text(judged.verdict.model_dump_json(indent=1), encoding="utf-8")
        aside.rename(box)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return box
