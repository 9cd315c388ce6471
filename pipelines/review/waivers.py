"""Waivers of the gate's objections: which may be waived at all, which objection a waiver is of, and which waivers stand.

A waiver is an entry `waiver` of the ledger, of one objection to one dataset: its type and field, the version of the contract, and what it
concerns (departments, periods, receipts, rows held back, rows that break a relation). If any of these changes, it is another objection,
to which the waiver does not apply. It holds until the end of its last day. Read only. Not here: waiving (`waiver_decisions.py`), hand-ins
accepted in spite of findings (`pipelines/submissions/decisions/acceptance.py`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pipelines.review.assessments import list_undone
from pipelines.review.coverage import measure_coverage
from pipelines.workspace import Workspace
from quality.findings import Finding
from quality.relations.result import is_relation_finding
from schemas.contract import Contract
from schemas.people import Role
from schemas.text import Text
from warehouse.ledger.ledger import LedgerEntry

WAIVABLE = frozenset({"low-coverage", "too-many-held-back", "no-contact"})
"""Types of objections that a person may waive, beside broken relations: none about personal data, the negative list, values, keys or the open type."""


class Waiver(NamedTuple):
    """One waiver: of which objection, by whom, until the end of which day, and why."""

    seq: int
    type: str
    finding: str
    message: Text
    person: str
    role: Role
    at: datetime
    until: date
    reason: str
    synthetic: bool


class WaivedFinding(NamedTuple):
    """An objection that does not stop the release, and the waiver of it."""

    finding: Finding
    waiver: Waiver


def split_waived(
    workspace: Workspace,
    contract: Contract,
    slices: Sequence[Mapping[str, Any]],
    findings: Sequence[Finding],
    on: date | None,
) -> tuple[tuple[Finding, ...], tuple[WaivedFinding, ...]]:
    """Returns the findings that remain, and those whose waiver holds on that day; without a day no waiver holds."""
    if on is None or not any(map(may_be_waived, findings)):
        return tuple(findings), ()
    standing = {one.finding: one for one in list_waivers(workspace, contract.name) if on <= one.until}
    remaining, waived = [], []
    for finding in findings:
        one = standing.get(identify_finding(workspace, contract, slices, finding)) if may_be_waived(finding) else None
        if one is None:
            remaining.append(finding)
        else:
            waived.append(WaivedFinding(finding, one))
    return tuple(remaining), tuple(waived)


def may_be_waived(finding: Finding) -> bool:
    """Whether a person may waive the objection; never one about personal data, the negative list or a wrong type."""
    return finding.severity == "error" and (finding.type in WAIVABLE or is_relation_finding(finding.type))


def identify_finding(
    workspace: Workspace, contract: Contract, slices: Sequence[Mapping[str, Any]], finding: Finding
) -> str:
    """Returns the identity of an objection: the hash of its type and field, the contract's version, and what it concerns."""
    about = {
        "dataset": contract.name,
        "contract_version": contract.version,
        "type": finding.type,
        "field": finding.field,
        "concerns": list_concerns(workspace, contract, slices, finding),
    }
    return hashlib.sha256(json.dumps(about, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def list_concerns(
    workspace: Workspace, contract: Contract, slices: Sequence[Mapping[str, Any]], finding: Finding
) -> list[str]:
    """Returns the set that an objection is about: missing hand-ins, receipts with rows held back, or the mark of rows that break a relation."""
    if is_relation_finding(finding.type):
        return [finding.value or ""]
    if finding.type == "low-coverage":
        cover = measure_coverage(contract, workspace.departments, slices)
        return sorted(f"{one.code}/{period}" for one in cover.departments for period in one.missing)
    if finding.type == "too-many-held-back":
        held = [part for part in slices if part["rows_held_back"]]
        return sorted(
            f"{part['department']}/{part['period']} {part['submission']}: {part['rows_held_back']}" for part in held
        )
    return []


def list_waivers(workspace: Workspace, dataset: str) -> list[Waiver]:
    """Returns the newest waiver of each objection to a dataset that was not taken back, expired ones too, oldest first."""
    entries = workspace.ledger.find_entries("waiver", "dataset", dataset)
    undone = list_undone(workspace, dataset) if entries else ()
    newest = {entry.facts["finding"]: entry for entry in entries if entry.seq not in undone}
    return [_parse_waiver(entry) for entry in sorted(newest.values(), key=lambda one: one.seq)]


def describe_waived(waived: Sequence[WaivedFinding]) -> list[Mapping[str, Any]]:
    """Returns what a release says of the objections that were waived: type, message, role, days and entry; no name."""
    return [
        {
            "type": one.finding.type,
            "message": one.finding.message.model_dump(),
            "role": one.waiver.role,
            "on": one.waiver.at.date().isoformat(),
            "until": one.waiver.until.isoformat(),
            "entry": one.waiver.seq,
            **({"synthetic": True} if one.waiver.synthetic else {}),
        }
        for one in waived
    ]


def _parse_waiver(entry: LedgerEntry) -> Waiver:
    facts = entry.facts
    return Waiver(
        entry.seq,
        facts["type"],
        facts["finding"],
        Text.model_validate(facts["message"]),
        entry.who,
        facts["role"],
        entry.at,
        date.fromisoformat(facts["until"]),
        facts["reason"],
        facts["synthetic"],
    )
