"""The review of sample data by the sample's people: shows the walk whole where no data and nobody is real.

Only in a home whose inbox was filled with the sample, and only by people marked as invented; their approvals say so wherever they
are shown. In any other home nobody approves by himself. Not here: who these people are (`pipelines/sample/people.py`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipelines.release import Candidate, is_released
from pipelines.review.approvals import review_candidate
from pipelines.review.assessment_decisions import Assessed, record_assessment
from pipelines.review.decisions import approve_assembled
from pipelines.workspace import Workspace
from schemas.assessments import ASSESSMENT_ROLES, AssessmentKind
from schemas.contract import Contract
from schemas.people import ApprovalRole, Person

NOTE = "示例审批（虚构） sample review, invented"
DOCUMENT = "示例文号（虚构） sample document, invented"
RESULT = "示例结论（虚构） sample result, invented"


def may_review_samples(workspace: Workspace) -> bool:
    """Whether this is a home with sample data and sample people."""
    return workspace.synthetic and any(person.synthetic for person in workspace.people.people)


def approve_sample(workspace: Workspace, candidate: Candidate, now: datetime) -> bool:
    """Lets the sample's people assess and approve a candidate that was assembled just now; returns whether it has all approvals now.

    Left as they are: a candidate that the gate stops, that somebody refused, or for a role that no sample person has.
    """
    if not may_review_samples(workspace) or candidate.blocked or is_released(workspace, candidate):
        return False
    review = review_candidate(workspace, candidate.contract, candidate.content_hash, now)
    if review.refusals or review.passed or not _assess_sample(workspace, candidate.contract, review.lacking, now):
        return False
    review = review_candidate(workspace, candidate.contract, candidate.content_hash, now)
    for role in review.missing:
        busy = {one.person for one in review.approvals}
        person = _find_sample_person(workspace, role, busy)
        if person is None:
            return False
        review = approve_assembled(replace(workspace, actor=person.name), candidate, now, NOTE)
    return review.passed


def _assess_sample(workspace: Workspace, contract: Contract, lacking: Sequence[AssessmentKind], now: datetime) -> bool:
    """Puts what is lacking on record, each by an invented person and said to be invented; returns whether all of it could be."""
    for kind in lacking:
        person = _find_sample_person(workspace, ASSESSMENT_ROLES[kind], set())
        if person is None:
            return False
        assessed = Assessed(DOCUMENT, RESULT, now.date())
        record_assessment(replace(workspace, actor=person.name), contract.name, kind, assessed, now)
    return True


def _find_sample_person(workspace: Workspace, role: ApprovalRole, busy: set[str]) -> Person | None:
    holders = workspace.people.list_holders([role])
    return next((one for one in holders if one.synthetic and one.name not in busy), None)
