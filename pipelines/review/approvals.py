"""The state of a review: which approvals and assessments the contract asks for, which stand, and which datasets wait for whom.

A decision belongs to one content: the hash of the rows and their schema, and the version of the contract. Any change of either voids it.
Of each person only the newest decision about a content counts. An approval ends at the end of its last day. After a refusal no approval
is enough until that person approves or takes the refusal back. Read only. Not here: taking decisions (`decisions.py`), what becomes
public (`pipelines/release.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pipelines.review.assessments import find_lacking, list_undone
from pipelines.workspace import Workspace
from schemas.assessments import AssessmentKind
from schemas.contract import Contract
from schemas.people import ApprovalRole, Role
from warehouse.ledger.ledger import LedgerEntry


class Decision(NamedTuple):
    """What one person decided about a candidate, and when. `until` is the last day of an approval; None for a refusal."""

    seq: int
    person: str
    role: Role
    approves: bool
    at: datetime
    until: date | None
    reason: str
    synthetic: bool


class Review(NamedTuple):
    """The approvals of one candidate that stand, the refusals of it, the roles that still must approve, the assessments not on record."""

    approvals: tuple[Decision, ...]
    refusals: tuple[Decision, ...]
    missing: tuple[ApprovalRole, ...]
    lacking: tuple[AssessmentKind, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everybody whom the contract asks for approves, nobody refuses, and every assessment it asks for is on record."""
        return not self.missing and not self.refusals and not self.lacking

    @property
    def undecided(self) -> tuple[ApprovalRole, ...]:
        """The missing roles in which nobody has refused either."""
        refused = {one.role for one in self.refusals}
        return tuple(role for role in self.missing if role not in refused)


class WaitingCandidate(NamedTuple):
    """A candidate that the gate let pass and that waits for people since `since`."""

    dataset: str
    content_hash: str
    since: datetime
    review: Review


def review_candidate(workspace: Workspace, contract: Contract, content_hash: str, now: datetime) -> Review:
    """Returns the state of the review of that content at that time."""
    standing = _list_standing(workspace, contract, content_hash)
    approvals = tuple(one for one in standing if one.approves and one.until is not None and now.date() <= one.until)
    given = {one.role for one in approvals}
    missing = tuple(role for role in contract.policy.approvals.roles if role not in given)
    refusals = tuple(one for one in standing if not one.approves)
    return Review(approvals, refusals, missing, find_lacking(workspace, contract, now.date()))


def record_candidate(workspace: Workspace, contract: Contract, facts: Mapping[str, Any], now: datetime) -> None:
    """Records once that this content is offered for review, so that later runs know of it without reading the lake.

    `facts`: content_hash, lake_version, and disputes: the keys whose rows are held out of it. `equals`, if there, is the release
    that has the same content already: nothing is offered, and later runs know that nothing is due. `waived_until`, if there, is the
    last day on which the waivers hold without which the gate would stop it.
    """
    workspace.ledger.append_once(
        "candidate",
        now=now,
        actor=workspace.actor,
        reason="equal to the newest release" if "equals" in facts else "offered for review",
        facts={
            "dataset": contract.name,
            "contract_version": contract.version,
            "roles": list(contract.policy.approvals.roles),
            "assessments": list(contract.policy.assessments.needed),
            **facts,
        },
        key=("dataset", "lake_version", "contract_version", "content_hash", *({"waived_until"} & facts.keys())),
    )


def find_equal_release(workspace: Workspace, dataset: str) -> str | None:
    """Returns the release that was found equal to the rows and the contract as they are now; None if none was."""
    recorded = _find_current(workspace, workspace.contracts[dataset])
    return recorded.facts.get("equals") if recorded else None


def list_waiting(workspace: Workspace, now: datetime) -> list[WaitingCandidate]:
    """Returns the candidates of the current rows and contracts that wait for people, in the order of the contracts.

    Read from the ledger alone: a dataset whose rows changed since it was offered, or one of whose waivers has ended, is left out until
    the gate has seen it again.
    """
    found = []
    for name, contract in workspace.contracts.items():
        if (offered := _find_offer(workspace, contract)) is None or _has_ended(offered, now):
            continue
        content_hash = offered.facts["content_hash"]
        review = review_candidate(workspace, contract, content_hash, now)
        if not review.passed:
            found.append(WaitingCandidate(name, content_hash, offered.at, review))
    return found


def find_ended_waiver(workspace: Workspace, dataset: str, now: datetime) -> date | None:
    """Returns the last day of the waivers that the offer of a dataset rested on, if it is over; the gate must then see it again."""
    offered = _find_offer(workspace, workspace.contracts[dataset])
    return date.fromisoformat(offered.facts["waived_until"]) if offered and _has_ended(offered, now) else None


def list_disputes(workspace: Workspace, dataset: str) -> list[Mapping[str, Any]]:
    """Returns the keys whose rows are held out of a dataset as it is now, each with its slices, as far as the record names them."""
    recorded = _find_current(workspace, workspace.contracts[dataset])
    return list(recorded.facts.get("disputes", ())) if recorded else []


def _find_offer(workspace: Workspace, contract: Contract) -> LedgerEntry | None:
    """Returns the offer of the rows as they are now; None if there is none or it was released already."""
    offer = _find_current(workspace, contract)
    if offer is None or "equals" in offer.facts:
        return None
    released = workspace.ledger.find_newest("release", "dataset", contract.name, 1)
    return None if released and released[0].seq > offer.seq else offer


def _has_ended(offer: LedgerEntry, now: datetime) -> bool:
    """Whether a waiver that the offer rests on is over."""
    until = offer.facts.get("waived_until")
    return until is not None and date.fromisoformat(until) < now.date()


def _find_current(workspace: Workspace, contract: Contract) -> LedgerEntry | None:
    """Returns the newest record of a candidate if it is of the rows and the contract as they are now."""
    newest = workspace.ledger.find_newest("candidate", "dataset", contract.name, 1)
    if not newest:
        return None
    facts = newest[0].facts
    current = (workspace.lake.current_version(contract), contract.version)
    return newest[0] if (facts["lake_version"], facts["contract_version"]) == current else None


def _list_standing(workspace: Workspace, contract: Contract, content_hash: str) -> Sequence[Decision]:
    """Returns each person's newest decision about that content, oldest first, without those taken back."""
    ledger = workspace.ledger
    entries = [
        entry
        for kind in ("approval", "refusal")
        for entry in ledger.find_entries(kind, "dataset", contract.name)
        if is_decision(entry)
        and (entry.facts["content_hash"], entry.facts["contract_version"]) == (content_hash, contract.version)
    ]
    undone = list_undone(workspace, contract.name)
    newest = {entry.who: entry for entry in sorted(entries, key=lambda one: one.seq)}
    return [_parse_decision(entry) for entry in newest.values() if entry.seq not in undone]


def is_decision(entry: LedgerEntry) -> bool:
    """Whether an approval or a refusal was a person's; the gate refuses too, and names objections instead of a role."""
    return "role" in entry.facts


def _parse_decision(entry: LedgerEntry) -> Decision:
    facts = entry.facts
    until = facts.get("until")
    return Decision(
        entry.seq,
        entry.who,
        facts["role"],
        entry.kind == "approval",
        entry.at,
        date.fromisoformat(until) if until else None,
        facts["reason"],
        facts["synthetic"],
    )
