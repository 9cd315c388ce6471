"""From releases to a catalogue: what it should show against what it shows, and the carrying out of the difference.

Here: which releases are wanted, and telling the ledger what each catalogue shows and no longer shows. Not here: the decisions
(`withdrawal.py`, `rollback.py`), what an entry says, how one catalogue or another is written (`catalog`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from catalog.entry import Entry, entry_of
from catalog.plan import DAMAGED, Catalogue, Difference, Outcome, Plan, plan
from pipelines.publication.visible_release import choice_of
from pipelines.publication.withdrawal import standing_withdrawals, withdrawals
from pipelines.workspace import House
from warehouse import atomic_files
from warehouse.ledger import Entry as LedgerEntry


class Published(NamedTuple):
    """What was to be done to a catalogue, and what was."""

    plan: Plan
    outcome: Outcome


class Retirement(NamedTuple):
    """A dataset that a catalogue no longer shows; `withdrawal` is the ledger's entry that decided so, None if no decision did."""

    dataset: str
    release: str
    withdrawal: int | None


def wanted(house: House) -> list[Entry]:
    """An entry for every dataset that is released and not withdrawn, in the order of the contracts."""
    held = standing_withdrawals(house)
    entries = (_entry(house, name) for name in house.contracts if name not in held)
    return [entry for entry in entries if entry is not None]


def plan_for(house: House, catalogue: Catalogue) -> Plan:
    """What `publish` would do to the catalogue now; changes nothing."""
    return plan(wanted(house), catalogue.published())


def publish(house: House, catalogue: Catalogue, now: datetime) -> Published:
    """Carry out the plan, one writer a catalogue at a time. A catalogue that already shows what it should is not written to."""
    with atomic_files.locked(house.layout.publishing / f"{catalogue.name}.lock"):
        entries = wanted(house)
        planned = plan(entries, catalogue.published())
        outcome = catalogue.carry_out(planned, entries, withdrawals(house))
        _note(house, catalogue.name, entries, now)
    return Published(planned, outcome)


def mend(house: House, catalogue: Catalogue, now: datetime) -> Published:
    """Read every byte and row that the catalogue serves, and publish anew what is not as it was released."""
    with atomic_files.locked(house.layout.publishing / f"{catalogue.name}.lock"):
        entries = wanted(house)
        drifted = {one.dataset for one in catalogue.drift(entries)}
        shown = catalogue.published()
        planned = plan(entries, {name: DAMAGED if name in drifted else shown[name] for name in shown})
        outcome = catalogue.carry_out(planned, entries, withdrawals(house))
        _note(house, catalogue.name, entries, now)
    return Published(planned, outcome)


def drift(house: House, catalogue: Catalogue, datasets: Collection[str] = ()) -> list[Difference]:
    """Where the catalogue serves something else than it should, of those datasets or of all."""
    found = catalogue.drift(wanted(house))
    return [one for one in found if not datasets or one.dataset in datasets]


def untold(house: House, catalogue: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries of which the ledger does not know that this catalogue shows them as they are."""
    told = _told(house, catalogue)
    return [entry for entry in entries if not _says(told.get(entry.dataset), "fingerprint", entry.fingerprint)]


def untold_retirements(house: House, catalogue: str, entries: Sequence[Entry]) -> list[Retirement]:
    """The datasets of which the ledger does not know that this catalogue has retired them, or by which decision."""
    told, held = _told(house, catalogue), standing_withdrawals(house)
    decided = [
        Retirement(name, standing.withdrawal.release, standing.seq)
        for name, standing in held.items()
        if not _says(told.get(name), "withdrawal", standing.seq)
    ]
    shown = {entry.dataset for entry in entries} | held.keys()
    gone = [name for name, last in told.items() if last.kind == "publication" and name not in shown]
    return decided + [Retirement(name, told[name].facts["release"], None) for name in gone]


def _entry(house: House, dataset: str) -> Entry | None:
    choice = choice_of(house, dataset)
    if choice.shown is None:
        return None
    folder = house.layout.release(dataset, choice.shown.number)
    entry = entry_of(house.contracts[dataset], folder, house.departments)
    offered = tuple(facts for facts in entry.history if facts.number not in choice.taken_back)
    return entry if offered == entry.history else entry.model_copy(update={"history": offered})


def _told(house: House, catalogue: str) -> dict[str, LedgerEntry]:
    """The last that the ledger says of this catalogue and each dataset."""
    kinds = ("publication", "retirement")
    said = (one for one in house.ledger.entries() if one.kind in kinds and one.facts["catalogue"] == catalogue)
    return {one.facts["dataset"]: one for one in said}


def _says(told: LedgerEntry | None, fact: str, value: object) -> bool:
    return told is not None and told.facts.get(fact) == value


def _note(house: House, catalogue: str, entries: Sequence[Entry], now: datetime) -> None:
    """Tell the ledger what the catalogue shows and has retired, where that is news, also if a kill came in between."""
    for entry in untold(house, catalogue, entries):
        facts = {"dataset": entry.dataset, "release": entry.release, "fingerprint": entry.fingerprint}
        _tell(house, "publication", "release published", {"catalogue": catalogue, **facts}, now)
    for gone in untold_retirements(house, catalogue, entries):
        why = "no longer offered" if gone.withdrawal is None else "withdrawn by decision"
        _tell(house, "retirement", why, {"catalogue": catalogue, **gone._asdict()}, now)


def _tell(
    house: House, kind: Literal["publication", "retirement"], why: str, facts: Mapping[str, Any], now: datetime
) -> None:
    house.ledger.append(kind, now=now, who=house.who, why=why, facts=facts)
