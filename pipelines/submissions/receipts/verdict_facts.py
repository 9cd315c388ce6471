"""What a verdict depended on: the corrections on record, the datasets that were still missing, and the findings that a steward accepted.

These facts are in the ledger entry of the verdict, so that later changes can be recognised. Not here: judging again
(`pipelines/submissions/decisions/rejudging.py`).
"""

from collections.abc import Mapping
from typing import Any

from pipelines.submissions.corrections import mark_corrections, read_corrections
from pipelines.submissions.inbox.submission import Submission
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.rules.rules import InDataset
from warehouse.ledger.ledger import Ledger, LedgerEntry

REFERENCES = "references"
"""The fact `waits` of a verdict whose only errors are references to rows that are not there."""


def describe_verdict(receipt: Receipt) -> Mapping[str, Any]:
    """Returns the facts that every entry of a verdict has: number, outcome, and counts of rows and of findings by type."""
    return receipt.model_dump(mode="json", include={"number", "outcome", "rows", "accepted", "held_back", "counts"})


def describe_waiting(workspace: Workspace, submission: Submission, receipt: Receipt) -> Mapping[str, Any]:
    """Returns the facts about a verdict: `corrections` (marks of those taken into account), and `waits` and `waits_for` if all errors are about missing datasets."""
    if submission.slice is None or receipt.outcome == "refused":
        return {}
    contract = workspace.contracts[submission.slice.dataset]
    path = workspace.layout.corrections_file(contract.name)
    day = (submission.judged_at or submission.received_at).date()
    marks = mark_corrections(read_corrections(path, contract), submission.slice, day)
    facts: dict[str, Any] = {"corrections": marks} if marks else {}
    if receipt.outcome == "quarantine" and (missing := _find_missing_datasets(contract, receipt)):
        facts |= {"waits": REFERENCES, "waits_for": missing}
    return facts


def list_accepted_findings(ledger: Ledger, submission: Submission) -> list[str]:
    """Returns the types of findings that a steward accepted for these bytes, in this judgement or one before it."""
    return [name for entry in find_acceptances(ledger, submission.number) for name in entry.facts["findings"]]


def find_acceptances(ledger: Ledger, number: str) -> list[LedgerEntry]:
    """Returns the decisions to accept the bytes of that submission, in this judgement or one before it, oldest first."""
    found: list[LedgerEntry] = []
    before: str | None = number
    while before:
        found += ledger.find_entries("acceptance", "number", before)
        received = ledger.find_entries("submission", "number", before)
        before = received[0].facts.get("rejudges") if received else None
    return sorted(found, key=lambda entry: entry.seq)


def _find_missing_datasets(contract: Contract, receipt: Receipt) -> list[str]:
    """Returns the missing datasets if all errors are references to them; empty if there are other errors too."""
    references = {rule.id: rule.dataset for rule in contract.rules if isinstance(rule, InDataset)}
    errors = {finding.type for finding in receipt.findings if finding.severity == "error"}
    return sorted({references[name] for name in errors}) if errors and errors <= set(references) else []
