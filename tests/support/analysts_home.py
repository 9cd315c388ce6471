"""A small sample for analysts: a few datasets taken, facilities released twice, the analysts' file built.

The second release of facilities has the year before of one city, so that something changed. Not here: questions (`tests/integration`).
"""

from datetime import timedelta
from pathlib import Path

from pipelines.intake import take_arrival
from pipelines.publication.due import warehouse_inputs
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.sample.fill import fill_inbox
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.workspace import Workspace
from schemas.slices import SliceKey
from support.approved import approve_for_test
from support.workspaces import NOW, open_part
from warehouse.analyst_file.database import rebuild_database

WANTED = ["facility", "event_permit", "event", "lottery_fund", "guidance_fund_project", "opening_subsidy", "safety_inspection", "fitness_equipment"]  # fmt: skip
LATER = NOW + timedelta(days=1)


def fill_home(folder: Path) -> Workspace:
    """The installation below `folder`, filled."""
    workspace = open_part(folder)
    fill_inbox(workspace.layout.inbox, workspace.contracts, workspace.codelists, workspace.departments, share=0.02)
    files = {
        name: [one for one in list_arrivals(workspace) if one.slice and one.slice.dataset == name] for name in WANTED
    }
    for arrival in (one for name in WANTED for one in files[name]):
        take_arrival(workspace, arrival, NOW)
    _release_facilities(workspace, NOW)
    gone = SliceKey(dataset="facility", department="210200", period="2026")
    workspace.lake.replace_slices(workspace.contracts["facility"], {gone: None}, {}, LATER)
    _release_facilities(workspace, LATER)
    rebuild_database(workspace.layout, warehouse_inputs(workspace), LATER)
    return workspace


def _release_facilities(workspace, now):
    candidate = assemble_candidate(workspace, "facility")
    approve_for_test(workspace, candidate, now)
    assert freeze_candidate(workspace, candidate, now)
