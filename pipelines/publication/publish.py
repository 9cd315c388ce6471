"""Publication to a catalogue: compares what it should show with what it shows, and applies the difference.

Here: which releases are wanted, and recording in the ledger what each catalogue shows and has retired. Not here: the decisions
(`withdrawal.py`, `rollback.py`), the content of an entry, how a catalogue is written (`catalog`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar

from catalog.entry import CatalogueEntry, build_entry
from catalog.plan import DAMAGED, Catalogue, Difference, PlanOutcome, PlanStep, PublicationPlan, make_plan
from pipelines.publication.visible_release import find_public_decision, visible_release
from pipelines.publication.withdrawal import active_withdrawals, list_withdrawals
from pipelines.workspace import Workspace
from warehouse.ledger.ledger import LedgerEntry

_Shown = TypeVar("_Shown", CatalogueEntry, PlanStep)


class Publication(NamedTuple):
    """The plan for a catalogue, and its outcome."""

    plan: PublicationPlan
    outcome: PlanOutcome


class Retirement(NamedTuple):
    """A dataset that a catalogue no longer shows.

    `withdrawal` is the number of the ledger entry with the decision, None if there was no decision.
    """

    dataset: str
    release: str
    withdrawal: int | None


def wanted_entries(workspace: Workspace) -> list[CatalogueEntry]:
    """Returns an entry for every dataset that is released and not withdrawn, in the order of the contracts."""
    held = active_withdrawals(workspace)
    entries = (_build_visible_entry(workspace, name) for name in workspace.contracts if name not in held)
    return [entry for entry in entries if entry is not None]


def plan_publication(workspace: Workspace, catalogue: Catalogue) -> PublicationPlan:
    """Returns what `publish_entries` would do to the catalogue now; changes nothing."""
    return make_plan(wanted_entries(workspace), catalogue.read_published())


def publish_entries(workspace: Workspace, catalogue: Catalogue, now: datetime) -> Publication:
    """Applies the plan, one writer per catalogue at a time; a catalogue that is up to date is not written to."""
    with workspace.hold_lock(workspace.layout.publishing / f"{catalogue.name}.lock"):
        entries = wanted_entries(workspace)
        planned = make_plan(entries, catalogue.read_published())
        outcome = catalogue.apply(planned, entries, list_withdrawals(workspace))
        _record_publications(workspace, catalogue.name, entries, now)
    return Publication(planned, outcome)


def mend_catalogue(workspace: Workspace, catalogue: Catalogue, now: datetime) -> Publication:
    """Reads every byte and row that the catalogue serves, and publishes again what differs from its release."""
    with workspace.hold_lock(workspace.layout.publishing / f"{catalogue.name}.lock"):
        entries = wanted_entries(workspace)
        drifted = {one.dataset for one in catalogue.find_drift(entries)}
        shown = catalogue.read_published()
        planned = make_plan(entries, {name: DAMAGED if name in drifted else shown[name] for name in shown})
        outcome = catalogue.apply(planned, entries, list_withdrawals(workspace))
        _record_publications(workspace, catalogue.name, entries, now)
    return Publication(planned, outcome)


def find_drift(workspace: Workspace, catalogue: Catalogue, datasets: Collection[str] = ()) -> list[Difference]:
    """Returns where the catalogue serves something else than it should, for those datasets or for all (empty)."""
    found = catalogue.find_drift(wanted_entries(workspace))
    return [one for one in found if not datasets or one.dataset in datasets]


def unrecorded_publications(workspace: Workspace, catalogue: str, entries: Sequence[_Shown]) -> list[_Shown]:
    """Returns the entries, or steps of a plan, that the ledger does not record as shown by this catalogue in their current state."""
    recorded = _read_last_by_dataset(workspace, catalogue)
    return [
        entry for entry in entries if not _states_fact(recorded.get(entry.dataset), "fingerprint", entry.fingerprint)
    ]


def unrecorded_retirements(
    workspace: Workspace, catalogue: str, entries: Sequence[CatalogueEntry] | Sequence[PlanStep]
) -> list[Retirement]:
    """Returns the retired datasets whose retirement from this catalogue, or its decision, is not in the ledger."""
    recorded, held = _read_last_by_dataset(workspace, catalogue), active_withdrawals(workspace)
    decided = [
        Retirement(name, active.withdrawal.release, active.seq)
        for name, active in held.items()
        if not _states_fact(recorded.get(name), "withdrawal", active.seq)
    ]
    shown = {entry.dataset for entry in entries} | held.keys()
    retired = [name for name, last in recorded.items() if last.kind == "publication" and name not in shown]
    return decided + [Retirement(name, recorded[name].facts["release"], None) for name in retired]


def _build_visible_entry(workspace: Workspace, dataset: str) -> CatalogueEntry | None:
    choice = visible_release(workspace, dataset)
    if choice.shown is None:
        return None
    folder = workspace.layout.release_folder(dataset, choice.shown.number)
    entry = build_entry(workspace.contracts[dataset], folder, workspace.departments)
    offered = tuple(facts for facts in entry.history if facts.number not in choice.taken_back)
    gone = tuple(one.number for one in reversed(choice.made) if one.number in choice.taken_back)
    decision = find_public_decision(workspace, dataset, choice)
    changes = {"history": offered, "taken_back": gone} if gone else {}
    return entry.model_copy(update={**changes, "decision": decision}) if gone or decision else entry


def _read_last_by_dataset(workspace: Workspace, catalogue: str) -> dict[str, LedgerEntry]:
    """Returns the newest publication or retirement of each dataset in this catalogue."""
    return workspace.ledger.find_last_entries("dataset", ("publication", "retirement"), {"catalogue": catalogue})


def _states_fact(entry: LedgerEntry | None, fact: str, value: object) -> bool:
    return entry is not None and entry.facts.get(fact) == value


def _record_publications(
    workspace: Workspace, catalogue: str, entries: Sequence[CatalogueEntry], now: datetime
) -> None:
    """Records what the catalogue shows and has retired, where the ledger lacks it, also after a crash in between."""
    for entry in unrecorded_publications(workspace, catalogue, entries):
        facts = {"dataset": entry.dataset, "release": entry.release, "fingerprint": entry.fingerprint}
        _append_entry(workspace, "publication", "release published", {"catalogue": catalogue, **facts}, now)
    for retired in unrecorded_retirements(workspace, catalogue, entries):
        reason = "no longer offered" if retired.withdrawal is None else "withdrawn by decision"
        _append_entry(workspace, "retirement", reason, {"catalogue": catalogue, **retired._asdict()}, now)


def _append_entry(
    workspace: Workspace,
    kind: Literal["publication", "retirement"],
    reason: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    workspace.ledger.append_entry(kind, now=now, actor=workspace.actor, reason=reason, facts=facts)
