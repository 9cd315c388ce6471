"""Release, the second entry point: from the lake to a frozen, numbered release.

    assemble   the current rows of a dataset, pinned to a lake version, with their quality figures
    gate       the objections to publishing them, and the relations to other datasets that they break
    review     the people who must approve them (`review/approvals.py`)
    freeze     write them as a release, unless they equal the last release

Not here: writing distributions (`warehouse.releases.releases`), the objections (`quality.gate`), catalogues (`publication/publish.py`),
decisions of people (`review/decisions.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from pipelines.candidate_rows import read_candidate_rows
from pipelines.publication.emptied_datasets import restore_refilled
from pipelines.relations.judged_relations import JudgedRelation, judge_relations
from pipelines.review.approvals import Decision, record_candidate, review_candidate
from pipelines.review.assessments import describe_assessments
from pipelines.review.coverage import check_coverage
from pipelines.review.disputes import describe_disputes, warn_of_disputes
from pipelines.review.open_type import check_open_type
from pipelines.review.waivers import WaivedFinding, describe_waived, split_waived
from pipelines.submissions.timeliness import find_owed_slices
from pipelines.workspace import Workspace
from quality.disclosure.personal_data import find_personal_data
from quality.disclosure.withheld import find_unwithheld
from quality.findings import Finding
from quality.gate import judge_scan
from schemas.contract import Contract
from schemas.table_parts import PartRules
from warehouse.lake.standing import find_retraction, list_standing
from warehouse.ledger.open_decisions import OpenDecisions
from warehouse.releases import freezing, releases
from warehouse.releases.package import measure_completeness
from warehouse.releases.release_rows import CountedRows, ReleaseRows
from warehouse.releases.release_table import read_release_batches
from warehouse.releases.released_limits import describe_time_limits
from warehouse.releases.releases import Release

_SEARCHED = 15_360
"""Rows of an earlier release that are searched at a time."""


@dataclass(frozen=True)
class Candidate:
    """A possible release: the current rows of a dataset as of one lake version, the objections to it, and those that are waived.

    `relations`: what the relations of the dataset to others gave when it was assembled, broken or not.
    """

    contract: Contract
    rows: ReleaseRows
    lake_version: int
    slices: tuple[Mapping[str, Any], ...]
    retracted: tuple[Mapping[str, Any], ...]
    quality: Mapping[str, Any]
    objections: tuple[Finding, ...]
    disputes: tuple[Mapping[str, Any], ...] = ()
    waived: tuple[WaivedFinding, ...] = ()
    relations: tuple[JudgedRelation, ...] = ()

    @property
    def content_hash(self) -> str:
        """The digest of the rows as they would be released, and of their schema."""
        return self.rows.counted.content_hash

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The objections that stop the release; the others are warnings."""
        return tuple(finding for finding in self.objections if finding.severity == "error")

    @property
    def waived_until(self) -> date | None:
        """The last day on which all of its waivers hold; None without waivers."""
        return min((one.waiver.until for one in self.waived), default=None)

    @property
    def blocked(self) -> bool:
        """Whether an objection stops the release."""
        return bool(self.errors)


def assemble_candidate(workspace: Workspace, dataset: str, on: date | None = None) -> Candidate | None:
    """Returns the candidate of a dataset from the current lake; None if nothing of it has been accepted yet.

    `on`: the day that decides which entries of the negative list and which waivers are in force; None: all entries and no waivers.
    """
    contract = workspace.contracts[dataset]
    version = workspace.lake.current_version(contract)
    if version is None:
        return None
    rows = read_candidate_rows(workspace, contract, version, on)
    counted, held_out, withheld = rows.found.counted, rows.found.held_out, rows.found.withheld
    slices = _describe_slices(workspace, counted.slices, dataset)
    quality = {
        **_measure_quality(counted, slices, held_out.rows),
        **({"withheld": withheld} if withheld else {}),
    }
    made = releases.list_releases(workspace.layout, dataset)
    found = judge_scan(
        contract, rows.found.scan, held_back=quality["rows_held_back"], submitted=quality["rows_submitted"]
    )
    found += [*check_open_type(workspace, contract, made, on)]
    found += [] if made else [*check_coverage(contract, workspace.departments, slices)]
    relations = judge_relations(workspace, dataset, on, version)
    found += [one.finding for one in relations if one.finding is not None]
    objections, waived = split_waived(workspace, contract, slices, found, on)
    return Candidate(
        contract=contract,
        rows=rows.release,
        lake_version=version,
        slices=slices,
        retracted=_describe_retracted(workspace, dataset),
        quality=quality,
        objections=(*objections, *warn_of_disputes(held_out)),
        disputes=tuple(describe_disputes(held_out)),
        waived=waived,
        relations=relations,
    )


