"""Decisions to waive an objection of the gate, and to take a waiver back. Each is one entry of the ledger, by whoever acts.

Facts of a `waiver`: `dataset`, `type`, `finding` (its identity), `concerns`, `message`, `contract_version`, `role`, `until`, `reason`,
`synthetic`. Not here: what may be waived and what a waiver brings about (`waivers.py`).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pipelines.publication.withdrawal import checked_reason
from pipelines.release import Candidate
from pipelines.review.decisions import read_candidate, read_person
from pipelines.review.waivers import WAIVABLE, Waiver, identify_finding, list_concerns, list_waivers, may_be_waived
from pipelines.submissions.accepted_findings import may_be_accepted
from pipelines.submissions.timeliness import find_sent_back
from pipelines.workspace import Workspace
from quality.findings import Finding
from quality.relations.result import FINDING_PREFIX
from schemas.contract import Contract, find_contract
from schemas.errors import UsageError
from schemas.text import Text

_WAIVABLE_TYPES = (*sorted(WAIVABLE), f"{FINDING_PREFIX}…")
MOST_NAMED = 3
"""Hand-ins that a refusal to waive names."""


def waive_finding(workspace: Workspace, dataset: str, type_: str, reason: str, until: date, now: datetime) -> Waiver:
    """Records that whoever acts waives the objection of that type to the candidate as it is now; returns the waiver.

    Doing the same again changes nothing; another day or reason replaces the waiver. Raises UsageError if there is no candidate or no
    such objection, it may not be waived, the person has no role for it, the reason is empty, or the day is over or too late.
    """
    contract = find_contract(workspace.contracts, dataset)
    candidate, person = (
        read_candidate(workspace, dataset, now),
        read_person(workspace, contract, contract.policy.waivers.roles),
    )
    checked = checked_reason(reason)
    finding = _find_waivable(workspace, candidate, type_)
    _require_day(contract, until, now.date())
    identity = identify_finding(workspace, contract, candidate.slices, finding)
    role = next(role for role in contract.policy.waivers.roles if role in person.roles)
    with workspace.hold_lock(workspace.layout.review_lock):
        before = _find_waiver(workspace, dataset, identity)
        if before is not None and (before.person, before.until, before.reason) == (person.name, until, checked):
            return before
        workspace.ledger.append_entry(
            "waiver",
            now=now,
            actor=person.name,
            reason="objection of the gate waived",
            facts={
                "dataset": dataset,
                "type": finding.type,
                "finding": identity,
                "concerns": list_concerns(workspace, contract, candidate.slices, finding),
                "message": finding.message.model_dump(),
                "contract_version": contract.version,
                "role": role,
                "until": until.isoformat(),
                "reason": checked,
                "synthetic": person.synthetic,
            },
        )
        return list_waivers(workspace, dataset)[-1]


def undo_waivers(workspace: Workspace, dataset: str, type_: str, now: datetime, reason: str = "") -> list[Waiver]:
    """Records that whoever acts takes back all waivers of that type that still hold, and returns them.

    What is released already stays; it goes back by `withdraw` or `rollback`. Raises UsageError if there is none, or the person has no role
    for it.
    """
    contract = find_contract(workspace.contracts, dataset)
    person = read_person(workspace, contract, contract.policy.waivers.roles)
    checked = checked_reason(reason) if reason else "waiver taken back"
    undone: list[Waiver] = []
    while held := [one for one in list_waivers(workspace, dataset) if one.type == type_ and now.date() <= one.until]:
        undone += held  # an older waiver of the same objection comes to light when the newer is gone
        for one in held:
            workspace.ledger.append_once(
                "revocation",
                now=now,
                actor=person.name,
                reason="waiver taken back",
                facts={"dataset": dataset, "decision": one.seq, "reason": checked},
                key=("dataset", "decision"),
            )
    if not undone:
        raise UsageError(
            Text(
                zh=f"{dataset} 没有有效的 {type_} 豁免，无需取消；sportlake candidate {dataset} 列出现有的豁免",
                en=f"no waiver of {type_} holds for {dataset}; see sportlake candidate {dataset}",
            )
        )
    return undone


def _find_waiver(workspace: Workspace, dataset: str, identity: str) -> Waiver | None:
    return next((one for one in list_waivers(workspace, dataset) if one.finding == identity), None)


def _find_waivable(workspace: Workspace, candidate: Candidate, type_: str) -> Finding:
    """Returns the objection of that type, waived already or not; UsageError says what may be waived, or where else it is decided."""
    found = [*candidate.errors, *(one.finding for one in candidate.waived)]
    chosen = next((finding for finding in found if finding.type == type_), None)
    name = candidate.contract.name
    if chosen is None and (numbers := _list_acceptable(workspace, name, type_)):
        raise _accepted_instead_error(type_, numbers)
    if chosen is None:
        there = ", ".join(dict.fromkeys(finding.type for finding in found if may_be_waived(finding))) or "—"
        raise UsageError(
            Text(
                zh=f"{name} 当前没有 {type_} 这一审核意见；可以豁免的：{there}。报送时的检查结果不在此豁免，用 sportlake accept 回执号 接收",
                en=f"the gate has no objection {type_} to {name} as it is; what may be waived: {there}. What was found at a hand-in is accepted by sportlake accept RECEIPT",
            )
        )
    if not may_be_waived(chosen):
        raise UsageError(
            Text(
                zh=f"{type_} 不能豁免，须改正数据或数据规范后再发布：{chosen.message.zh}（可以豁免的只有 {'、'.join(_WAIVABLE_TYPES)}）",
                en=f"{type_} is never waived: mend data or contract first: {chosen.message.en} (only {', '.join(_WAIVABLE_TYPES)} may be)",
            )
        )
    return chosen


def _list_acceptable(workspace: Workspace, dataset: str, type_: str) -> list[str]:
    """Returns the hand-ins of a dataset that were sent back with a finding of that type that a steward may accept."""
    return [
        receipt.number
        for receipt in find_sent_back(workspace, dataset)
        if any(one.type == type_ and one.severity == "error" and may_be_accepted(one) for one in receipt.findings)
    ]


def _accepted_instead_error(type_: str, numbers: Sequence[str]) -> UsageError:
    commands = "; ".join(f"sportlake accept {number} --finding {type_} --reason …" for number in numbers[:MOST_NAMED])
    return UsageError(
        Text(
            zh=f"{type_} 是报送时的检查结果，不用豁免，由数据管理员决定接收该份报送（共 {len(numbers)} 份）：{commands}",
            en=f"{type_} was found at a hand-in and is not waived: a data steward accepts the file ({len(numbers)} sent back with it): {commands}",
        )
    )


def _require_day(contract: Contract, until: date, today: date) -> None:
    latest = today + timedelta(days=contract.policy.waivers.days)
    if not today <= until <= latest:
        raise UsageError(
            Text(
                zh=f"豁免的截止日 {until} 须在 {today} 至 {latest} 之间（数据规范允许最多 {contract.policy.waivers.days} 天）",
                en=f"a waiver ends between {today} and {latest}, not on {until}: the contract allows {contract.policy.waivers.days} days at most",
            )
        )
