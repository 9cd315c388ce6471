"""Decisions about venues, killed with SIGKILL at one of their steps: `python -m support.killed_venues HOME…`.

A step is an entry of the ledger or a write of bytes to it, before and after. Each home is a copy; the first is killed at its first step,
the second at its second. Forked from one process that has all modules loaded. Not here: what must hold afterwards.
"""

import os
import signal
import sys
from pathlib import Path

import deltalake  # noqa: F401 -- loaded with the first table: each child would load it again
import pyarrow.dataset  # noqa: F401 -- likewise

from dagster_project.pandas_import import avoid_pandas_import
from pipelines.venues.identities import register_records
from pipelines.venues.venue_decisions import decide_pair, undo_pair
from pipelines.workspace import Workspace
from support.contracts import contract_with
from support.killed import Steps
from support.people import write_people
from support.venue_scene import CENTRE, EVENT, OPERATOR, POOL, facility, land_venues
from support.workspaces import NOW, workspace_with
from warehouse.ledger.ledger import Ledger

CENTRE_ID, POOL_ID, EVENT_ID, OPERATOR_ID = (f"LN-V{number:06d}" for number in (1, 2, 3, 4))
NEW_ID = "LN-V000005"
CONTRACTS = (
    contract_with(
        ["facility_id", "facility_name", "site_id", "site_name", "admin_code", "address", "lon:number", "lat:number"],
        name="facility",
    ),
    contract_with(["event_id", "place", "admin_code"], name="event"),
    contract_with(["operator_uscc", "sport", "operator_name", "admin_code", "address"], name="highrisk_operator"),
)
"""As much of the contracts of the bureau as names a venue."""


def open_scene(home: Path) -> Workspace:
    """The installation in that folder."""
    write_people(home)
    return workspace_with(home, *CONTRACTS)


def prepare_scene(home: Path) -> None:
    """Registered venues, one pair said to be different before one of the two changed, and a record that has no number yet."""
    workspace = open_scene(home)
    land_venues(workspace, "facility", [facility(CENTRE, 1), facility(CENTRE, 2), facility(POOL, 3)])
    land_venues(workspace, "event", [EVENT])
    land_venues(workspace, "highrisk_operator", [OPERATOR])
    register_records(workspace, NOW)
    decide_pair(workspace, POOL_ID, OPERATOR_ID, is_same=False, reason="两处", now=NOW)
    land_venues(workspace, "highrisk_operator", [{**OPERATOR, "address": "沈阳市和平区文体西路24号"}])
    land_venues(
        workspace, "event", [EVENT, {**EVENT, "event_id": "EV-2026-210100-0002", "place": "沈阳市南湖公园游泳馆"}]
    )


def decide_all(workspace: Workspace) -> None:
    """Numbers what is new, confirms one pair, says again that another is different, and takes back both sayings about it."""
    register_records(workspace, NOW)
    decide_pair(workspace, CENTRE_ID, EVENT_ID, is_same=True, reason="实地核实", now=NOW)
    decide_pair(workspace, POOL_ID, OPERATOR_ID, is_same=False, reason="仍是两处", now=NOW)
    undo_pair(workspace, POOL_ID, OPERATOR_ID, is_same=False, reason="认错了", now=NOW)


def main() -> None:
    """One child a home; writes the homes whose child was killed."""
    avoid_pandas_import()
    for at, home in enumerate(sys.argv[1:], start=1):
        child = os.fork()
        if child == 0:
            workspace, steps = open_scene(Path(home)), Steps(at)
            for owner, name in ((Ledger, "append_entry"), (Ledger, "append_once"), (os, "write")):
                steps.watch(owner, name)
            decide_all(workspace)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            sys.stdout.write(f"{home}\n")


if __name__ == "__main__":
    main()
