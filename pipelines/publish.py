"""From releases to a catalogue: what it should show against what it shows, and the carrying out of the difference.

Here: which releases are wanted, and telling the ledger. Not here: what an entry says, how one catalogue or another is
written (`catalog`).
"""

from collections.abc import Sequence
from datetime import datetime

from catalog.entry import Entry, entry_of
from catalog.plan import Catalogue, Outcome, Plan, plan
from pipelines.house import House
from warehouse.releases import releases


def wanted(house: House) -> list[Entry]:
    """An entry for the newest release of every dataset that has one, in the order of the contracts."""
    entries = []
    for name, contract in house.contracts.items():
        made = releases(house.layout, name)
        if made:
            folder = house.layout.release(name, made[-1].number)
            entries.append(entry_of(contract, folder, house.departments))
    return entries


def plan_for(house: House, catalogue: Catalogue) -> Plan:
    """What `publish` would do to the catalogue now; changes nothing."""
    return plan(wanted(house), catalogue.published())


def publish(house: House, catalogue: Catalogue, now: datetime) -> Outcome:
    """Carry out the plan. A catalogue that already shows what it should is not written to."""
    entries = wanted(house)
    planned = plan(entries, catalogue.published())
    outcome = catalogue.carry_out(planned, entries)
    _note(house, catalogue.name, entries, now)
    return outcome


def untold(house: House, catalogue: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries of which the ledger does not know that this catalogue shows them as they are."""
    told = {
        entry.facts["dataset"]: entry.facts["fingerprint"]
        for entry in house.ledger.entries("publication")
        if entry.facts["catalogue"] == catalogue
    }
    return [entry for entry in entries if told.get(entry.dataset) != entry.fingerprint]


def _note(house: House, catalogue: str, entries: Sequence[Entry], now: datetime) -> None:
    """Tell the ledger what the catalogue shows, where that is news, also if a kill came in between."""
    for entry in untold(house, catalogue, entries):
        house.ledger.append(
            "publication",
            now=now,
            who=house.who,
            why="release published",
            facts={
                "catalogue": catalogue,
                "dataset": entry.dataset,
                "release": entry.release,
                "fingerprint": entry.fingerprint,
            },
        )
