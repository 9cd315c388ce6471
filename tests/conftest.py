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
