"""A whole inbox through intake and publication for tests: `walk(workspace)`, and questions about what then stands in the installation.

Not here: workspaces (`workspaces.py`), contracts (`contracts.py`).
"""

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from catalog.plan import PlanOutcome
from catalog.static_site.static import StaticCatalogue
from pipelines.intake import find_unfinished, take_arrival
from pipelines.publication.publish import publish_entries
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.people import Person
from support.approved import approve_for_test
from support.people import PEOPLE, write_people
from support.workspaces import NOW, put, workspace_with
from warehouse.releases.releases import Release


def take_all(workspace: Workspace, now: datetime = NOW) -> dict[str, Receipt]:
    """Every file that waits, and every one left unfinished, through the intake; the receipts by path below the inbox."""
    found = find_unfinished(workspace, list_arrivals(workspace))
    return {one.place: take_arrival(workspace, one, now) for one in found}


def workspace_with_file(home: Path, contract: Contract, content: str, *people: Person) -> Workspace:
    """An installation of that contract in which Shenyang's file of 2026 is taken; the people of every test and those may decide."""
    workspace = workspace_with(home, contract)
    write_people(home, *PEOPLE, *people)
    put(workspace, "210100", f"{contract.name}_2026.csv", content)
    take_all(workspace)
    return workspace


def take_file(workspace: Workspace, content: str | bytes, name: str) -> Receipt:
    """The receipt of that file of Shenyang's, beside others that were taken before."""
    place = put(workspace, "210100", name, content).relative_to(workspace.layout.inbox)
    return take_all(workspace)[place.as_posix()]


def release_all(workspace: Workspace, now: datetime = NOW) -> dict[str, Release]:
    """The releases made now, by dataset; people approve what waits for them."""
    made = {}
    for name in workspace.contracts:
        candidate = assemble_candidate(workspace, name)
        if candidate:
            approve_for_test(workspace, candidate, now)
        fresh = freeze_candidate(workspace, candidate, now) if candidate else None
        if fresh:
            made[name] = fresh
    return made


def publish_all(workspace: Workspace, now: datetime = NOW) -> PlanOutcome:
    """The static catalogue brought to the newest releases."""
    return publish_entries(
        workspace, StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases), now
    ).outcome


def walk(workspace: Workspace, now: datetime = NOW) -> dict[str, Receipt]:
    """Inbox, lake, releases, catalogue: the receipts, by path below the inbox."""
    receipts = take_all(workspace, now)
    release_all(workspace, now)
    publish_all(workspace, now)
    return receipts


def files_of(folder: Path, *, without: Iterable[str] = ()) -> dict[str, tuple[str, int]]:
    """SHA-256 and time of change of every file below `folder`; not the ledger's index, nor what lies below the folders named `without`."""
    return {
        path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".index.sqlite" not in path.name and path.relative_to(folder).parts[0] not in set(without)
    }


def released_rows(workspace: Workspace, dataset: str, number: str) -> list[dict[str, str]]:
    """The rows of a release's CSV file, read by Python's own reader."""
    path = workspace.layout.release_folder(dataset, number) / f"{dataset}.csv"
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def rows_with_errors(receipt: Receipt) -> set[int]:
    """The rows of which the receipt says an error."""
    return {finding.row for finding in receipt.findings if finding.severity == "error" and finding.row is not None}
