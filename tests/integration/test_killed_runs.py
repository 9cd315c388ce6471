"""`sportlake run` killed with SIGKILL at ten moments: the run after it ends in the same state as a run that nobody disturbed.

The moments are seeded and spread over the processor time that an undisturbed run takes, two kills a home, so that some also hit the
run that mends the first. By the clock a run takes three times as long beside others; what must hold afterwards does not differ.
"""

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from pipelines.intake import find_unfinished
from pipelines.sample import fill_inbox
from pipelines.sample.people import write_sample_people
from pipelines.sample.random_values import RandomSource
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.workspace import Workspace, open_workspace
from schemas.contract import FOLDER
from support.commands import said
from support.forked_commands import ForkedCommand, forked_commands
from support.walked import files_of
from warehouse.layout import Layout

SEED = 20261125
HOMES = 5
KILLS = 2
# Before this share of a run's time nothing is written: the last imports, and Dagster's definitions.
AWAKE = 0.1
LOOKED = 0.01
"""Seconds between two looks at the processor time of a run."""
FILES = (
    "210600/association_2026.csv",
    "210600/association_inspection_2025.csv",
    "210900/facility_2025.csv",
    "210900/facility_2026.csv",
    "210400/event_2025.csv",
    "219900/event_2026.csv",
)
CONTRACTS = (
    "association", "association_inspection", "disclosure_catalogue", "event", "event_permit", "facility", "negative_list", "openness_report",
    "website_update",
)  # fmt: skip
"""Those of the files, what they refer to, and what the platform builds; with all of them a run takes half as long again, over datasets without a row."""


@pytest.fixture(scope="module")
def inbox(tmp_path_factory) -> Path:
    """Three files that are taken, one with rows held back, one for the quarantine, two that are refused."""
    whole = open_workspace(tmp_path_factory.mktemp("sample"), "tester")
    fill_inbox(whole.layout.inbox, whole.contracts, whole.codelists, whole.departments, share=0.02)
    few = tmp_path_factory.mktemp("few")
    for name in FILES:
        (few / name).parent.mkdir(exist_ok=True)
        shutil.copy2(whole.layout.inbox / name, few / name)
    return few


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[..., ForkedCommand]]:
    """Starts `sportlake` in a home; the sixteen runs of this module import its modules once."""
    with forked_commands() as starting:
        yield starting


@pytest.fixture(scope="module")
def undisturbed(inbox, start, tmp_path_factory) -> tuple[Workspace, float]:
    """The installation after one whole run, and the seconds of processor time that it took."""
    home = _begin(inbox, tmp_path_factory.mktemp("undisturbed"))
    seconds = _run_to_its_end(start, home)
    return open_workspace(home, "tester"), seconds


@pytest.fixture(scope="module")
def disturbed(inbox, start, undisturbed, tmp_path_factory) -> list[Workspace]:
    """Five homes, each after two killed runs and a last one that came to its end."""
    chance = RandomSource.seeded_by(SEED, "kills")
    _, seconds = undisturbed
    step = (1 - AWAKE) / (HOMES * KILLS)
    moments = [seconds * (AWAKE + step * (at + chance.random())) for at in range(HOMES * KILLS)]
    homes = [_begin(inbox, tmp_path_factory.mktemp("disturbed")) for _ in range(HOMES)]
    with ThreadPoolExecutor(2) as two:
        killed = list(two.map(partial(_disturb, start), homes, [moments[at::HOMES] for at in range(HOMES)]))
    assert sum(killed) >= HOMES, "too few runs were still running when they were to be killed"
    return [open_workspace(home, "tester") for home in homes]


def _begin(inbox: Path, home: Path) -> Path:
    """The inbox in that home, as sample data that sample people review: approvals are among what is killed.

    A few files are no province, so its contracts ask for no coverage.
    """
    shutil.copytree(inbox, home / "inbox")
    Layout(home).synthetic_marker.touch()
    write_sample_people(home / "people.yaml")
    (home / "contracts").mkdir()
    for name in CONTRACTS:
        text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        text = text.replace("extends: bureau\n", "extends: bureau\n  coverage: 0\n", 1)
        (home / "contracts" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return home


def _run_to_its_end(start: Callable[..., ForkedCommand], home: Path) -> float:
    """The seconds of processor time that it took."""
    run = start(home, "run")
    told = run.communicate()
    assert run.returncode == 0, told
    return run.processor_seconds()


def _disturb(start: Callable[..., ForkedCommand], home: Path, moments: list[float]) -> int:
    """Kills a run at each of the moments, then lets one come to its end; how many were really killed."""
    killed = sum([_kill_at(moment, start(home, "run")) for moment in moments])
    _run_to_its_end(start, home)
    return killed


def _kill_at(moment: float, run: ForkedCommand) -> bool:
    """Kills the run once it has taken that many seconds of processor time; whether it had not ended before."""
    while run.returncode is None:
        with suppress(subprocess.TimeoutExpired):
            run.communicate(timeout=LOOKED)
        if run.returncode is None and run.processor_seconds() >= moment:
            run.kill()
            run.communicate()
    return run.returncode == -signal.SIGKILL


def test_the_lake_is_the_same(undisturbed, disturbed):
    right, _ = undisturbed
    for workspace in disturbed:
        for name, contract in right.contracts.items():
            assert workspace.lake.count_slice_rows(contract) == right.lake.count_slice_rows(contract), name
            assert workspace.lake.read_current(contract).equals(right.lake.read_current(contract)), name


def test_the_releases_are_the_same_to_the_byte(undisturbed, disturbed):
    right, _ = undisturbed
    for workspace in disturbed:
        assert contents(workspace.layout.releases) == contents(right.layout.releases)


def test_the_catalogue_is_the_same_to_the_byte(undisturbed, disturbed):
    right, _ = undisturbed
    assert (right.layout.catalogue / "index.html").is_file()
    assert right.ledger.read_entries("approval")
    for workspace in disturbed:
        assert contents(workspace.layout.catalogue) == contents(right.layout.catalogue)


def test_the_receipts_and_the_quarantine_boxes_are_the_same_to_the_byte(undisturbed, disturbed):
    right, _ = undisturbed
    built = {entry.facts["sha256"] for entry in right.ledger.read_entries("build")}
    assert len(list(right.layout.receipts.glob("RCPT-*.html"))) == len(FILES) + len(built)
    for workspace in disturbed:
        assert contents(workspace.layout.receipts) == contents(right.layout.receipts)
        assert contents(workspace.layout.home / "quarantine") == contents(right.layout.home / "quarantine")


def test_the_ledger_is_whole_and_tells_the_same_decisions_once_each(undisturbed, disturbed):
    right, _ = undisturbed
    for workspace in disturbed:
        assert workspace.ledger.verify_chain() == []
        assert decisions(workspace) == decisions(right)


def test_nothing_is_left_to_do_and_the_next_run_says_so(disturbed):
    for workspace in disturbed:
        assert find_unfinished(workspace, list_arrivals(workspace)) == []
    before = files_of(disturbed[0].layout.home, without={"dagster"})
    assert "没有新文件" in said(disturbed[0].layout.home, "run")
    assert files_of(disturbed[0].layout.home, without={"dagster"}) == before


def contents(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    return {name: sha256 for name, (sha256, _) in files_of(folder).items()}


def decisions(workspace: Workspace) -> list[tuple[str, list[tuple[str, str]]]]:
    """What every entry of the ledger says, in an order of its own: two runs may tell of two files in another order."""
    return sorted(
        (entry.kind, sorted((k, str(v)) for k, v in entry.facts.items())) for entry in workspace.ledger.read_entries()
    )
