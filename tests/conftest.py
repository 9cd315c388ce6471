"""Settings of all tests. Property tests try the same examples on every machine, and no test has a clock to race. They try 50 where
they do not say how many; `--hypothesis-profile thorough` tries a thousand.

Here too: which tests share a worker. Those of one file do; those against the one portal do, whatever their file, but for the
longest file of them: each of its tests has a dataset of its own and goes to whichever worker is free.
Where there is memory enough, the tests' folders are in it: what is tested are kills of processes, not of machines.
"""

import atexit
import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

from support.shared_folders import ENOUGH, MEMORY, free_memory

LIVE = Path(__file__).parent / "live"
LONGEST = "tests/live/test_fault_injection.py"
"""Takes longest, half of it waiting for CKAN. Each of its tests has a dataset of its own."""

HOSTS = {
    f"tests/live/test_{name}.py"
    for name in (
        "deployment",
        "restored_installation",
        "shared_ledger",
        "shared_rejudgement",
        "shared_storage",
        "spark_cluster",
        "worker_hosts",
    )
}
"""Use databases of their own in the portal's PostgreSQL, or none, and nothing of CKAN."""

ANALYSTS = {f"tests/integration/test_{name}.py" for name in ("analysts_questions", "mcp_server", "notebooks")}
"""All stand on the home of the fixture `analysts_home`: each worker with one of them would fill it again."""

SAMPLE = {f"tests/integration/test_{name}.py" for name in ("sample_plans", "search_queries")}
"""Both have all files of the sample judged (`judged_sample`)."""

TEMPLATES = {f"tests/integration/test_{name}.py" for name in ("template_cell_types", "templates")}
"""Both fill in the templates of all datasets (`templates`)."""

EXPECTATIONS = {"tests/unit/quality/test_expectations.py", "tests/unit/pipelines/review/test_waivers.py"}
"""Judge by Great Expectations, which takes each worker 2 s of processor time to load."""

LONG = {
    "tests/golden/test_dataset_cases.py",
    "tests/golden/test_hostile_files.py",
    "tests/house/test_adding_a_dataset.py",
    *(
        f"tests/integration/test_{name}.py"
        for name in (
            "dagster_at_once",
            "desk_in_a_browser",
            "documentation",
            "engines",
            "erasure",
            "every_page_type",
            "finder_in_a_browser",
            "hand_in_commands",
            "hostile_pages",
            "killed_runs",
            "pages_in_a_browser",
            "prefilter_against_frictionless",
            "publishing_cli",
            "released_files_checked",
            "review_walk",
            "storage_writes",
            "whole_table_pages",
        )
    ),
}
"""Take longest of those beside the live and unit tests: begun last, one of them would run alone while the other workers have nothing left."""

# In the background a shell has Ctrl+C ignored, and Dagster gives SIGTERM what SIGINT has: from its first run on, no process that a test starts
# would end when asked to.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# With Python's default (700) the million objects of five thousand tests and their modules are scanned thousands of times.
gc.set_threshold(100_000, 50, 100)
# Nor is what has been loaded looked through once more when the process ends.
atexit.register(gc.freeze)

settings.register_profile("house", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("thorough", settings.get_profile("house"), max_examples=1000)
settings.load_profile("house")


if "TMPDIR" not in os.environ and free_memory() > ENOUGH:
    # A commit of the lake or the ledger waits for the disk some milliseconds, thousands of times. Workers and children inherit it.
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.fixture(scope="session", autouse=True)
def _workers_from_a_server() -> Iterator[None]:
    """Processes of the local engine are forked from one without threads that has loaded what they need; started anew, each pair takes 2 s of processor time.

    `tests/unit/schemas/execution/test_engine.py` starts them as the platform does.
    """
    server = get_context("forkserver")
    server.set_forkserver_preload(["pipelines.relations.relation_units", "quality.conformance.byte_ranges"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("schemas.execution.engine.get_context", lambda _start: server)
        yield


@pytest.fixture(scope="session", autouse=True)
def _revisions_read_once() -> Iterator[None]:
    """Alembic's scripts of each of Dagster's databases are read once in a process, not for each home that is opened."""
    from alembic.script import ScriptDirectory

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", cache(ScriptDirectory.from_config))
        yield


class OnePortal(LoadScopeScheduling):  # type: ignore[misc] -- xdist's schedulers have no types
    """One file, one worker; one worker for all files that use CKAN, the analysts' home, the judged sample, the templates, or Great Expectations; each test of the longest file by itself."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.partition("::")[0]
        if file == LONGEST:
            return nodeid
        if file in ANALYSTS:
            return "analysts"
        if file in SAMPLE:
            return "sample"
        if file in TEMPLATES:
            return "templates"
        if file in EXPECTATIONS:
            return "expectations"
        return "live" if file.startswith("tests/live/") and file not in HOSTS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OnePortal:
    """In place of `--dist`: xdist's groups are not heeded by this pytest, and it would begin with the file of most tests."""
    config.option.loadscopereorder = False
    return OnePortal(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests against the portal are marked as such; property tests are not looked at by the measurement of coverage.

    They go thousands of times where the examples beside them have been, and being watched takes half as long again.
    """
    if item.path.is_relative_to(LIVE):
        item.add_marker("live")
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        item.add_marker("no_cover")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest is begun first: all files against the portal, which share a worker, then the tests of the longest file; elsewhere the long files."""
    items.sort(
        key=lambda item: (
            not item.path.is_relative_to(LIVE),
            item.nodeid.startswith(LONGEST),
            item.nodeid.partition("::")[0] not in LONG,
        )
    )


def pytest_collection_finish() -> None:
    """What stands until the end is no longer looked through for garbage."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted and measured: how many points were harmed, how long a gap was."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    told = [
        (r.nodeid.rpartition("::")[2], value) for r in reports for key, value in r.user_properties if key == "figure"
    ]
    if told:
        terminalreporter.section("figures")
    for name, value in told:
        terminalreporter.line(f"{name}: {value}")
