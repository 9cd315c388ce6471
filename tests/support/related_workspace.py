"""A small installation with three datasets: places, events that refer to places, and notes that refer to nothing.

The places that events refer to can be taken away again, which breaks the relation `event-held-at`. Not here: relations of one's own.
"""

from pathlib import Path

from pipelines.workspace import Workspace
from support.contracts import contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import put, workspace_with

RELATION = "event-held-at"
PLACES = "id,name\nP1,one\nP2,two\n"
EVENTS = "id,place\nE1,P1\nE2,P2\n"
WITHOUT_P2 = "id,name\nP1,one\n"
HELD_AT = {"kind": "in_dataset", "id": "held-at", "fields": ["place"], "dataset": "place", "reference": ["id"]}


def related_workspace(home: Path, severity: str = "error") -> Workspace:
    """The installation after both cities have handed in places, events and a note."""
    place = contract_with(["id", "name"], name="place")
    event = contract_with(
        ["id", "place"], [{**HELD_AT, "severity": severity}], name="event", policy={"waivers": {"roles": ["head"]}}
    )
    note = contract_with(["id"], name="note")
    workspace = workspace_with(home, place, note, event)
    write_people(home)
    hand_in(workspace, "place", PLACES)
    hand_in(workspace, "note", "id\nN1\n")
    hand_in(workspace, "event", EVENTS)
    return workspace


def hand_in(workspace: Workspace, dataset: str, content: str, department: str = "210100") -> None:
    """A complete file of 2026 of one dataset is taken in, and every file that waited for it."""
    put(workspace, department, f"{dataset}_2026_完整.csv", content)
    take_all(workspace)
