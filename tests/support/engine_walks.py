"""The same walks on engines of choice, each in a copy of one installation: a contract applied to what stands, a large hand-in, a broken relation,
a release in parts.

They give whole homes to compare, and what the commands said. Not here: the engines (`sail.py`, `spark_cluster.py`), what must hold.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.installation import load_contracts, load_workspace
from dagster_project.settings import Settings
from pipelines.relations import judged_relations
from pipelines.submissions.checks import ranged_checks
from support.contracts import descriptor_with
from support.installed import POLICY, installed
from support.stored_homes import kept_tree
from support.trials import STRICT, installed_with_history, put_in_force, write_contract
from support.walked import release_all
from support.workspaces import NOW
from warehouse.releases.release_table import list_release_files

Engines = Mapping[str, Mapping[str, str]]
"""By a name, what the environment says of the engine."""


class WalkedHome(NamedTuple):
    """A home after its walk: `files` without the ledger, `entries` of the ledger without hashes and engine. `told`: what the command said."""

    files: dict[str, bytes]
    entries: list[dict[str, Any]]
    told: Any


def call_command(settings: Settings, environment: Mapping[str, str], *words: str) -> Result:
    """What `sportlake` with those words says in that installation, as `tester`."""
    load_contracts.cache_clear()
    names = {"HOME": settings.home, "CONTRACTS": settings.contracts, "CLOCK": NOW.isoformat(), "AS": "tester"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ({f"SPORTLAKE_{name}": value for name, value in names.items()} | {**environment}).items():
            patch.setenv(name, str(value))
        return CliRunner().invoke(app, [*words], catch_exceptions=False)


def try_contract(settings: Settings, file: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """What a trial of the contract says, as JSON."""
    told = call_command(settings, environment, "rejudge", "site", "--contract", str(file), "--json")
    assert told.exit_code == 0, told.output
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def walk_applications(folder: Path, engines: Engines) -> dict[str, WalkedHome]:
    """A contract put in force, and applied with the digest of its trial, on each engine."""
    settings, file = installed_with_history(folder / "base"), write_contract(folder)
    digest = try_contract(settings, file, {})["digest"]
    walked = {}
    for name, environment in engines.items():
        own = _copy_installation(settings, folder / name)
        put_in_force(own, file)
        words = ["rejudge", "site", "--contract", str(file), "--apply", "--json", "--expect", digest]
        told = call_command(own, environment, *words)
        assert told.exit_code == 0, told.output
        walked[name] = _read_home(own.home, json.loads(told.stdout))
        assert walked[name].told["digest"] == digest
    return walked


def walk_large_hand_ins(folder: Path, engines: Engines) -> dict[str, WalkedHome]:
    """A file of 70 000 rows with faults of many kinds, handed in on each engine; `told` is the number of ranges given away."""
    settings = installed(folder / "base")
    fields = ["code", "area:number", "note", "opened:date"]
    described = descriptor_with(fields, [STRICT], name="site", policy=POLICY, version="2.0.0")
    (folder / "new.yaml").write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")
    put_in_force(settings, folder / "new.yaml")
    file = _write_large_file(folder / "large.csv")
    walked = {}
    for name, environment in engines.items():
        own = _copy_installation(settings, folder / name)
        words = ["submit", str(file), "--dataset", "site", "--department", "210100", "--period", "2026"]
        with _small_ranges() as given:
            told = call_command(own, {"SPORTLAKE_RANGES_FROM": str(1 << 20), **environment}, *words)
        assert (told.exit_code, "70000" in told.stdout or "70001" in told.stdout) == (1, True), told.output
        walked[name] = _read_home(own.home, len(given))
    return walked


def walk_relations(folder: Path, engines: Engines) -> dict[str, WalkedHome]:
    """Visits of 3 000 sites of which three have gone since, on each engine, up to the gate, which stops them; `told` is the number of relations asked in units.

    The files are those of the kept results too.
    """
    settings = install_related(folder)
    walked = {}
    for name, environment in engines.items():
        own = _copy_installation(settings, folder / name)
        with _noted_calls(judged_relations, "ask_in_units") as given:
            told = call_command(own, {"SPORTLAKE_RELATIONS_FROM": "1000", **environment}, "release", "visit")
        assert "V1000; V1001; V1002" in told.stdout, told.output
        home = _read_home(own.home, sum(len(words[2]) for words in given))
        kept = {f"lake/_relations/{path.name}": path.read_bytes() for path in own.home.glob("lake/_relations/*.json")}
        walked[name] = home._replace(files=home.files | kept)
    return walked


def install_related(folder: Path) -> Settings:
    """An installation with visits of 3 000 sites of which three have gone since, and no kept results of relations."""
    settings = installed(folder / "base")
    sites = [f"S{at},{at % 90}" for at in range(3000)]
    visits = [f"V{at},S{at}" for at in range(3000)]
    _submit(settings, folder, "site", ["code,area", *sites])
    _submit(settings, folder, "visit", ["id,site", *visits])
    _submit(settings, folder, "site", ["code,area", *sites[:1000], *sites[1003:]])
    shutil.rmtree(settings.home / "lake" / "_relations")
    return settings


def _submit(settings: Settings, folder: Path, dataset: str, lines: list[str]) -> None:
    file = folder / f"{dataset}.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = ["submit", str(file), "--dataset", dataset, "--department", "210100", "--period", "2026"]
    told = call_command(settings, {}, *words)
    assert told.exit_code == 0, told.output


@contextmanager
def _noted_calls(module: ModuleType, name: str) -> Iterator[list[tuple[Any, ...]]]:
    """What a function of a module is called with."""
    given: list[tuple[Any, ...]] = []
    call = getattr(module, name)

    def noted(*words: Any) -> Any:
        given.append(words)
        return call(*words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, noted)
        yield given


def walk_releases(folder: Path, engines: Engines) -> dict[str, WalkedHome]:
    """A release in parts of seven rows, made on each engine; `told` is how many parts it has."""
    settings = installed_with_history(folder / "base")
    walked = {}
    for name, environment in engines.items():
        own = _copy_installation(settings, folder / name)
        parts = {"SPORTLAKE_RELEASE_PARTS_FROM": "1", "SPORTLAKE_RELEASE_PART_ROWS": "7"}
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in {**parts, **environment}.items():
                patch.setenv(variable, value)
            made = release_all(load_workspace(Settings(home=own.home, contracts=own.contracts, who="tester")))["site"]
        files = list_release_files(own.home / "releases" / "site" / made.number)
        walked[name] = _read_home(own.home, len(files))
    return walked


def _write_large_file(file: Path) -> Path:
    lines = [f"A{at},{at % 90},好,2026-01-02" for at in range(70_000)]
    lines[100::700] = ["A5,x,=A1,1900-01-01", "A6,1e400,13912345678,2026-02-30"] * 50
    lines[50_001] = ",,,"
    file.write_text("\n".join(["code,area,note,opened", *lines, "A7"]) + "\n", encoding="utf-8")
    return file


def _copy_installation(settings: Settings, folder: Path) -> Settings:
    shutil.copytree(settings.home.parent, folder)
    return settings.model_copy(update={"home": folder / "var", "contracts": folder / "contracts"})


@contextmanager
def _small_ranges() -> Iterator[list[object]]:
    """Each batch is a range; what was given away is listed."""
    given: list[object] = []
    write = ranged_checks.write_row_ranges

    def noted(*words: Any, **named: Any) -> Iterator[Any]:
        for part in write(*words, **named):
            given.append(part)
            yield part

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("quality.conformance.row_ranges.RANGE", 1)
        patch.setattr(ranged_checks, "write_row_ranges", noted)
        yield given


def _read_home(home: Path, told: Any) -> WalkedHome:
    files = kept_tree(home, with_log=False)
    entries = [json.loads(line) for line in files.pop("ledger/ledger.jsonl").splitlines()]
    for entry in entries:
        entry["facts"].pop("engine", None)
    kept = [{name: value for name, value in entry.items() if name not in {"hash", "previous"}} for entry in entries]
    return WalkedHome(files, kept, told)
