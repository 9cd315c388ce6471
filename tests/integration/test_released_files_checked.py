"""Every file of rows that the platform releases satisfies the contract that it is released under, in every format."""

import pytest

from pipelines.built_datasets.hand_in import build_datasets
from pipelines.sample.fill import fill_inbox
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.validation import validate_submission
from schemas.contract import read_contracts
from support.walked import release_all, take_all
from support.workspaces import NOW, open_part

CONTRACTS = read_contracts()
FORMATS = ("csv", "xlsx", "parquet", "geojson")
CITIES = {"210100", "210200", "210600"}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A workspace with the sample of three cities and of the province's units, and what is built from it, released once."""
    workspace = open_part(tmp_path_factory.mktemp("home"), "tester")
    fill_inbox(workspace.layout.inbox, workspace.contracts, workspace.codelists, workspace.departments, share=0.02)
    for arrival in list_arrivals(workspace):
        plain = arrival.slice and arrival.path.stem == f"{arrival.slice.dataset}_{arrival.slice.period}"
        if not plain or not (arrival.slice.department in CITIES or not arrival.slice.department.isdecimal()):
            arrival.path.unlink()
    take_all(workspace)
    releases = release_all(workspace)
    while any(built.arrival for built in build_datasets(workspace, NOW)):
        take_all(workspace)
    return workspace, releases | release_all(workspace)


@pytest.mark.parametrize("name", CONTRACTS)
def test_what_is_released_is_accepted_when_it_is_checked(released, name):
    workspace, releases = released
    folder = workspace.layout.release_folder(name, releases[name].number)
    files = [path for kind in FORMATS if (path := folder / f"{name}.{kind}").is_file()]
    assert {"csv", "xlsx", "parquet"} <= {path.suffix[1:] for path in files}
    assert ("geojson" in {path.suffix[1:] for path in files}) == (CONTRACTS[name].policy.coordinates is not None)
    for path in files:
        validation = validate_submission(workspace, path, CONTRACTS[name])
        errors = {(finding.type, finding.field) for finding in validation.findings if finding.severity == "error"}
        assert (path.name, validation.verdict.outcome, errors) == (path.name, "accept", set())
