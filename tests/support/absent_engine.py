"""An engine at an address where nobody listens, and an installation whose relations it would have to ask. Not here: engines that answer (`sail.py`)."""

from dataclasses import replace

import pytest

from dagster_project.engine_kind import EngineChoice, EngineKind
from dagster_project.engines import make_large_work
from pipelines.workspace import Workspace

ADDRESS = "sc://127.0.0.1:1"


def without_engine(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, least_rows: int = 1) -> Workspace:
    """The same installation, whose relations of datasets with so many rows are asked on an engine that is away; kept results are there still."""
    monkeypatch.setattr("dagster_project.spark_engine.SECONDS", 0.2)
    choice = EngineChoice(EngineKind.spark, 1, ADDRESS, 1 << 40, least_rows, 1 << 40, 1)
    return replace(workspace, large_work=make_large_work(choice))
