"""Where something public comes from: release, slice, submission, receipt, original, verdict, approvals, and what happened to it since.

Read from the ledger, the release's own documents and the receipts; every hash on the way is computed again. Read only. Not here: what
was asked about (`trace_target.py`), how it is told (`trace_view.py`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.audit.trace_target import TraceTarget, list_all_releases, read_row_values
from pipelines.submissions.inbox.submission import Submission, original_file, read_submission
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.submissions.receipts.verdict_facts import find_acceptances
from pipelines.venues.row_venues import RowVenue, find_row_venue, list_venue_columns
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.text import Text
from warehouse.atomic_files import file_sha256
from warehouse.ledger.ledger import EntryKind, LedgerEntry
from warehouse.releases.releases import Release, verify_release

OriginalState = Literal["same", "changed", "missing", "never_kept", "erased"]
_OF_DATASET: tuple[EntryKind, ...] = ("withdrawal", "restoration", "rollback", "incident", "waiver")
_OF_SUBMISSION: tuple[EntryKind, ...] = ("retraction", "reinstatement", "redaction")


@dataclass(frozen=True)
class Source:
    """One submission that the traced thing is made of. `rows`: its rows in the release, None where nothing of it is released.

    `received`: its entry in the ledger; `verdict`: the newest one; `original`: what the kept bytes are by their hash today.
    """

    submission: Submission
    receipt: Receipt
    received: LedgerEntry | None
    verdict: LedgerEntry | None
    original: OriginalState
    rows: int | None


@dataclass(frozen=True)
class Trace:
    """All that is on record of one target. `faults`: where hashes or records disagree; empty if everything fits.

    `provenance`: the release's own document. `approvals`: the decisions before the release, oldest first. `venue`: the venue that a row
    names. `publications`: when each catalogue began or ceased to show it. `events`: other decisions about its data: waivers, withdrawals,
    incidents and so on.
    """

    target: TraceTarget
    contract: Contract | None
    release: Release | None
    recorded: LedgerEntry | None
    provenance: Mapping[str, Any]
    sources: tuple[Source, ...]
    approvals: tuple[LedgerEntry, ...]
    venue: RowVenue | None
    publications: tuple[LedgerEntry, ...]
    events: tuple[LedgerEntry, ...]
    faults: tuple[Text, ...]


def trace_origin(workspace: Workspace, target: TraceTarget) -> Trace:
    """Returns where the target comes from. Raises UsageError if it names a receipt that does not exist."""
    release = target.release or _find_holding_release(workspace, target)
    provenance = _read_provenance(workspace, release) if release else {}
    sources = tuple(_list_sources(workspace, target, provenance))
    recorded = _find_release_entry(workspace, release) if release else None
    dataset = release.dataset if release else sources[0].receipt.dataset
    return Trace(
        target=target,
        contract=workspace.contracts.get(dataset) if dataset else None,
        release=release,
        recorded=recorded,
        provenance=provenance,
        sources=sources,
        approvals=tuple(_list_approvals(workspace, release)) if release else (),
        venue=_find_venue(workspace, target),
        publications=tuple(_list_publications(workspace, release)) if release else (),
        events=tuple(_list_events(workspace, release, recorded, sources)),
        faults=(
            *(_find_release_faults(workspace, release, recorded) if release else ()),
            *_find_source_faults(workspace, sources, provenance),
        ),
    )


def _find_venue(workspace: Workspace, target: TraceTarget) -> RowVenue | None:
    """Returns the venue that a row names, as things stand now; None if the target is no row, or one that names none."""
    dataset = target.release.dataset if target.release else ""
    columns = list_venue_columns(dataset)
    row = read_row_values(workspace, target, columns) if columns else None
    return find_row_venue(workspace, dataset, row) if row else None


def _find_holding_release(workspace: Workspace, target: TraceTarget) -> Release | None:
    """Returns the newest release that holds rows of the target's receipt; None if none does."""
    if target.receipt is None or (slice_ := read_submission(workspace, target.receipt).slice) is None:
        return None
    for release in list_all_releases(workspace, slice_.dataset):
        parts = _read_provenance(workspace, release)["slices"]
        if any(part["submission"] == target.receipt for part in parts):
            return release
    return None


def _read_provenance(workspace: Workspace, release: Release) -> Mapping[str, Any]:
    folder = workspace.layout.release_folder(release.dataset, release.number)
    found: Mapping[str, Any] = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    return found


def _list_sources(workspace: Workspace, target: TraceTarget, provenance: Mapping[str, Any]) -> Iterator[Source]:
    parts: Sequence[Mapping[str, Any]] = provenance.get("slices", ())
    if target.receipt is not None:
        rows = next((part["rows"] for part in parts if part["submission"] == target.receipt), None)
        yield _read_source(workspace, target.receipt, rows)
        return
    for part in parts:
        if target.slices is None or (part["department"], part["period"]) in target.slices:
            yield _read_source(workspace, part["submission"], part["rows"])


def _read_source(workspace: Workspace, number: str, rows: int | None) -> Source:
    submission = read_submission(workspace, number)
    received = workspace.ledger.find_entries("submission", "number", number)
    verdicts = workspace.ledger.find_entries("verdict", "number", number)
    return Source(
        submission=submission,
        receipt=read_receipt(workspace, number),
        received=received[0] if received else None,
        verdict=verdicts[-1] if verdicts else None,
        original=check_original(workspace, submission),
        rows=rows,
    )


