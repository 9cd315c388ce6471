"""The assessments of a dataset that are on record: which stand for the contract as it is, and which are lacking.

A record is an entry `assessment` of the ledger, of one kind, one dataset and one version of its contract; of each kind the newest
that was not taken back stands, until the end of its last day. Read only. Not here: putting one on record
(`assessment_decisions.py`), kinds and roles (`schemas/assessments.py`).
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from pipelines.workspace import Workspace
from schemas.assessments import PUBLIC_RESULTS, RELEASED_KINDS, AssessmentKind
from schemas.contract import Contract
from schemas.people import Role
from warehouse.ledger.ledger import EntryKind, LedgerEntry


class AssessmentRecord(NamedTuple):
    """One assessment on record: made on the day `on`, holding until the end of the day `until`, recorded by a person in a role."""

    seq: int
    kind: AssessmentKind
    person: str
    role: Role
    on: date
    until: date
    document: str
    result: str
    synthetic: bool


def list_assessments(workspace: Workspace, contract: Contract) -> dict[AssessmentKind, AssessmentRecord]:
    """Returns the records of the contract's version that stand, by kind, expired ones too."""
    entries = [
        entry
        for entry in workspace.ledger.find_entries("assessment", "dataset", contract.name)
        if entry.facts["contract_version"] == contract.version
    ]
    undone = list_undone(workspace, contract.name) if entries else ()
    return {entry.facts["kind"]: _parse_record(entry) for entry in entries if entry.seq not in undone}


def find_lacking(workspace: Workspace, contract: Contract, on: date) -> tuple[AssessmentKind, ...]:
    """Returns the kinds that the contract asks for and of which no record holds on that day."""
    needed = contract.policy.assessments.needed
    there = list_assessments(workspace, contract) if needed else {}
    return tuple(kind for kind in needed if kind not in there or there[kind].until < on)


def describe_assessments(workspace: Workspace, contract: Contract, on: date) -> list[Mapping[str, Any]]:
    """Returns what a release says of the assessments that hold on that day: kind, role, days, document and entry; no name."""
    there = list_assessments(workspace, contract)
    return [
        {
            "kind": kind,
            "role": one.role,
            "on": one.on.isoformat(),
            "until": one.until.isoformat(),
            "document": one.document,
            **({"result": one.result} if kind in PUBLIC_RESULTS else {}),
            "entry": one.seq,
            **({"synthetic": True} if one.synthetic else {}),
        }
        for kind in (*RELEASED_KINDS, "open_type_lowering")
        if (one := there.get(kind)) is not None and on <= one.until
    ]


def list_undone(workspace: Workspace, dataset: str) -> Collection[int]:
    """Returns the numbers of the entries about a dataset that somebody took back: approvals, refusals, assessments, waivers."""
    return {entry.facts["decision"] for entry in workspace.ledger.find_entries("revocation", "dataset", dataset)}


def newest_evidence(workspace: Workspace, dataset: str) -> int:
    """Returns the number of the newest ledger entry that may lift or restore an objection of the gate to a dataset; 0 if there is none."""
    kinds: tuple[EntryKind, ...] = ("assessment", "waiver", "revocation")
    found = [entry.seq for kind in kinds for entry in workspace.ledger.find_newest(kind, "dataset", dataset, 1)]
    return max(found, default=0)


def _parse_record(entry: LedgerEntry) -> AssessmentRecord:
    facts = entry.facts
    return AssessmentRecord(
        entry.seq,
        facts["kind"],
        entry.who,
        facts["role"],
        date.fromisoformat(facts["on"]),
        date.fromisoformat(facts["until"]),
        facts["document"],
        facts["result"],
        facts["synthetic"],
    )
