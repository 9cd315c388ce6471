"""The receipt: what was read, the findings, the outcome, what the department must do and by when.

One receipt per submission, under the submission's number. Here: the receipt as a value, which is stored as JSON and shown by
the page. Not here: validation, or the layout of the page (`pages/receipt.html.j2`).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import Field as PydanticField

from pipelines.submissions.inbox.submission import Submission
from pipelines.submissions.proposals.accepted_proposals import AcceptedProposal
from pipelines.submissions.validation import Validation
from pipelines.workspace import Workspace
from quality.brief_findings import count_by_field, count_unlisted
from quality.findings import Finding, count_by_type
from quality.verdict import Outcome
from schemas.execution.code_version import read_code_version
from schemas.frozen_model import FrozenModel
from schemas.severity import Severity
from schemas.slices import SliceKey
from schemas.text import Text
from schemas.time_limits.workdays import add_working_days

# Maximum number of findings that a receipt lists per type; `counts` always holds the true number.
LISTED = 1000
# Number of findings in all above which a receipt lists fewer per type: a page of more opens slowly.
LISTED_IN_ALL = 5000
# Number of findings that a receipt lists of each type in each column in any case.
LISTED_IN_COLUMN = 10
# Working days to correct a file that names no known dataset; otherwise the contract sets the number.
MEND_WITHIN = 10


class ReplyDeadline(FrozenModel):
    """Last day to submit the file again; `provisional` if the holidays of that year are not yet announced."""

    day: date
    provisional: bool


class FindingCount(FrozenModel):
    """The true number of findings of one type and severity on one field, None for those on no one field."""

    type: str
    field: str | None
    severity: Severity
    count: int


class Receipt(FrozenModel):
    """Everything that is reported to a department about one submission. Key: `number`.

    `workbook`: how the annotated workbook beside the receipt was made (`pipelines/annotated_workbook/make.py`); None if there is none.
    `counts`: findings by type; `counts_by_field`: by type, field and severity too, where `truncated`. `accepted_proposals`: the cells
    that took the value proposed before, at most `LISTED`; `rewrites` has the true number. `notes`: what was decided about the submission
    since, oldest first; `retracted`: by that it is not in force. `rejudges`: the receipt of which this one is another judgement.
    `contract_hash` (`Contract.digest`) and `code_version`: what judged it, so that anybody can judge the file again; None on receipts
    that are older than these two.
    """

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
    accepted_proposals: tuple[AcceptedProposal, ...] = ()
    contract_version: str | None
    contract_hash: str | None = None
    code_version: str | None = None
    rows: int
    accepted: int
    held_back: int
    deadline: ReplyDeadline | None
    counts: dict[str, int]
    counts_by_field: tuple[FindingCount, ...] = PydanticField(default=(), exclude_if=lambda counts: not counts)
    findings: tuple[Finding, ...]
    truncated: bool
    workbook: Literal["original", "read", "rows"] | None = None
    notes: tuple[Text, ...] = ()
    rejudges: str | None = None
    retracted: bool = PydanticField(default=False, exclude_if=lambda retracted: not retracted)

    @property
    def slice(self) -> SliceKey | None:
        """The slice of the submission; None for a file that names none."""
        if self.dataset is None or self.department is None or self.period is None:
            return None
        return SliceKey(dataset=self.dataset, department=self.department, period=self.period)

    @property
    def signal(self) -> Literal["fine", "look", "mend"]:
        """The page signal of the outcome: `fine`, `look` or `mend`."""
        marks: dict[Outcome, Literal["fine", "look", "mend"]] = {
            "accept": "fine",
            "hold_back": "look",
            "quarantine": "mend",
            "refused": "mend",
        }
        return marks[self.outcome]


def build_receipt(workspace: Workspace, submission: Submission, judged: Validation) -> Receipt:
    """Returns the receipt of a validated submission; the same input always gives the same receipt."""
    slice_, reading = submission.slice, judged.reading
    contract = workspace.contracts[slice_.dataset] if slice_ else None
    listed = choose_listed(judged.findings)
    truncated = len(listed) < len(judged.findings) or bool(judged.unlisted)
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
        accepted_proposals=judged.proposals[:LISTED],
        contract_version=contract.version if contract else None,
        contract_hash=contract.digest if contract else None,
        code_version=read_code_version(),
        rows=judged.verdict.rows,
        accepted=judged.verdict.accepted,
        held_back=len(judged.verdict.held_back),
        deadline=_reply_deadline(workspace, submission, judged),
        counts=count_by_type(judged.findings, count_unlisted(judged.unlisted)),
        counts_by_field=_count_fields(judged) if truncated else (),
        findings=listed,
        truncated=truncated,
        rejudges=submission.rejudges,
    )


def choose_listed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Returns the findings that a receipt lists, in their order: the first of every type, and the first of it in each column."""
    listed = _choose_first(findings, LISTED)
    if len(listed) <= LISTED_IN_ALL:
        return listed
    return _choose_first(findings, LISTED_IN_ALL // len({finding.type for finding in listed}))


def _choose_first(findings: Sequence[Finding], most: int) -> tuple[Finding, ...]:
    of_type: Counter[str] = Counter()
    in_column: Counter[tuple[str, str | None]] = Counter()
    kept = []
    for finding in findings:
        of_type[finding.type] += 1
        in_column[finding.type, finding.field] += 1
        if of_type[finding.type] <= most or in_column[finding.type, finding.field] <= LISTED_IN_COLUMN:
            kept.append(finding)
    return tuple(kept)


def _count_fields(judged: Validation) -> tuple[FindingCount, ...]:
    return tuple(
        FindingCount(type=type_, field=field, severity=severity, count=count)
        for (type_, field, severity), count in count_by_field(judged.findings, judged.unlisted).items()
    )


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
    until = add_working_days((submission.judged_at or submission.received_at).date(), days)
    return ReplyDeadline(day=until.day, provisional=until.provisional)
