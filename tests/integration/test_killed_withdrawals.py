"""A dataset of which everything was retracted leaves the public once, whichever step of that a kill strikes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.intake import take_arrival
from pipelines.publication.emptied_datasets import withdraw_emptied
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.inbox.inbox import list_arrivals
from support.killed_withdrawals import CONTRACT
from support.walked import publish_all, release_all
from support.workspaces import NOW, put, workspace_with

ROOT = Path(__file__).parents[2]
KILLS = 40
"""More steps than the withdrawal of one dataset has: the last children come through."""


@pytest.fixture
def homes(tmp_path):
    """Homes with a released dataset of which everything was retracted since, each after a withdrawal killed at another step."""
    first = tmp_path / "0"
    workspace = workspace_with(first, CONTRACT)
    put(workspace, "210100", "sample_2026.csv", "id,name\n" + "".join(f"{at},甲\n" for at in range(5)))
    number = take_arrival(workspace, list_arrivals(workspace)[0], NOW).number
    release_all(workspace)
    publish_all(workspace)
    retract_submission(workspace, number, "误报", NOW)
    copies = [tmp_path / str(at) for at in range(1, KILLS + 1)]
    for copy in copies:
        shutil.copytree(first, copy, symlinks=True)
    done = subprocess.run(
        [sys.executable, "-m", "support.killed_withdrawals", *map(str, copies)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    killed = [Path(line) for line in done.stdout.split()]
    assert 4 <= len(killed) < KILLS, "the kills must strike some steps and spare the last children"
    return copies


def test_the_next_run_takes_it_down_with_one_entry_and_its_reason(homes):
    for home in homes:
        workspace = workspace_with(home, CONTRACT)
        withdraw_emptied(workspace, NOW)
        publish_all(workspace)
        assert withdraw_emptied(workspace, NOW) == []
        assert publish_all(workspace).writes == 0
        entries = workspace.ledger.read_entries("withdrawal")
        assert [entry.facts["emptied"] for entry in entries] == [True], home.name
        assert workspace.ledger.verify_chain() == []
        assert not (workspace.layout.catalogue / "releases" / "sample").exists()
        page = (workspace.layout.catalogue / "dataset" / "sample" / "index.html").read_text(encoding="utf-8")
        assert "误报" in page
