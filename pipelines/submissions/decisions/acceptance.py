"""Acceptance: a steward takes a quarantined file although the judges objected, for named findings and on record.

This is the way out where the comparison was with a wrong predecessor. Never accepted: a file that could not be read, personal data, and
anything about single cells (wrong types, missing columns). The decision is an entry of the ledger, made first; receipt, verdict and
landing follow, and the next command or run finishes them after a kill. Not here: the judges, what stands.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from pipelines.intake import judge_original, keep_rows, land_rows
from pipelines.publication.withdrawal import checked_reason
from pipelines.submissions.accepted_findings import may_be_accepted
from pipelines.submissions.inbox.erased_originals import write_judged
from pipelines.submissions.inbox.hand_ins import file_received
from pipelines.submissions.inbox.submission import Submission, read_submission
from pipelines.submissions.receipts.receipt import Receipt, build_receipt
from pipelines.submissions.receipts.receipt_files import mark_receipt, read_receipt, write_receipt
from pipelines.submissions.receipts.verdict_facts import describe_verdict
from pipelines.submissions.validation import Validation
from pipelines.workspace import Workspace
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.lake.standing import find_standing, hand_in_order, is_retracted
from warehouse.ledger.ledger import LedgerEntry
from warehouse.ledger.open_decisions import OpenDecisions


def accept_submission(
    workspace: Workspace, number: str, reason: str, now: datetime, named: Sequence[str] = ()
) -> Receipt:
    """Takes the rows of a quarantined submission and returns its new receipt.

    `named`: the types of findings that are accepted; without them all that may be. Rows with other errors stay held back. Raises
    UsageError if the submission is not quarantined, a later one stands, a named finding was not made or may not be accepted, the
    rest still quarantines the file, or the reason is empty. Whoever acts in the workspace decides.
    """
    finish_acceptances(workspace, now)
    submission = _read_quarantined(workspace, number)
    why = checked_reason(reason)
    judged = judge_original(workspace, submission)
    errors = [finding for finding in judged.findings if finding.severity == "error"]
    allowed = dict.fromkeys(finding.type for finding in errors if may_be_accepted(finding))
    chosen = list(named) or list(allowed)
    if wrong := [name for name in chosen if name not in allowed]:
        raise _not_acceptable_error(wrong, list(allowed))
    if (left := judge_original(workspace, submission, tolerated=chosen)).verdict.accepted == 0:
        raise UsageError(
            Text(
                zh=f"{number} 仍不能接收：{left.verdict.reason.zh}。无法读取的内容、个人信息和格式错误不能放行，请退回报送单位修改",
                en=f"{number} cannot be taken even so: {left.verdict.reason.en}; what cannot be read, personal data and wrong types are never accepted, have the file mended",
            )
        )
    facts = {
        "number": number,
        "slice": str(submission.slice),
        "findings": chosen,
        "reason": why,
        "who": workspace.actor,
    }
    decision = workspace.ledger.append_entry(
        "acceptance", now=now, actor=workspace.actor, reason="by decision of a steward", facts=facts
    )
    return _carry_out(workspace, decision, now)


def finish_acceptances(workspace: Workspace, now: datetime) -> Sequence[str]:
    """Finishes the acceptances that a kill left without their landing; returns their numbers."""
    waiting = [
        entry
        for entry in workspace.ledger.open_view(OpenDecisions).list_acceptances()
        if not workspace.ledger.find_entry("landing", {"number": entry.facts["number"]})
    ]
    return [_carry_out(workspace, entry, now).number for entry in waiting]


def _carry_out(workspace: Workspace, decision: LedgerEntry, now: datetime) -> Receipt:
    """Writes rows and receipt, records the verdict and lands the rows; each step may be repeated."""
    number = decision.facts["number"]
    before, submission = read_receipt(workspace, number), read_submission(workspace, number)
    if before.accepted == 0:
        write_judged(
            workspace,
            number,
            lambda received: judge_original(workspace, received, tolerated=decision.facts["findings"]),
            partial(_write_judgement, workspace, before),
        )
    receipt = mark_receipt(workspace, number)
    file_received(workspace, submission, sent_back=False)
    workspace.ledger.append_once(
        "verdict",
        now=now,
        actor=workspace.actor,
        reason=receipt.reason.en,
        facts={**describe_verdict(receipt), "decision": decision.seq},
        key=("number", "decision"),
    )
    land_rows(workspace, number, now)
    return receipt


def _write_judgement(workspace: Workspace, before: Receipt, submission: Submission, judged: Validation) -> None:
    """Writes the rows and the receipt, which keeps the workbook and the notes of the one before."""
    keep_rows(workspace, submission, judged)
    after = build_receipt(workspace, submission, judged)
    write_receipt(workspace, after.model_copy(update={"workbook": before.workbook, "notes": before.notes}))


def _read_quarantined(workspace: Workspace, number: str) -> Submission:
    submission, receipt = read_submission(workspace, number), read_receipt(workspace, number)
    if is_retracted(workspace.ledger, number):
        raise UsageError(
            Text(
                zh=f"{number} 已经接收过，后来撤回；如需恢复，请用 sportlake retract {number} --undo --reason 原因",
                en=f"{number} was taken once, and taken back since; sportlake retract {number} --undo --reason … puts it in force again",
            )
        )
    if submission.slice is None or receipt.outcome != "quarantine":
        raise UsageError(
            Text(
                zh=f"{number} 的判定不是退回修改（{receipt.reason.zh}），不能用 accept 接收",
                en=f"{number} is not quarantined ({receipt.reason.en}); only a quarantined file can be accepted",
            )
        )
    standing = find_standing(workspace.ledger, str(submission.slice))
    if standing is not None and hand_in_order(workspace.ledger, standing.number) > hand_in_order(
        workspace.ledger, number
    ):
        raise UsageError(
            Text(
                zh=f"其后报送的 {standing.number} 已经有效；如应以 {number} 为准，请先用 sportlake retract 撤回它",
                en=f"{standing.number} was handed in later and stands; take it back with sportlake retract if {number} is the right one",
            )
        )
    return submission


def _not_acceptable_error(wrong: Sequence[str], allowed: Sequence[str]) -> UsageError:
    there = ", ".join(allowed) or "—"
    return UsageError(
        Text(
            zh=f"不能放行 {', '.join(wrong)}；本次可放行的问题：{there}",
            en=f"{', '.join(wrong)} cannot be accepted here; what can: {there}",
        )
    )