def freeze_candidate(workspace: Workspace, candidate: Candidate, now: datetime) -> Release | None:
    """Freezes the candidate as the next release; None if the gate objects, nothing changed since the last one, or people must decide.

    Recorded once in the ledger: a candidate that waits for people, or whose disputed rows are held out; and a version of the lake whose
    content equals the newest release. In the latter case a withdrawal that was made because all data had been retracted ends.
    """
    with workspace.hold_lock(workspace.layout.release_lock(candidate.contract.name)):
        workspace.follow_storage()  # a release that another host made is in the bucket, and counts
        return _freeze_alone(workspace, candidate, now)


def _freeze_alone(workspace: Workspace, candidate: Candidate, now: datetime) -> Release | None:
    made = releases.list_releases(workspace.layout, candidate.contract.name)
    if made:
        _record_release(workspace, made[-1])
    if candidate.blocked:
        return None
    facts = {
        "content_hash": candidate.content_hash,
        "lake_version": candidate.lake_version,
        "disputes": list(candidate.disputes),
        **({"waived_until": candidate.waived_until.isoformat()} if candidate.waived_until else {}),
    }
    if made and _is_unchanged(made[-1], candidate):
        restore_refilled(workspace, candidate.contract.name, now)
        if made[-1].lake_version != candidate.lake_version:
            record_candidate(workspace, candidate.contract, {**facts, "equals": made[-1].number}, now)
        return None
    review = review_candidate(workspace, candidate.contract, candidate.content_hash, now)
    if not review.passed or candidate.disputes:
        record_candidate(workspace, candidate.contract, facts, now)
    if not review.passed:
        return None
    head = workspace.ledger.read_head()
    fresh = write_release(
        workspace,
        candidate,
        now=now,
        previous=made[-1].number if made else None,
        approvals=[describe_approval(one) for one in review.approvals],
        ledger_head=str(head) if head else None,
        parts=workspace.release_parts,
    )
    _record_release(workspace, fresh)
    restore_refilled(workspace, candidate.contract.name, now)
    return fresh


def write_release(
    workspace: Workspace,
    candidate: Candidate,
    *,
    now: datetime,
    previous: str | None,
    approvals: Sequence[Mapping[str, Any]],
    ledger_head: str | None,
    parts: PartRules,
) -> Release:
    """Writes the candidate as the release after `previous`, whatever the gate and people say of it, and records nothing.

    Raises ReleaseError if `previous` is not the newest release, EngineError if it is in parts and the engine cannot write them.
    """
    owed = find_owed_slices(workspace, candidate.contract, now.date())
    stated = freezing.StatedFacts(
        lake_version=candidate.lake_version,
        quality=candidate.quality,
        slices=candidate.slices,
        retracted=candidate.retracted,
        approvals=approvals,
        assessments=describe_assessments(workspace, candidate.contract, now.date()),
        waivers=describe_waived(candidate.waived),
        ledger_head=ledger_head,
        time_limits=describe_time_limits(candidate.contract, candidate.rows.parquet, owed, now.date()),
        synthetic=workspace.synthetic,
    )
    return freezing.freeze(
        workspace.layout,
        candidate.contract,
        candidate.rows,
        stated,
        now=now,
        previous=previous,
        codelists=workspace.codelists,
        with_changes=not (previous and _holds_personal_data(workspace, candidate.contract, previous)),
        parts=parts,
    )


def is_released(workspace: Workspace, candidate: Candidate) -> bool:
    """Whether the newest release has this content already."""
    made = releases.list_releases(workspace.layout, candidate.contract.name)
    return bool(made) and _is_unchanged(made[-1], candidate)


def describe_approval(one: Decision) -> Mapping[str, Any]:
    """Returns what a release says of an approval: role, day and entry of the ledger, which alone has the name."""
    about = {"role": one.role, "on": one.at.date().isoformat(), "entry": one.seq}
    return {**about, "synthetic": True} if one.synthetic else about