def check_original(workspace: Workspace, submission: Submission) -> OriginalState:
    """Returns the state of a submission's kept bytes: the same as at receipt, changed, missing, never kept (too large), or erased.

    `erased`: an erasure replaced the bytes by a copy without the values, which is intact, or removed them.
    """
    erased, path = submission.erased, original_file(workspace, submission)
    if erased is not None and erased.sha256 is None:
        return "erased"
    if not submission.kept:
        return "never_kept"
    if not path.is_file():
        return "missing"
    if erased is not None:
        return "erased" if file_sha256(path) == erased.sha256 else "changed"
    return "same" if file_sha256(path) == submission.sha256 else "changed"


def list_redactions(workspace: Workspace, release: Release) -> list[LedgerEntry]:
    """Returns the entries about erasures from a release, oldest first; the last one names the content hash that it has now."""
    found = workspace.ledger.find_entries("redaction", "dataset", release.dataset)
    return [entry for entry in found if entry.facts.get("release") == release.number]


def _find_release_entry(workspace: Workspace, release: Release) -> LedgerEntry | None:
    return workspace.ledger.find_entry("release", {"dataset": release.dataset, "number": release.number})


def _list_approvals(workspace: Workspace, release: Release) -> Iterator[LedgerEntry]:
    found = (workspace.ledger.read_entry(one["entry"]) for one in release.approvals)
    yield from (entry for entry in found if entry is not None)


def _list_publications(workspace: Workspace, release: Release) -> list[LedgerEntry]:
    kinds: tuple[EntryKind, ...] = ("publication", "retirement")
    entries = [entry for kind in kinds for entry in workspace.ledger.find_entries(kind, "dataset", release.dataset)]
    mine = [entry for entry in entries if entry.facts.get("release") == release.number]
    return sorted(mine, key=lambda entry: entry.seq)


def _list_events(
    workspace: Workspace, release: Release | None, recorded: LedgerEntry | None, sources: Sequence[Source]
) -> list[LedgerEntry]:
    """Returns what was decided about these submissions, and about the dataset since the release; oldest first."""
    ledger, since = workspace.ledger, recorded.seq if recorded else 0
    found = [
        entry
        for source in sources
        for kind in _OF_SUBMISSION
        for entry in ledger.find_entries(kind, "number", source.submission.number)
    ]
    accepted = [entry for source in sources for entry in find_acceptances(ledger, source.submission.number)]
    found += {entry.seq: entry for entry in accepted}.values()
    if release is not None:
        of_dataset = [entry for kind in _OF_DATASET for entry in ledger.find_entries(kind, "dataset", release.dataset)]
        found += [entry for entry in of_dataset if entry.seq > since]
        found += list_redactions(workspace, release)
    return sorted(found, key=lambda entry: entry.seq)


def _find_release_faults(workspace: Workspace, release: Release, recorded: LedgerEntry | None) -> Iterator[Text]:
    yield from verify_release(workspace.layout.release_folder(release.dataset, release.number))
    faults = [recorded] if recorded else []
    approved = faults[0].facts["content_hash"] if faults else release.content_hash
    if recorded is None:
        yield Text(zh="台账中没有这个版本", en="the ledger has no entry of this release")
    elif [*faults, *list_redactions(workspace, release)][-1].facts["content_hash"] != release.content_hash:
        yield Text(zh="版本的内容哈希与台账不符", en="the content hash of the release is not the one in the ledger")
    for one in release.approvals:
        entry = workspace.ledger.read_entry(one["entry"])
        if entry is None or entry.kind != "approval" or entry.facts["content_hash"] != approved:
            yield Text(
                zh=f"台账第 {one['entry']} 条不是对这一内容的审批",
                en=f"entry {one['entry']} of the ledger is no approval of this content",
            )


def _find_source_faults(
    workspace: Workspace, sources: Sequence[Source], provenance: Mapping[str, Any]
) -> Iterator[Text]:
    recorded_hashes = {part["submission"]: part["sha256"] for part in provenance.get("slices", ())}
    for source in sources:
        number, sha256 = source.submission.number, source.submission.sha256
        hashes = {sha256, source.receipt.sha256, recorded_hashes.get(number, sha256)}
        hashes |= {source.received.facts["sha256"]} if source.received else set()
        if source.received is None or len(hashes) > 1:
            yield Text(
                zh=f"{number} 的原件哈希在台账、回执和版本中不一致",
                en=f"ledger, receipt and release name different hashes for the original of {number}",
            )
        told_rows = (source.receipt.outcome, source.receipt.accepted)
        if source.verdict and (source.verdict.facts["outcome"], source.verdict.facts["accepted"]) != told_rows:
            yield Text(
                zh=f"回执 {number} 的判定与台账不符",
                en=f"the receipt {number} says another verdict than the ledger",
            )
        if source.original in {"changed", "missing"}:
            path = original_file(workspace, source.submission).name
            yield Text(
                zh=f"{number} 的原件 {path} {'已改动' if source.original == 'changed' else '已不在'}",
                en=f"the original {path} of {number} {'was changed' if source.original == 'changed' else 'is gone'}",
            )
