"""Evidence that runs out: assessments and waivers that end soon or have ended, and refusals whose day of review has come.

Grain: one record that somebody must renew. Only what still matters is listed: the newest assessment of each kind of the contract's
version, waivers that hold or on which the newest release rests. Read only. Not here: work-lists and messages.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from pipelines.review.assessments import list_assessments
from pipelines.review.waivers import list_waivers
from pipelines.workspace import Workspace
from schemas.assessments import ASSESSMENT_NAMES, ASSESSMENT_ROLES
from schemas.contract import Contract
from schemas.metadata import Refusal
from schemas.people import Role
from schemas.text import Text

NOTICE_DAYS = 30
"""How long before its last day a record is listed."""


class ExpiringEvidence(NamedTuple):
    """One record: `kind` is its key, `until` its last day, `person` who recorded it (None: the contract says it), `role` who renews it."""

    dataset: str
    kind: str
    name: Text
    until: date
    person: str | None
    role: Role
    expired: bool


def list_expiring_evidence(workspace: Workspace, today: date) -> list[ExpiringEvidence]:
    """Returns the evidence of all datasets that ends within `NOTICE_DAYS` days of today or has ended, the most urgent first."""
    latest = today + timedelta(days=NOTICE_DAYS)
    found = [
        one
        for contract in workspace.contracts.values()
        for one in _list_evidence(workspace, contract, today)
        if one.until <= latest
    ]
    return sorted(found, key=lambda one: (one.until, one.dataset, one.kind))


def _list_evidence(workspace: Workspace, contract: Contract, today: date) -> Iterator[ExpiringEvidence]:
    dataset, stated = contract.name, contract.policy.catalogue.refusal
    records = list_assessments(workspace, contract)
    for kind, record in records.items():
        if kind in contract.policy.assessments.needed or kind == "refusal":
            role, name = ASSESSMENT_ROLES[kind], ASSESSMENT_NAMES[kind]
            yield ExpiringEvidence(dataset, kind, name, record.until, record.person, role, record.until < today)
    if isinstance(stated, Refusal) and "refusal" not in records:
        role, name, until = ASSESSMENT_ROLES["refusal"], ASSESSMENT_NAMES["refusal"], stated.review_by
        yield ExpiringEvidence(dataset, "refusal", name, until, None, role, until < today)
    released = workspace.ledger.find_newest("release", "dataset", dataset, 1)
    used = released[0].facts.get("waivers", ()) if released else ()
    for one in list_waivers(workspace, dataset):
        if today <= one.until or one.seq in used:
            name = Text(zh=f"豁免 {one.type}", en=f"waiver of {one.type}")
            yield ExpiringEvidence(dataset, one.type, name, one.until, one.person, one.role, one.until < today)
