"""A small installation for the edge: settings over two contracts written as files. Not here: workspaces without Dagster (`workspaces.py`)."""

from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
import yaml

from dagster_project.settings import Settings
from support.contracts import descriptor_with
from support.people import write_people
from support.workspaces import NOW

POLICY = {"owner": "ln-bangongshi"}
SITES = "code,area\nS1,10\nS2,20\n"
MORE_SITES = "code,area\nS3,30\nS4,40\n"
VISITS = "id,site\nV1,S1\nV2,S2\n"


def installed(home: Path, *, who: str | None = "tester", clock: datetime = NOW) -> Settings:
    """Settings of an installation below `home` that knows `site` and `visit`, whose `site` must be a known code."""
    folder = home / "contracts"
    folder.mkdir(parents=True)
    for name, text in _contract_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    write_people(home / "var")
    return Settings(home=home / "var", contracts=folder, who=who, clock=clock)


@cache
def _contract_files() -> dict[str, str]:
    site = descriptor_with(["code", "area:number"], name="site", policy=POLICY)
    known = {"kind": "in_dataset", "fields": ["site"], "dataset": "site", "reference": ["code"]}
    visit = descriptor_with(["id", "site"], [known], name="visit", policy=POLICY)
    return {f"{one['name']}.yaml": yaml.safe_dump(one, allow_unicode=True, sort_keys=False) for one in (site, visit)}


def installed_for_commands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same, with an environment in which commands run in this process act on it as `tester`."""
    settings = installed(folder)
    assert settings.clock is not None
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    monkeypatch.setenv("SPORTLAKE_CLOCK", settings.clock.isoformat())
    monkeypatch.setenv("SPORTLAKE_AS", "tester")
    return settings


def drop(settings: Settings, department: str, name: str, content: str) -> Path:
    """A file in the inbox of a department."""
    path = settings.home / "inbox" / department / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path
