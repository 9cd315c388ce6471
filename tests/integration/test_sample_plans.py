"""Every sample plan: its files are accepted by their contract without a finding, beside the sample that they refer to."""

from collections.abc import Iterator

import pytest

from pipelines.intake import take_arrival
from pipelines.sample.fill import fill_inbox
from pipelines.sample.plans import read_plans
from pipelines.submissions.inbox import list_arrivals
from pipelines.submissions.receipt import Receipt
from pipelines.workspace import Workspace
from support.workspaces import NOW, open_part

PLANS = read_plans()
KNOWN_WARNINGS = {"few-rows", "mostly-empty"}
"""Said of the sample because it is small."""


def needed_datasets(workspace: Workspace) -> set[str]:
    """The datasets with a plan, and all that they refer to."""
    needed, waiting = set(), set(PLANS)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        sources = workspace.contracts[name].references | set(PLANS[name].list_sources() if name in PLANS else ())
        waiting |= sources - needed
    return needed


@pytest.fixture(scope="module")
def receipts(tmp_path_factory) -> dict[str, list[Receipt]]:
    """The receipts of every file of the sample whose dataset is needed, by dataset."""
    workspace = open_part(tmp_path_factory.mktemp("home"))
    fill_inbox(workspace.layout.inbox, workspace.contracts, workspace.codelists, workspace.departments, share=0.01)
    needed, found = needed_datasets(workspace), {}
    for arrival in list_arrivals(workspace):
        if arrival.slice and arrival.slice.dataset in needed:
            found.setdefault(arrival.slice.dataset, []).append(take_arrival(workspace, arrival, NOW))
    return found


def complaints(receipts: list[Receipt]) -> Iterator[str]:
    for receipt in receipts:
        yield from (
            f"{receipt.department} {receipt.filename}: row {line.row} {line.field}: {line.type}: {line.message.en}"
            for line in receipt.findings
            if line.type not in KNOWN_WARNINGS
        )


@pytest.mark.parametrize("dataset", PLANS)
def test_the_files_of_a_plan_are_accepted_without_a_finding(receipts, dataset):
    made = receipts[dataset]
    assert len(made) == len(PLANS[dataset].submitters) * len(PLANS[dataset].periods)
    assert list(complaints(made)) == []
    assert {receipt.outcome for receipt in made} == {"accept"}
