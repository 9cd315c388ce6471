"""Good rows of the sample as text, one slice of each dataset, and templates for them. Not here: filling them in."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipelines.columns.column_matching import match_columns
from pipelines.read import read_file
from pipelines.sample.fill import fill_inbox
from pipelines.submissions.inbox.inbox import Arrival, list_arrivals
from pipelines.template.template_workbook import build_template
from pipelines.workspace import Workspace, open_workspace
from schemas.slices import SliceKey


class EmptyTemplate(NamedTuple):
    """The template of a dataset for a department as a workbook, and the rows of its slice. No test may change them."""

    slice: SliceKey
    rows: list[dict[str, str]]
    workbook: bytes


def empty_templates(home: Path) -> list[EmptyTemplate]:
    """The template of each dataset with the rows to fill it with; the sample is made below `home`."""
    workspace = open_workspace(home / "templates", "tester")
    return [
        EmptyTemplate(
            key,
            rows,
            build_template(workspace, workspace.contracts[key.dataset], workspace.departments[key.department]),
        )
        for key, rows in good_slices(home)
    ]


def good_slices(home: Path, *only: str) -> Iterator[tuple[SliceKey, list[dict[str, str]]]]:
    """A slice and its rows for each dataset, or for those named, of a small sample that is made below `home`."""
    sample = open_workspace(home, "tester")
    known = (sample.contracts, sample.codelists, sample.departments)
    fill_inbox(sample.layout.inbox, *known, share=0.02, only=only)
    for arrival in _first_good(sample):
        contract = sample.contracts[arrival.slice.dataset]
        reading = read_file(arrival.path, contract)
        yield arrival.slice, match_columns(reading.labels, contract).arrange_columns(reading.table).to_pylist()


def _first_good(sample: Workspace) -> list[Arrival]:
    """A file of each dataset: of the first city or a unit of the province, else of any department."""
    found = {}
    for arrival in list_arrivals(sample):
        if arrival.slice and arrival.path.stem == f"{arrival.slice.dataset}_{arrival.slice.period}":
            is_usual = arrival.slice.department == "210100" or not arrival.slice.department.isdecimal()
            if is_usual or arrival.slice.dataset not in found:
                found[arrival.slice.dataset] = arrival
    return list(found.values())
