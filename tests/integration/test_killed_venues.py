"""Whichever step of confirming and taking back a kill strikes, the same commands again end with the same venues, numbers and decisions."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.venues.identities import open_venue_ledger
from pipelines.venues.venue_tables import build_venue_tables
from support.killed_venues import CENTRE_ID, NEW_ID, OPERATOR_ID, POOL_ID, decide_all, open_scene, prepare_scene

ROOT = Path(__file__).parents[2]
KILLS = 26
"""More steps than the decisions have: the last children come through."""


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Homes with decisions about venues that were killed at one step each; the last ones were not."""
    folder = tmp_path_factory.mktemp("venues")
    prepare_scene(folder / "0")
    copies = [folder / str(at) for at in range(1, KILLS + 1)]
    for copy in copies:
        shutil.copytree(folder / "0", copy, symlinks=True)
    done = subprocess.run(
        [sys.executable, "-m", "support.killed_venues", *map(str, copies)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert 12 <= len(done.stdout.split()) < KILLS, "the kills must strike every step and spare the last children"
    return copies


def test_the_same_commands_again_end_the_same_whatever_was_killed(homes):
    for home in homes:
        workspace = open_scene(home)
        decide_all(workspace)
        tables, venues = build_venue_tables(workspace), open_venue_ledger(workspace)
        assert [(one.id, one.members) for one in tables.venues] == [
            (CENTRE_ID, 2), (POOL_ID, 1), (OPERATOR_ID, 1), (NEW_ID, 1),
        ], home.name  # fmt: skip
        assert [(one.is_same, one.left, one.right) for one in venues.list_decisions()] == [(True, 1, 3)], home.name
        assert venues.next_number() == 6, home.name


def test_nothing_is_on_record_twice_and_the_chain_holds(homes):
    for home in homes:
        workspace = open_scene(home)
        decide_all(workspace)
        assert workspace.ledger.verify_chain() == []
        numbered = [
            one for entry in workspace.ledger.read_entries("venue_registration") for one in entry.facts["records"]
        ]
        assert len(numbered) == len(set(numbered)) == 5, home.name
        assert len(workspace.ledger.read_entries("venue_same")) == 1, home.name
        undone = [entry.facts["decision"] for entry in workspace.ledger.read_entries("venue_revocation")]
        assert len(undone) == len(set(undone)), "a decision is taken back once"
