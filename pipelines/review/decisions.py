"""Decisions about a candidate: approve, refuse, take a decision back. Each is one entry of the ledger, by whoever acts.

Facts: `dataset`, `role`, `content_hash`, `contract_version`, `lake_version`, `rows`, `reason`, `synthetic`, and of an approval `until`,
its last day. Only a person with one of the roles that the contract asks for may decide, never the system account. Two roles need two
people. Not here: what the decisions bring about (`approvals.py`, `pipelines/release.py`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pipelines.publication.withdrawal import checked_reason
from pipelines.release import Candidate, assemble_candidate, is_released
from pipelines.review.approvals import Decision, Review, review_candidate
from pipelines.workspace import Workspace
from schemas.contract import Contract, find_contract
from schemas.errors import UsageError
from schemas.people import ApprovalRole, Person, Role, describe_roles
from schemas.text import Text


def approve_candidate(workspace: Workspace, dataset: str, now: datetime, note: str = "") -> Review:
    """Records that whoever acts approves the candidate of a dataset as it is now; returns the review after it.

    Raises UsageError if there is nothing to approve, the gate objects, the contract does not ask for a role of this person, or the
    person, or somebody else in the same role, has approved it already.
    """
    return approve_assembled(workspace, read_candidate(workspace, dataset, now), now, note)


def approve_assembled(workspace: Workspace, candidate: Candidate, now: datetime, note: str = "") -> Review:
    """Approves a candidate, as `approve_candidate` does, that was assembled just now and is not released."""
    name, reason = candidate.contract.name, checked_reason(note) if note else ""
    person = _read_decider(workspace, candidate)
    if candidate.blocked:
        raise _blocked_error(candidate)
    with workspace.hold_lock(workspace.layout.review_lock):
        review = review_candidate(workspace, candidate.contract, candidate.content_hash, now)
        _refuse_second_approval(name, person, review)
        role = next((role for role in review.missing if role in person.roles), None)
        if role is None:
            raise _role_taken_error(name, review)
        until = (now + timedelta(days=candidate.contract.policy.approvals.days)).date().isoformat()
        facts = {**_decision_facts(candidate, person, role), "until": until, "reason": reason}
        return _record_decision(workspace, "approval", candidate, facts, now)


def refuse_candidate(workspace: Workspace, dataset: str, reason: str, now: datetime) -> Review:
    """Records that whoever acts refuses the candidate as it is now, and why; it stands until that person approves or undoes it.

    Raises UsageError if there is nothing to decide, the contract asks for no role of this person, or the reason is empty.
    """
    candidate = read_candidate(workspace, dataset, now)
    person = _read_decider(workspace, candidate)
    wanted = candidate.contract.policy.approvals.roles
    role = next(role for role in wanted if role in person.roles)
    facts = {**_decision_facts(candidate, person, role), "reason": checked_reason(reason)}
    return _record_decision(workspace, "refusal", candidate, facts, now)


def undo_decision(workspace: Workspace, dataset: str, now: datetime) -> Decision:
    """Records that whoever acts takes his approval or refusal of the current candidate back, and returns what it was.

    Raises UsageError if there is none; what is released already goes back by `withdraw` or `rollback`.
    """
    candidate = read_candidate(workspace, dataset, now)
    review = review_candidate(workspace, candidate.contract, candidate.content_hash, now)
    own = next((one for one in (*review.approvals, *review.refusals) if one.person == workspace.actor), None)
    if own is None:
        raise UsageError(
            Text(
                zh=f"{workspace.actor} 没有对 {dataset} 当前待发布内容作出决定，无需取消；sportlake candidate {dataset} 列出已有的决定",
                en=f"{workspace.actor} has decided nothing about {dataset} as it is now; see sportlake candidate {dataset}",
            )
        )
    workspace.ledger.append_once(
        "revocation",
        now=now,
        actor=workspace.actor,
        reason="decision taken back",
        facts={"dataset": dataset, "decision": own.seq},
        key=("dataset", "decision"),
    )
    return own


def read_candidate(workspace: Workspace, dataset: str, now: datetime) -> Candidate:
    """Returns the candidate of a dataset as it is now; UsageError if there is none or it is released."""
    find_contract(workspace.contracts, dataset)
    candidate = assemble_candidate(workspace, dataset, now.date())
    if candidate is None or is_released(workspace, candidate):
        raise UsageError(
            Text(
                zh=f"{dataset} 没有待发布的内容；已发布的用 sportlake withdraw 或 sportlake rollback 处理",
                en=f"nothing of {dataset} waits to be released; what is released goes back by sportlake withdraw or rollback",
            )
        )
    return candidate


def read_person(workspace: Workspace, contract: Contract, wanted: Sequence[Role]) -> Person:
    """Returns who acts, if the person has one of those roles; UsageError names who may decide about data of that contract."""
    return read_person_for(workspace, Text(zh=contract.name, en=contract.name), wanted)


def read_person_for(workspace: Workspace, about: Text, wanted: Sequence[Role]) -> Person:
    """Returns who acts, as `read_person` does, for a decision about `about`, which the error names."""
    people = workspace.people
    person = people.find_person(workspace.actor)
    if person.synthetic and not workspace.synthetic:
        raise UsageError(
            Text(
                zh=f"{person.name} 是示例人员（虚构），只能审批示例数据；请由真实的审批人决定",
                en=f"{person.name} is an invented sample person and decides about sample data only",
            )
        )
    if not person.is_system and set(person.roles) & set(wanted):
        return person
    roles = describe_roles(wanted)
    holders = "、".join(one.name for one in people.list_holders(wanted))
    if holders:
        text = Text(
            zh=f"{about.zh} 须由{roles.zh}审批，{person.name}（{describe_roles(person.roles).zh}）不能；请用 --as 写明审批人：{holders}",
            en=f"{about.en} is for {roles.en} to decide, not for {person.name} ({describe_roles(person.roles).en}); say with --as who does: {holders}",
        )
    else:
        text = Text(
            zh=f"{about.zh} 须由{roles.zh}审批，人员名单 {people.file} 中没有；请用 sportlake people add 姓名 --role 角色 登记",
            en=f"{about.en} is for {roles.en} to decide, and {people.file} names none; sportlake people add NAME --role … adds one",
        )
    raise UsageError(text)


def _read_decider(workspace: Workspace, candidate: Candidate) -> Person:
    """Returns who acts, if the contract asks for one of his roles; UsageError names who may decide."""
    name, wanted = candidate.contract.name, candidate.contract.policy.approvals.roles
    if not wanted:
        raise UsageError(
            Text(
                zh=f"{name} 的数据规范不要求审批，直接发布即可",
                en=f"the contract of {name} asks for no approval: just release it",
            )
        )
    return read_person(workspace, candidate.contract, wanted)


def _refuse_second_approval(dataset: str, person: Person, review: Review) -> None:
    own = next((one for one in review.approvals if one.person == person.name), None)
    if own is not None:
        missing = describe_roles(review.missing)
        left = Text(
            zh=f"还缺{missing.zh}，须由另一人审批" if review.missing else "各方均已同意",
            en=f"{missing.en} must still decide, and that is another person"
            if review.missing
            else "nobody else is missing",
        )
        raise UsageError(
            Text(
                zh=f"{person.name} 已同意 {dataset} 的当前内容；{left.zh}",
                en=f"{person.name} has approved {dataset} as it is already; {left.en}",
            )
        )


def _decision_facts(candidate: Candidate, person: Person, role: ApprovalRole) -> dict[str, Any]:
    return {
        "dataset": candidate.contract.name,
        "role": role,
        "content_hash": candidate.content_hash,
        "contract_version": candidate.contract.version,
        "lake_version": candidate.lake_version,
        "rows": candidate.rows.counted.rows,
        "synthetic": person.synthetic,
    }


def _record_decision(
    workspace: Workspace,
    kind: Literal["approval", "refusal"],
    candidate: Candidate,
    facts: dict[str, Any],
    now: datetime,
) -> Review:
    reason = f"candidate {'approved' if kind == 'approval' else 'refused'} as {facts['role']}"
    workspace.ledger.append_entry(kind, now=now, actor=workspace.actor, reason=reason, facts=facts)
    return review_candidate(workspace, candidate.contract, candidate.content_hash, now)


def _blocked_error(candidate: Candidate) -> UsageError:
    first, name = candidate.errors[0].message, candidate.contract.name
    return UsageError(
        Text(
            zh=f"{name} 未通过发布审核，改正前不能同意：{first.zh}",
            en=f"{name} is stopped at the gate; there is nothing to approve until it is mended: {first.en}",
        )
    )


def _role_taken_error(dataset: str, review: Review) -> UsageError:
    given = "、".join(f"{one.person}（{describe_roles([one.role]).zh}）" for one in review.approvals)
    there = ", ".join(f"{one.person} ({describe_roles([one.role]).en})" for one in review.approvals)
    return UsageError(
        Text(
            zh=f"{dataset} 在该角色上已有人同意：{given}",
            en=f"somebody has approved {dataset} in that role already: {there}",
        )
    )
