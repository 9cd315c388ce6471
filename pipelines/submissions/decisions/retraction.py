"""Retraction: taking a landed submission back, undoing that, and making the lake hold what stands then.

The decision is an entry of the ledger, made first; lake and receipt follow and are marked done by a `restatement`. Killed between the
two, the next command or run finishes it. Nothing is deleted: originals, receipts and the lake's versions stay. Not here: what
stands (`warehouse/lake/standing.py`), what is public (`pipelines/publication`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pipelines.intake import read_accepted_rows
from pipelines.publication.withdrawal import checked_reason
from pipelines.submissions.inbox.submission import Submission, read_submission
from pipelines.submissions.receipts.receipt_files import mark_receipt
from pipelines.workspace import Workspace
from schemas.contract import find_contract
from schemas.errors import UsageError
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.lake.standing import StandingSubmission, find_retraction, find_standing
from warehouse.ledger.ledger import LedgerEntry
from warehouse.ledger.open_decisions import OpenDecisions

DecisionKind = Literal["retraction", "reinstatement"]


class Restatement(NamedTuple):
    """What a decision did to a slice: what stood before it, and what stands after it (None: nothing)."""

    slice: SliceKey
    before: StandingSubmission | None
    after: StandingSubmission | None


def retract_submission(workspace: Workspace, number: str, reason: str, now: datetime) -> Restatement:
    """Takes a landed submission back: its slice goes back to what stood before it, or to nothing.

    One that no longer stands is marked too, so that nothing goes back to it. Raises UsageError if it has not landed or is taken
    back already, or the reason is empty or too long.
    """
    finish_restatements(workspace, now)
    submission, slice_ = _read_landed(workspace, number)
    if (held := find_retraction(workspace.ledger, number)) is not None:
        raise UsageError(
            Text(
                zh=f"{number} 已于 {held.at:%Y-%m-%d} 撤回（{held.facts['reason']}）；如需恢复，请加 --undo",
                en=f"{number} was taken back on {held.at:%Y-%m-%d} ({held.facts['reason']}); --undo puts it in force again",
            )
        )
    return _decide(workspace, "retraction", submission, slice_, reason, now)


def reinstate_submission(workspace: Workspace, number: str, reason: str, now: datetime) -> Restatement:
    """Undoes a retraction: of what landed for the slice and is not taken back, the last one handed in stands again.

    Raises UsageError if the submission is not taken back, or the reason is empty or too long.
    """
    finish_restatements(workspace, now)
    submission, slice_ = _read_landed(workspace, number)
    if find_retraction(workspace.ledger, number) is None:
        raise UsageError(
            Text(zh=f"{number} 没有撤回，无需恢复", en=f"{number} was not taken back; there is nothing to undo")
        )
    return _decide(workspace, "reinstatement", submission, slice_, reason, now)


def finish_restatements(workspace: Workspace, now: datetime) -> Sequence[SliceKey]:
    """Finishes the decisions that a kill left without their effect; returns their slices."""
    waiting = workspace.ledger.open_view(OpenDecisions).list_restatements()
    return [restate_slice(workspace, decision, now) for decision in waiting]


def restate_slice(workspace: Workspace, decision: LedgerEntry, now: datetime) -> SliceKey:
    """Makes the lake hold what stands for the slice of that decision, marks the receipt, and records that it is done."""
    slice_ = read_submission(workspace, decision.facts["number"]).slice
    if slice_ is None:
        raise UsageError(Text(zh="该报送不对应任何数据集", en="this submission names no slice"))
    contract = find_contract(workspace.contracts, slice_.dataset)
    with workspace.hold_lock(workspace.layout.landing_lock(contract.name)):
        standing = find_standing(workspace.ledger, str(slice_))
        rows = read_accepted_rows(workspace, standing.number) if standing else None
        why = {"submission": standing.number if standing else "", "decision": str(decision.seq), "who": workspace.actor}
        version = workspace.lake.replace_slices(contract, {slice_: rows}, why, now)
        mark_receipt(workspace, decision.facts["number"])
        facts = {
            "slice": str(slice_),
            "number": standing.number if standing else None,
            "version": version,
            "decision": decision.seq,
        }
        workspace.ledger.append_once(
            "restatement", now=now, actor=workspace.actor, reason=decision.kind, facts=facts, key=("decision",)
        )
    return slice_


def _decide(
    workspace: Workspace, kind: DecisionKind, submission: Submission, slice_: SliceKey, reason: str, now: datetime
) -> Restatement:
    facts = {"number": submission.number, "slice": str(slice_), "reason": checked_reason(reason)}
    before = find_standing(workspace.ledger, str(slice_))
    decision = workspace.ledger.append_entry(
        kind, now=now, actor=workspace.actor, reason="by decision of a steward", facts=facts
    )
    restate_slice(workspace, decision, now)
    return Restatement(slice_, before, find_standing(workspace.ledger, str(slice_)))


def _read_landed(workspace: Workspace, number: str) -> tuple[Submission, SliceKey]:
    submission = read_submission(workspace, number)
    if submission.slice is None or not workspace.ledger.find_entry("landing", {"number": number}):
        raise UsageError(
            Text(
                zh=f"{number} 没有数据入库，无需撤回；sportlake status 列出现有数据",
                en=f"no rows of {number} are in the lake, so there is nothing to take back; see sportlake status",
            )
        )
    return submission, submission.slice
