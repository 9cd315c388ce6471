"""An installation with a little history of one dataset, and a contract to try on it. Not here: the trial itself."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

import yaml

from dagster_project.installation import _open_cached, load_contracts, load_workspace
from dagster_project.settings import Settings
from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from support.contracts import descriptor_with
from support.installed import POLICY, drop, installed
from support.workspaces import NOW

STRICT = {"kind": "compare", "id": "area-small", "left": "area", "op": "<", "value": 100}
HISTORY = [
    ("210100", "site_2025.csv", "code,area\nA1,10\nA2,20\n"),
    ("210100", "site_2026.csv", "code,area\nA1,10\nA2,200\nA3,300\n"),
    ("210100", "site_2026.csv", "code,area\nA1,10\nA2,20\nA3,30\nA4,400\n" + "".join(f"B{n},1\n" for n in range(40))),
    ("210200", "site_2026.csv", "code,area\nD1,10\nD2,x\n"),
    ("210200", "site_2026.csv", "code,area\nD1,500\nD2,600\n"),
    ("210300", "site_2026.csv", "code,area\nE1,1\nE2,2\n"),
]
"""Two files that stay as they are, one replaced, one that loses a row, one sent back, one that falls."""


def installed_with_history(home: Path) -> Settings:
    """Settings of an installation that took all of `HISTORY`: a copy of the one that a process builds once."""
    folder, built = _build_with_history()
    shutil.copytree(folder.name, home, dirs_exist_ok=True)
    return built.model_copy(update={"home": home / "var", "contracts": home / "contracts"})


@cache
def _build_with_history() -> tuple[tempfile.TemporaryDirectory[str], Settings]:
    folder = tempfile.TemporaryDirectory(prefix="sportlake-history-")
    settings = installed(Path(folder.name))
    workspace = load_workspace(settings)
    for department, name, content in HISTORY:
        drop(settings, department, name, content)
        for arrival in list_arrivals(workspace):
            take_arrival(workspace, arrival, NOW)
    return folder, settings


def write_contract(folder: Path, version: str = "2.0.0", rules: tuple[dict[str, object], ...] = (STRICT,)) -> Path:
    """The file of a contract of `site` with those rules, not in force."""
    descriptor = descriptor_with(["code", "area:number"], list(rules), name="site", policy=POLICY) | {
        "version": version
    }
    path = folder / "new.yaml"
    path.write_text(yaml.safe_dump(descriptor, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def put_in_force(settings: Settings, file: Path) -> None:
    """That contract of `site` in the folder of contracts, as a process sees it that starts now."""
    shutil.copyfile(file, settings.contracts / "site.yaml")
    load_contracts.cache_clear()
    _open_cached.cache_clear()