def _holds_personal_data(workspace: Workspace, contract: Contract, number: str) -> bool:
    """Whether an earlier release has a cell with personal data that today's rules find; the file of changes must then not repeat its cells."""
    batches = read_release_batches(workspace.layout.release_folder(contract.name, number), _SEARCHED)
    return any(_has_errors(pa.Table.from_batches([batch]), contract) for batch in batches)


def _has_errors(rows: pa.Table, contract: Contract) -> bool:
    found = find_personal_data(rows, pa.array(range(rows.num_rows), pa.int64()), contract)
    return any(finding.severity == "error" for finding in [*found, *find_unwithheld(rows, contract)])


def _is_unchanged(last: Release, candidate: Candidate) -> bool:
    return last.content_hash == candidate.content_hash and last.contract_version == candidate.contract.version


def _record_release(workspace: Workspace, made: Release) -> None:
    """Records a release in the ledger once, also after a crash between freezing and recording."""
    workspace.ledger.append_once(
        "release",
        now=made.created,
        actor=workspace.actor,
        reason="content changed",
        facts={
            "dataset": made.dataset,
            "number": made.number,
            "content_hash": made.content_hash,
            "lake_version": made.lake_version,
            "rows": made.rows,
            **{name: [one["entry"] for one in found] for name, found in _list_evidence(made) if found},
        },
        key=("dataset", "number"),
    )


def _list_evidence(made: Release) -> tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]:
    return ("approvals", made.approvals), ("assessments", made.assessments), ("waivers", made.waivers)


def _describe_slices(
    workspace: Workspace, counts: Mapping[str, Mapping[str, int]], dataset: str
) -> tuple[Mapping[str, Any], ...]:
    """Returns one mapping per slice in the rows: department, period, rows, and the submission that stands for it."""
    standing, ledger = list_standing(workspace.ledger), workspace.ledger
    slices = []
    for department, period, rows in sorted(
        (code, one, n) for code, found in counts.items() for one, n in found.items()
    ):
        number = standing[f"{dataset}/{department}/{period}"].number
        verdict = ledger.find_entries("verdict", "number", number)[-1].facts
        received = ledger.find_entries("submission", "number", number)[0]
        slices.append(
            {
                "department": department,
                "period": period,
                "rows": rows,
                "submission": number,
                "sha256": received.facts["sha256"],
                "received": received.at.date().isoformat(),
                "rows_submitted": verdict["rows"],
                "rows_held_back": verdict["held_back"],
                "findings": verdict["counts"],
            }
        )
    return tuple(slices)


def _describe_retracted(workspace: Workspace, dataset: str) -> tuple[Mapping[str, Any], ...]:
    """Returns what was taken back since the last release of the dataset, and why: one mapping per submission."""
    released = workspace.ledger.find_entries("release", "dataset", dataset)
    since = released[-1].seq if released else 0
    retractions = workspace.ledger.open_view(OpenDecisions).list_retractions(dataset, since)
    numbers = dict.fromkeys(entry.facts["number"] for entry in retractions)
    found = []
    for number in numbers:
        entry = find_retraction(workspace.ledger, number)
        name, department, period = entry.facts["slice"].split("/") if entry else ("", "", "")
        if entry is not None and name == dataset:
            day = entry.at.date().isoformat()
            named = workspace.departments[department].name.model_dump()
            found.append(
                {"department": department, "name": named, "period": period, "reason": entry.facts["reason"], "on": day}
            )
    return tuple(found)


def _measure_quality(counted: CountedRows, slices: tuple[Mapping[str, Any], ...], disputed: int) -> Mapping[str, Any]:
    """Returns rows submitted and held back, findings by type, and the share (0 to 1) of cells that are not null.

    Disputed rows count among those held back, and as findings `disputed-keys`.
    """
    findings: dict[str, int] = {}
    for slice_ in slices:
        for kind, count in slice_["findings"].items():
            findings[kind] = findings.get(kind, 0) + count
    if disputed:
        findings["disputed-keys"] = disputed
    return {
        "rows_submitted": sum(slice_["rows_submitted"] for slice_ in slices),
        "rows_held_back": sum(slice_["rows_held_back"] for slice_ in slices) + disputed,
        "findings": dict(sorted(findings.items())),
        "completeness": measure_completeness(counted.rows, counted.filled),
    }
