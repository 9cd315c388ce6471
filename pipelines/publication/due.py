"""Pending work between two runs: what must be released, published or rebuilt.

Read only. A second run over unchanged data finds nothing due. Not here: doing the work.
"""

from datetime import date

from catalog.plan import Catalogue, PublicationPlan, make_plan
from pipelines.publication.emptied_datasets import is_emptied
from pipelines.publication.publish import unrecorded_publications, unrecorded_retirements, wanted_entries
from pipelines.publication.visible_release import find_unfit_releases
from pipelines.review.approvals import find_equal_release
from pipelines.submissions.timeliness import find_next_cycle, find_owed_slices
from pipelines.venues.venue_tables import build_venue_tables
from pipelines.workspace import Workspace
from warehouse.analyst_file.database import WarehouseInputs, is_current
from warehouse.deadlines import OwedSlices
from warehouse.releases.releases import Release, list_numbers, list_releases


def releases_due(workspace: Workspace) -> list[str]:
    """Returns the datasets whose lake or contract changed since the last release or whose last one the ledger lacks.

    Left out are datasets that a run has since found equal to the last release, and those of which all data were retracted, which are
    withdrawn instead.
    """
    due = []
    for name, contract in workspace.contracts.items():
        version, made = workspace.lake.current_version(contract), list_releases(workspace.layout, name)
        if version is None:
            continue
        last = made[-1] if made else None
        is_known = (
            last is not None
            and workspace.ledger.find_entry("release", {"number": last.number, "dataset": name}) is not None
            and _holds_current(workspace, name, last, version)
        )
        if not is_known and not is_emptied(workspace, name):
            due.append(name)
    return due


def _holds_current(workspace: Workspace, dataset: str, last: Release, version: int) -> bool:
    """Whether a release was made from the present version of lake and contract, or was found equal to them."""
    made_of = (last.lake_version, last.contract_version)
    current = (version, workspace.contracts[dataset].version)
    return made_of == current or find_equal_release(workspace, dataset) == last.number


def publication_due(workspace: Workspace, catalogue: Catalogue, planned: PublicationPlan | None = None) -> bool:
    """Whether the catalogue shows something else than it should, or the ledger lacks what it shows or has retired.

    `planned` is a plan made just now; with it neither the catalogue nor the releases are read again.
    """
    plan = planned or make_plan(wanted_entries(workspace), catalogue.read_published())
    news = unrecorded_publications(workspace, catalogue.name, plan.wanted) or unrecorded_retirements(
        workspace, catalogue.name, plan.wanted
    )
    return bool(news or plan.writes)


def warehouse_due(workspace: Workspace, today: date) -> bool:
    """Whether the analysts' file is missing, was built from other inputs than the current ones, or states what is due on another day."""
    return not is_current(workspace.layout, warehouse_inputs(workspace), today)


def warehouse_inputs(workspace: Workspace) -> WarehouseInputs:
    """Returns the inputs of the analysts' file."""
    return WarehouseInputs(
        workspace.contracts,
        workspace.codelists,
        workspace.departments,
        workspace.lake,
        workspace.ledger,
        find_owed=lambda today: _find_owed(workspace, today),
        find_hidden=lambda dataset: find_unfit_releases(workspace, dataset),
        find_venues=lambda: build_venue_tables(workspace),
    )


def _find_owed(workspace: Workspace, today: date) -> OwedSlices:
    """Returns what every submitter owes of every dataset, and the next day on which a cycle of one of them is over."""
    contracts = workspace.contracts.values()
    owed = [one for contract in contracts for one in find_owed_slices(workspace, contract, today)]
    changes = filter(None, (find_next_cycle(contract, today) for contract in contracts))
    return OwedSlices(owed, min(changes, default=None))


def newest_releases(workspace: Workspace) -> dict[str, str]:
    """Returns the number of every dataset's newest release; datasets without a release are left out."""
    made = {name: list_numbers(workspace.layout.releases / name) for name in workspace.contracts}
    return {name: found[-1] for name, found in made.items() if found}
