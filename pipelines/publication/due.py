"""How things stand between two walks: what has come in for a slice, and what has still to be released, published or rebuilt.

Asks only; changes nothing. A second walk over an unchanged house finds nothing due. Not here: doing what is due.
"""

from catalog.plan import Catalogue, PublicationPlan, make_plan
from pipelines.publication.publish import unrecorded_publications, unrecorded_retirements, wanted_entries
from pipelines.workspace import Workspace
from warehouse.database import WarehouseInputs, is_current
from warehouse.releases import list_releases


def releases_due(workspace: Workspace) -> list[str]:
    """The datasets whose lake or contract has moved since their last release, or whose last release the ledger lacks."""
    told = {(entry.facts["dataset"], entry.facts["number"]) for entry in workspace.ledger.read_entries("release")}
    due = []
    for name, contract in workspace.contracts.items():
        version, made = workspace.lake.current_version(contract), list_releases(workspace.layout, name)
        if version is None:
            continue
        last = made[-1] if made else None
        pinned = (last.lake_version, last.contract_version, (name, last.number) in told) if last else None
        if pinned != (version, contract.version, True):
            due.append(name)
    return due


def publication_due(workspace: Workspace, catalogue: Catalogue, planned: PublicationPlan | None = None) -> bool:
    """Whether the catalogue shows something else than it should, or the ledger lacks what it shows or has retired.

    A plan that was made just now spares asking the catalogue again.
    """
    entries = wanted_entries(workspace)
    news = unrecorded_publications(workspace, catalogue.name, entries) or unrecorded_retirements(
        workspace, catalogue.name, entries
    )
    return bool(news or (planned or make_plan(entries, catalogue.read_published())).writes)


def warehouse_due(workspace: Workspace) -> bool:
    """Whether the analysts' file is missing or made of something else than what there is now."""
    return not is_current(workspace.layout, warehouse_inputs(workspace))


def warehouse_inputs(workspace: Workspace) -> WarehouseInputs:
    """What the analysts' file is made of."""
    return WarehouseInputs(
        workspace.contracts, workspace.codelists, workspace.departments, workspace.lake, workspace.ledger
    )


def newest_releases(workspace: Workspace) -> dict[str, str]:
    """The number of every dataset's newest release; those without one are left out."""
    made = {name: list_releases(workspace.layout, name) for name in workspace.contracts}
    return {name: found[-1].number for name, found in made.items() if found}
