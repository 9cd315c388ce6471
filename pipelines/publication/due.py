"""How things stand between two walks: what has come in for a slice, and what has still to be released, published or rebuilt.

Asks only; changes nothing. A second walk over an unchanged house finds nothing due. Not here: doing what is due.
"""

from collections.abc import Collection

from catalog.plan import Catalogue, Plan, plan
from pipelines.publication.publish import untold, untold_retirements, wanted
from pipelines.submissions.submission import Submission, read_submission
from pipelines.workspace import House
from schemas.slices import SliceKey
from warehouse.database import Stock, is_current
from warehouse.releases import releases


def received_for(house: House, slices: Collection[SliceKey]) -> list[Submission]:
    """Every submission ever received for those slices, earliest first."""
    places = {str(key) for key in slices}
    told = house.ledger.entries("submission")
    return [read_submission(house, entry.facts["number"]) for entry in told if entry.facts["place"] in places]


def releases_due(house: House) -> list[str]:
    """The datasets whose lake or contract has moved since their last release, or whose last release the ledger lacks."""
    told = {(entry.facts["dataset"], entry.facts["number"]) for entry in house.ledger.entries("release")}
    due = []
    for name, contract in house.contracts.items():
        version, made = house.lake.version(contract), releases(house.layout, name)
        if version is None:
            continue
        last = made[-1] if made else None
        pinned = (last.lake_version, last.contract_version, (name, last.number) in told) if last else None
        if pinned != (version, contract.version, True):
            due.append(name)
    return due


def publication_due(house: House, catalogue: Catalogue, planned: Plan | None = None) -> bool:
    """Whether the catalogue shows something else than it should, or the ledger lacks what it shows or has retired.

    A plan that was made just now spares asking the catalogue again.
    """
    entries = wanted(house)
    news = untold(house, catalogue.name, entries) or untold_retirements(house, catalogue.name, entries)
    return bool(news or (planned or plan(entries, catalogue.published())).writes)


def warehouse_due(house: House) -> bool:
    """Whether the analysts' file is missing or made of something else than what there is now."""
    return not is_current(house.layout, stock_of(house))


def stock_of(house: House) -> Stock:
    """What the analysts' file is made of."""
    return Stock(house.contracts, house.codelists, house.departments, house.lake, house.ledger)


def newest_releases(house: House) -> dict[str, str]:
    """The number of every dataset's newest release; those without one are left out."""
    made = {name: releases(house.layout, name) for name in house.contracts}
    return {name: found[-1].number for name, found in made.items() if found}
