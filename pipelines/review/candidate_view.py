"""What those who decide see of a candidate: its rows, coverage, changes, objections, evidence, the review so far and the commands.

Here: the view as a value, made from the lake, the ledger and the last release. Read only. Not here: its page
(`candidate_pages.py`), the text on the command line, the decisions (`decisions.py`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipelines.release import Candidate, is_released
from pipelines.review.approvals import Decision, Review, review_candidate
from pipelines.review.assessments import AssessmentRecord, list_assessments
from pipelines.review.coverage import Coverage, measure_coverage
from pipelines.review.waivers import may_be_waived
from pipelines.submissions.receipts.receipt_files import name_findings, read_receipt
from pipelines.submissions.receipts.verdict_facts import find_acceptances
from pipelines.workspace import Workspace
from schemas.assessments import ASSESSMENT_NAMES, ASSESSMENT_ROLES, AssessmentKind, describe_kinds
from schemas.people import ApprovalRole, describe_roles
from schemas.text import Text
from warehouse.ledger.ledger import LedgerEntry
from warehouse.releases.changes import RowChanges
from warehouse.releases.contents import count_changes
from warehouse.releases.releases import Release, list_releases

SAMPLE_ROWS = 5
"""Rows that the view shows; none of a candidate that the gate stops."""
MOST_OBJECTIONS = 20


@dataclass(frozen=True)
class RoleLine:
    """One role that the contract asks for: who has it, and what was decided in it, if anything that stands."""

    role: ApprovalRole
    name: Text
    holders: tuple[str, ...]
    decision: Decision | None


@dataclass(frozen=True)
class EvidenceLine:
    """One assessment that the contract asks for, or that is on record all the same; `holds`: a record does, today."""

    kind: AssessmentKind
    name: Text
    record: AssessmentRecord | None
    holds: bool


@dataclass(frozen=True)
class AcceptedHandIn:
    """A decision to accept a hand-in of the candidate in spite of findings, which stand here in words: by whom, when and why.

    `number`: the receipt of the hand-in as it is in the candidate; the decision may be of a judgement before it.
    """

    number: str
    department: Text
    period: str
    findings: tuple[Text, ...]
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True)
class CandidateView:
    """Everything that is shown of one candidate at one time."""

    candidate: Candidate
    released: bool
    last: Release | None
    changes: RowChanges | None
    names: Mapping[str, Text]
    coverage: Coverage
    review: Review
    roles: tuple[RoleLine, ...]
    evidence: tuple[EvidenceLine, ...]
    accepted: tuple[AcceptedHandIn, ...]
    objections: tuple[tuple[Text, int], ...]
    sample: tuple[tuple[str, ...], ...]
    commands: tuple[tuple[Text, str], ...]
    at: datetime

    @property
    def lacking(self) -> Text:
        """The names of the assessments that are not on record."""
        return describe_kinds(self.review.lacking)

    @property
    def received(self) -> Mapping[str, date]:
        """The day on which each hand-in came, by the number of its receipt."""
        return {part["submission"]: date.fromisoformat(part["received"]) for part in self.candidate.slices}

    @property
    def signal(self) -> str:
        """`mend` if the gate stops it or somebody refuses, `fine` if it is released or approved, otherwise `look`."""
        if self.candidate.blocked or self.review.refusals:
            return "mend"
        return "fine" if self.released or self.review.passed else "look"

    @property
    def state(self) -> str:
        """What is the matter: `blocked`, `released`, `refused`, `approved`, `lacks` (approved, an assessment is not on record) or `waits`."""
        if self.candidate.blocked:
            return "blocked"
        if self.released:
            return "released"
        if self.review.refusals:
            return "refused"
        if self.review.missing:
            return "waits"
        return "approved" if self.review.passed else "lacks"


def build_view(workspace: Workspace, candidate: Candidate, now: datetime) -> CandidateView:
    """Returns the view of a candidate that was assembled just now."""
    contract = candidate.contract
    made = list_releases(workspace.layout, contract.name)
    review = review_candidate(workspace, contract, candidate.content_hash, now)
    released = is_released(workspace, candidate)
    objections = Counter(finding.message for finding in candidate.objections)
    return CandidateView(
        candidate=candidate,
        released=released,
        last=made[-1] if made else None,
        changes=_count_changes(workspace, candidate, made[-1].number) if made and not candidate.blocked else None,
        names={part["department"]: workspace.departments[part["department"]].name for part in candidate.slices},
        coverage=measure_coverage(contract, workspace.departments, candidate.slices),
        review=review,
        roles=_list_roles(workspace, candidate, review),
        evidence=_list_evidence(workspace, candidate, review),
        accepted=_list_accepted(workspace, candidate),
        objections=tuple(objections.most_common(MOST_OBJECTIONS)),
        sample=() if candidate.blocked else _sample_rows(candidate),
        commands=() if released else _list_candidate_commands(workspace, candidate, review),
        at=now,
    )


def _count_changes(workspace: Workspace, candidate: Candidate, number: str) -> RowChanges | None:
    contract = candidate.contract
    before = workspace.layout.release_folder(contract.name, number)
    return count_changes(contract, candidate.rows, workspace.codelists, before)


def _list_roles(workspace: Workspace, candidate: Candidate, review: Review) -> tuple[RoleLine, ...]:
    given = {one.role: one for one in (*review.approvals, *review.refusals)}
    lines = []
    for role in candidate.contract.policy.approvals.roles:
        holders = tuple(person.name for person in workspace.people.list_holders([role]))
        lines.append(RoleLine(role, describe_roles([role]), holders, given.get(role)))
    return tuple(lines)


def _list_evidence(workspace: Workspace, candidate: Candidate, review: Review) -> tuple[EvidenceLine, ...]:
    there, needed = list_assessments(workspace, candidate.contract), candidate.contract.policy.assessments.needed
    return tuple(
        EvidenceLine(kind, ASSESSMENT_NAMES[kind], there.get(kind), kind not in review.lacking)
        for kind in dict.fromkeys([*needed, *there])
    )


def _list_accepted(workspace: Workspace, candidate: Candidate) -> tuple[AcceptedHandIn, ...]:
    return tuple(
        _describe_acceptance(workspace, part, entry)
        for part in candidate.slices
        for entry in find_acceptances(workspace.ledger, part["submission"])
    )


def _describe_acceptance(workspace: Workspace, part: Mapping[str, Any], entry: LedgerEntry) -> AcceptedHandIn:
    named = name_findings(workspace, read_receipt(workspace, part["submission"]))
    return AcceptedHandIn(
        number=part["submission"],
        department=workspace.departments[part["department"]].name,
        period=part["period"],
        findings=tuple(named.get(kind, Text(zh=kind, en=kind)) for kind in entry.facts["findings"]),
        reason=entry.facts["reason"],
        who=entry.facts.get("who", entry.who),
        at=entry.at,
    )


def _sample_rows(candidate: Candidate) -> tuple[tuple[str, ...], ...]:
    names = [field.name for field in candidate.contract.public_fields()]
    rows = candidate.rows.read_columns(names, SAMPLE_ROWS).to_pylist()
    return tuple(tuple("" if value is None else str(value) for value in row.values()) for row in rows)


def list_commands(workspace: Workspace, dataset: str, review: Review) -> tuple[tuple[Text, str], ...]:
    """Returns what can be done next about a candidate that the gate let pass, each with its command."""
    busy, found = {one.person for one in review.approvals}, _list_assessing(workspace, dataset, review)
    for role in review.missing:
        holders = [one.name for one in workspace.people.list_holders([role]) if one.name not in busy]
        who, role_name = (holders or ["…"])[0], describe_roles([role])
        label = Text(zh=f"同意（{role_name.zh}）", en=f"Approve ({role_name.en})")
        found.append((label, f"sportlake approve {dataset} --as {who}"))
        label = Text(zh=f"不同意（{role_name.zh}）", en=f"Refuse ({role_name.en})")
        found.append((label, f"sportlake refuse {dataset} --reason … --as {who}"))
    found += [
        (
            Text(zh=f"{one.person} 取消自己的决定", en=f"{one.person} takes the decision back"),
            f"sportlake approve {dataset} --undo --as {one.person}",
        )
        for one in (*review.approvals, *review.refusals)
    ]
    if review.passed:
        found.append((Text(zh="生成版本", en="Make the release"), "sportlake run"))
    return tuple(found)


def _list_candidate_commands(
    workspace: Workspace, candidate: Candidate, review: Review
) -> tuple[tuple[Text, str], ...]:
    """Returns `list_commands`; for a candidate that the gate stops, the commands that waive objections and that show why it is stopped."""
    if candidate.blocked:
        label = Text(zh="查看各数据集的状态和原因", en="See where every dataset stands, and why")
        return (*_list_waiving(workspace, candidate), (label, "sportlake status"))
    return list_commands(workspace, candidate.contract.name, review)


def _list_assessing(workspace: Workspace, dataset: str, review: Review) -> list[tuple[Text, str]]:
    """Returns the command that puts each missing assessment on record."""
    found = []
    for kind in review.lacking:
        name, who = ASSESSMENT_NAMES[kind], workspace.people.name_holder([ASSESSMENT_ROLES[kind]])
        label = Text(zh=f"登记{name.zh}", en=f"Put the {name.en} on record")
        command = f"sportlake assess {dataset} {kind} --document … --result … --as {who}"
        found.append((label, command))
    return found


def _list_waiving(workspace: Workspace, candidate: Candidate) -> list[tuple[Text, str]]:
    """Returns the command that waives each objection; none if the candidate has an objection that may not be waived."""
    if not all(map(may_be_waived, candidate.errors)):
        return []
    who, name = workspace.people.name_holder(candidate.contract.policy.waivers.roles), candidate.contract.name
    return [
        (
            Text(zh=f"豁免 {kind}", en=f"Waive {kind}"),
            f"sportlake waive {name} {kind} --reason … --until … --as {who}",
        )
        for kind in dict.fromkeys(finding.type for finding in candidate.errors)
    ]
