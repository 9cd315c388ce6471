"""Approvals for tests: the people of the home approve what waits, each role by another person. Not here: what an approval is."""

from dataclasses import replace
from datetime import datetime

from pipelines.release import Candidate, is_released
from pipelines.review.approvals import review_candidate
from pipelines.review.decisions import approve_assembled
from pipelines.workspace import Workspace
from support.people import write_people


def approve_for_test(workspace: Workspace, candidate: Candidate, now: datetime) -> None:
    """Every approval that the contract asks for and that is missing; none where the gate objects or nothing is new."""
    review = review_candidate(workspace, candidate.contract, candidate.content_hash, now)
    if candidate.blocked or not review.missing or is_released(workspace, candidate):
        return
    write_people(workspace.layout.home)
    for role in review.missing:
        person = next(one for one in workspace.people.list_holders([role]))
        approve_assembled(replace(workspace, actor=person.name), candidate, now)
