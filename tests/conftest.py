"""Settings of all tests. Property tests try the same examples on every machine, and no test has a clock to race.

Here too: which tests share a worker. Those of one file do; those against the one portal do, whatever their file.
"""

from pathlib import Path

import pytest
from hypothesis import settings

LIVE = Path(__file__).parent / "live"

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups for `pytest --dist loadgroup`; live tests are marked as such."""
    for item in items:
        live = item.path.is_relative_to(LIVE)
        if live:
            item.add_marker("live")
        item.add_marker(pytest.mark.xdist_group("live" if live else str(item.path)))


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
