"""The receipt: what we read, what we found, what became of it, what the department must do and until when.

One receipt a submission, under the submission's number. Here: the receipt as a value, as JSON, and the view that the page
shows. Not here: judging, or the look of the page (`pages/receipt.html.j2`).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.submissions.submission import Submission
from pipelines.submissions.validation import Validation
from pipelines.workspace import Workspace
from quality.findings import Finding, count_by_type
from quality.verdict import Outcome
from schemas.text import Text
from schemas.workdays import add_working_days

# Of each type a receipt lists this many findings; the count beside it is always the true one.
LISTED = 1000
# Working days to mend when no contract says otherwise (a file that named no dataset of ours).
MEND_WITHIN = 10


class ReplyDeadline(BaseModel):
    """Until when to send the file again; `provisional` where the holidays of that year are not yet announced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    provisional: bool


class Receipt(BaseModel):
    """Everything that a department is told about one submission. Key: `number`.

    `workbook`: how the marked workbook beside the receipt was made (`annotated_workbook/make.py`); None if there is nothing to mark.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    outcome: Outcome
    reason: Text
    received_at: datetime
    dataset: str | None
    title: Text | None
    department: str | None
    department_name: Text | None
    period: str | None
    filename: str
    sha256: str
    size: int
    format: str | None
    encoding: str | None
    sheet: str | None
    decisions: tuple[Text, ...]
    rewrites: dict[str, int]
    contract_version: str | None
    rows: int
    accepted: int
    held_back: int
    deadline: ReplyDeadline | None
    counts: dict[str, int]
    findings: tuple[Finding, ...]
    truncated: bool
    workbook: Literal["original", "read", "rows"] | None = None

    @property
    def signal(self) -> Literal["fine", "look", "mend"]:
        """Which of the three signals of our pages the outcome carries."""
        marks: dict[Outcome, Literal["fine", "look", "mend"]] = {
            "accept": "fine",
            "hold_back": "look",
            "quarantine": "mend",
            "refused": "mend",
        }
        return marks[self.outcome]


def build_receipt(workspace: Workspace, submission: Submission, judged: Validation) -> Receipt:
    """The receipt for a judged submission; the same submission and judgement always give the same receipt."""
    slice_, reading = submission.slice, judged.reading
    contract = workspace.contracts[slice_.dataset] if slice_ else None
    listed = first_findings_by_type(judged.findings, LISTED)
    return Receipt(
        number=submission.number,
        outcome=judged.verdict.outcome,
        reason=judged.verdict.reason,
        received_at=submission.received_at,
        dataset=slice_.dataset if slice_ else None,
        title=contract.title if contract else None,
        department=slice_.department if slice_ else None,
        department_name=workspace.departments[slice_.department].name if slice_ else None,
        period=slice_.period if slice_ else None,
        filename=submission.filename,
        sha256=submission.sha256,
        size=submission.size,
        format=reading.format if reading else None,
        encoding=reading.encoding if reading else None,
        sheet=reading.sheet if reading else None,
        decisions=judged.decisions,
        rewrites=_count_reasons(judged),
        contract_version=contract.version if contract else None,
        rows=judged.verdict.rows,
        accepted=judged.verdict.accepted,
        held_back=len(judged.verdict.held_back),
        deadline=_reply_deadline(workspace, submission, judged),
        counts=count_by_type(judged.findings),
        findings=listed,
        truncated=len(listed) < len(judged.findings),
    )


def first_findings_by_type(findings: Sequence[Finding], most: int) -> tuple[Finding, ...]:
    """The first `most` findings of every type, in the order they came."""
    seen: dict[str, int] = {}
    kept = []
    for finding in findings:
        seen[finding.type] = seen.get(finding.type, 0) + 1
        if seen[finding.type] <= most:
            kept.append(finding)
    return tuple(kept)


def _count_reasons(judged: Validation) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for rewrite in judged.rewrites:
        reasons[rewrite.why] = reasons.get(rewrite.why, 0) + 1
    return dict(sorted(reasons.items()))


def _reply_deadline(workspace: Workspace, submission: Submission, judged: Validation) -> ReplyDeadline | None:
    if judged.verdict.outcome == "accept":
        return None
    slice_ = submission.slice
    days = workspace.contracts[slice_.dataset].policy.quarantine.mend_within if slice_ else MEND_WITHIN
    until = add_working_days(submission.received_at.date(), days)
    return ReplyDeadline(day=until.day, provisional=until.provisional)
