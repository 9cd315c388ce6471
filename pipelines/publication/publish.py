"""From releases to a catalogue: what it should show against what it shows, and the carrying out of the difference.

Here: which releases are wanted, and telling the ledger what each catalogue shows and no longer shows. Not here: the decisions
(`withdrawal.py`, `rollback.py`), what an entry says, how one catalogue or another is written (`catalog`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from catalog.entry import CatalogueEntry, build_entry
from catalog.plan import DAMAGED, Catalogue, Difference, PlanOutcome, PublicationPlan, make_plan
from pipelines.publication.visible_release import visible_release
from pipelines.publication.withdrawal import active_withdrawals, list_withdrawals
from pipelines.workspace import Workspace
from warehouse import atomic_files
from warehouse.ledger import LedgerEntry


class Publication(NamedTuple):
    """What was to be done to a catalogue, and what was."""

    plan: PublicationPlan
    outcome: PlanOutcome


class Retirement(NamedTuple):
    """A dataset that a catalogue no longer shows; `withdrawal` is the ledger's entry that decided so, None if no decision did."""

    dataset: str
    release: str
    withdrawal: int | None


def wanted_entries(workspace: Workspace) -> list[CatalogueEntry]:
    """An entry for every dataset that is released and not withdrawn, in the order of the contracts."""
    held = active_withdrawals(workspace)
    entries = (_build_visible_entry(workspace, name) for name in workspace.contracts if name not in held)
    return [entry for entry in entries if entry is not None]


def plan_publication(workspace: Workspace, catalogue: Catalogue) -> PublicationPlan:
    """What `publish` would do to the catalogue now; changes nothing."""
    return make_plan(wanted_entries(workspace), catalogue.read_published())


def publish_entries(workspace: Workspace, catalogue: Catalogue, now: datetime) -> Publication:
    """Carry out the plan, one writer a catalogue at a time. A catalogue that already shows what it should is not written to."""
    with atomic_files.hold_lock(workspace.layout.publishing / f"{catalogue.name}.lock"):
        entries = wanted_entries(workspace)
        planned = make_plan(entries, catalogue.read_published())
        outcome = catalogue.apply(planned, entries, list_withdrawals(workspace))
        _record_publications(workspace, catalogue.name, entries, now)
    return Publication(planned, outcome)


def mend_catalogue(workspace: Workspace, catalogue: Catalogue, now: datetime) -> Publication:
    """Read every byte and row that the catalogue serves, and publish anew what is not as it was released."""
    with atomic_files.hold_lock(workspace.layout.publishing / f"{catalogue.name}.lock"):
        entries = wanted_entries(workspace)
        drifted = {one.dataset for one in catalogue.find_drift(entries)}
        shown = catalogue.read_published()
        planned = make_plan(entries, {name: DAMAGED if name in drifted else shown[name] for name in shown})
        outcome = catalogue.apply(planned, entries, list_withdrawals(workspace))
        _record_publications(workspace, catalogue.name, entries, now)
    return Publication(planned, outcome)


def find_drift(workspace: Workspace, catalogue: Catalogue, datasets: Collection[str] = ()) -> list[Difference]:
    """Where the catalogue serves something else than it should, of those datasets or of all."""
    found = catalogue.find_drift(wanted_entries(workspace))
    return [one for one in found if not datasets or one.dataset in datasets]


def unrecorded_publications(
    workspace: Workspace, catalogue: str, entries: Sequence[CatalogueEntry]
) -> list[CatalogueEntry]:
    """The entries of which the ledger does not know that this catalogue shows them as they are."""
    told = _read_last_by_dataset(workspace, catalogue)
    return [entry for entry in entries if not _states_fact(told.get(entry.dataset), "fingerprint", entry.fingerprint)]


def unrecorded_retirements(workspace: Workspace, catalogue: str, entries: Sequence[CatalogueEntry]) -> list[Retirement]:
    """The datasets of which the ledger does not know that this catalogue has retired them, or by which decision."""
    told, held = _read_last_by_dataset(workspace, catalogue), active_withdrawals(workspace)
    decided = [
        Retirement(name, standing.withdrawal.release, standing.seq)
        for name, standing in held.items()
        if not _states_fact(told.get(name), "withdrawal", standing.seq)
    ]
    shown = {entry.dataset for entry in entries} | held.keys()
    gone = [name for name, last in told.items() if last.kind == "publication" and name not in shown]
    return decided + [Retirement(name, told[name].facts["release"], None) for name in gone]


def _build_visible_entry(workspace: Workspace, dataset: str) -> CatalogueEntry | None:
    choice = visible_release(workspace, dataset)
    if choice.shown is None:
        return None
    folder = workspace.layout.release_folder(dataset, choice.shown.number)
    entry = build_entry(workspace.contracts[dataset], folder, workspace.departments)
    offered = tuple(facts for facts in entry.history if facts.number not in choice.taken_back)
    return entry if offered == entry.history else entry.model_copy(update={"history": offered})


def _read_last_by_dataset(workspace: Workspace, catalogue: str) -> dict[str, LedgerEntry]:
    """The newest publication or retirement of each dataset in this catalogue."""
    return workspace.ledger.find_last_entries("dataset", ("publication", "retirement"), {"catalogue": catalogue})


def _states_fact(told: LedgerEntry | None, fact: str, value: object) -> bool:
    return told is not None and told.facts.get(fact) == value


def _record_publications(
    workspace: Workspace, catalogue: str, entries: Sequence[CatalogueEntry], now: datetime
) -> None:
    """Tell the ledger what the catalogue shows and has retired, where that is news, also if a kill came in between."""
    for entry in unrecorded_publications(workspace, catalogue, entries):
        facts = {"dataset": entry.dataset, "release": entry.release, "fingerprint": entry.fingerprint}
        _append_entry(workspace, "publication", "release published", {"catalogue": catalogue, **facts}, now)
    for gone in unrecorded_retirements(workspace, catalogue, entries):
        reason = "no longer offered" if gone.withdrawal is None else "withdrawn by decision"
        _append_entry(workspace, "retirement", reason, {"catalogue": catalogue, **gone._asdict()}, now)


def _append_entry(
    workspace: Workspace,
    kind: Literal["publication", "retirement"],
    reason: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    workspace.ledger.append_entry(kind, now=now, actor=workspace.actor, reason=reason, facts=facts)
