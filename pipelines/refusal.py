"""The gate's refusal of a candidate, on record: which objections, about which rows, departments and receipts.

Here: where an objection comes from, and the ledger entry. Not here: the objections (`quality/gate.py`), assembling candidates
(`release.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from pipelines.relations.judged_relations import mark_relations
from pipelines.release import Candidate
from pipelines.review.approvals import is_decision
from pipelines.review.assessments import newest_evidence
from pipelines.workspace import Workspace
from quality.findings import Finding
from quality.repeated_keys import find_repeated_keys, mark_rows_with_keys
from quality.row_scan import FIRST_ROW
from schemas.contract import SLICE_COLUMNS
from schemas.errors import EngineError
from warehouse.ledger.ledger import LedgerEntry

_SAME_REFUSAL = ("dataset", "lake_version", "contract_version", "content_hash", "after")
MOST_SOURCES = 20
"""Rows, slices and receipts that the record names for one objection."""


def record_refusal(workspace: Workspace, candidate: Candidate, now: datetime) -> LedgerEntry | None:
    """Records once that the gate refuses this candidate, with the objections and the disputed keys; None if the gate does not refuse it.

    The same candidate is recorded again if the evidence (`after`: the newest entry that the gate had seen) or the broken relations
    (`relations`: a mark of these and of the rows that break them) have changed since.
    """
    if not candidate.blocked:
        return None
    relations = mark_relations(workspace, candidate.contract.name, "error")
    places = candidate.rows.read_columns(SLICE_COLUMNS)
    facts = {
        "dataset": candidate.contract.name,
        "lake_version": candidate.lake_version,
        "contract_version": candidate.contract.version,
        "content_hash": candidate.content_hash,
        "after": newest_evidence(workspace, candidate.contract.name),
        "objections": [_describe_objection(candidate, finding, places) for finding in candidate.errors],
        **({"disputes": list(candidate.disputes)} if candidate.disputes else {}),
        **({"relations": relations} if relations else {}),
    }
    return workspace.ledger.append_once(
        "refusal",
        now=now,
        actor=workspace.actor,
        reason=candidate.errors[0].message.en,
        facts=facts,
        key=(*_SAME_REFUSAL, *(["relations"] if relations else [])),
    )


def find_refusal(workspace: Workspace, dataset: str) -> LedgerEntry | None:
    """Returns the gate's refusal of the dataset as it stands now; None if the gate did not refuse it, or has to judge it again.

    The gate has to judge again if rows, contract, evidence or broken relations have changed since, or if the engine cannot compute the
    relations.
    """
    refused = [
        entry for entry in workspace.ledger.find_entries("refusal", "dataset", dataset) if not is_decision(entry)
    ]
    if not refused:
        return None
    contract, last = workspace.contracts[dataset], refused[-1].facts
    standing = (workspace.lake.current_version(contract), contract.version)
    if last.get("after", 0) < newest_evidence(workspace, dataset):
        return None
    if standing != (last["lake_version"], last["contract_version"]):
        return None
    try:
        broken = mark_relations(workspace, dataset, "error")
    except EngineError:
        return None
    return refused[-1] if last.get("relations", "") == broken else None


def _describe_objection(candidate: Candidate, finding: Finding, places: pa.Table) -> Mapping[str, Any]:
    rows = list(_find_rows(candidate, finding))
    slices = dict.fromkeys(_find_slices(candidate, finding, rows, places))
    receipts = {f"{part['department']}/{part['period']}": part["submission"] for part in candidate.slices}
    return {
        "type": finding.type,
        "message": finding.message.model_dump(),
        "value": finding.value,
        "rows": [row + FIRST_ROW for row in rows[:MOST_SOURCES]],
        "slices": list(slices)[:MOST_SOURCES],
        "receipts": [receipts[slice_] for slice_ in slices if slice_ in receipts][:MOST_SOURCES],
    }


def _find_rows(candidate: Candidate, finding: Finding) -> Iterator[int]:
    """Yields the positions in the candidate's rows that an objection is about."""
    if finding.row is not None:
        yield finding.row - FIRST_ROW
    elif finding.type == "duplicate-key":
        keys = candidate.contract.primary_key
        table = candidate.rows.read_columns(keys)
        again = find_repeated_keys(table, keys)[:MOST_SOURCES]
        yield from (at for at, marked in enumerate(mark_rows_with_keys(table, keys, again)) if marked)


def _find_slices(candidate: Candidate, finding: Finding, rows: Sequence[int], places: pa.Table) -> Iterator[str]:
    if finding.type == "too-many-held-back":
        held = sorted(candidate.slices, key=lambda part: -int(part["rows_held_back"]))
        yield from (f"{part['department']}/{part['period']}" for part in held if part["rows_held_back"])
    for one in candidate.relations:
        if one.finding is not None and one.finding.type == finding.type:
            yield from (slice_ for part in one.result.broken for slice_ in part.slices)
    for row in rows:
        yield f"{places['department'][row].as_py()}/{places['period'][row].as_py()}"
