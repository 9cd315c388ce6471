"""Several processes in one home at once, from its first moment on; and Dagster's databases damaged between two of them.

Dagster's history is a memory of runs: whatever happens to it, every file ends in the lake and every command at exit 0.
"""

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dagster_project import databases
from dagster_project.cli import app
from dagster_project.installation import load_workspace
from dagster_project.instance import open_instance, prepare_instance
from dagster_project.settings import Settings
from support.at_once import Ended, run_at_once
from support.installed import drop, installed

CITIES = [f"21{number:02d}00" for number in range(1, 6)]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = installed(tmp_path)
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    monkeypatch.setenv("SPORTLAKE_CLOCK", settings.clock.isoformat())
    return settings


def hand_ins(folder: Path) -> list[list[str]]:
    """The commands of five cities, one small file each."""
    commands = []
    for code in CITIES:
        file = folder / f"{code}.csv"
        file.write_text(f"code,area\nS{code},10\n", encoding="utf-8")
        commands.append(["submit", str(file), "--dataset", "site", "--department", code, "--period", "2026"])
    return commands


def sportlake(*words: str) -> Result:
    return CliRunner().invoke(app, [*words], catch_exceptions=False)


def departments_in_the_lake(settings: Settings) -> set[str]:
    workspace = load_workspace(settings)
    return {key.department for key in workspace.lake.count_slice_rows(workspace.contracts["site"])}


def runs_remembered(settings: Settings) -> int:
    with open_instance(load_workspace(settings).layout) as instance:
        return instance.get_runs_count()


def told(ended: list[Ended]) -> str:
    return "\n".join(f"[{one.code}] {one.said}" for one in ended)


def test_five_first_hand_ins_at_once_all_end_well(settings, tmp_path):
    ended = run_at_once(settings, hand_ins(tmp_path))
    assert [one.code for one in ended] == [0] * len(CITIES), told(ended)
    assert departments_in_the_lake(settings) == set(CITIES)
    assert runs_remembered(settings) >= len(CITIES)
    assert load_workspace(settings).ledger.verify_chain() == []
    assert not list((settings.home / "dagster").glob("damaged-*"))


def test_of_five_first_hand_ins_some_are_killed_and_the_next_run_ends_the_rest(settings, tmp_path):
    moments = {at: 0.1 + 0.5 * at for at in range(4)}
    ended = run_at_once(settings, hand_ins(tmp_path), kill=moments)
    assert ended[4].code == 0, told(ended)
    assert -9 in {one.code for one in ended}
    for code in CITIES:
        drop(settings, code, "site_2026.csv", f"code,area\nS{code},10\n")
    result = sportlake("run")
    assert result.exit_code == 0, result.output
    assert departments_in_the_lake(settings) == set(CITIES)
    assert load_workspace(settings).ledger.verify_chain() == []
    assert not list((settings.home / "dagster").glob("damaged-*"))


def test_two_runs_at_once_both_end_well_and_the_second_says_that_it_waits(settings):
    for code in CITIES[:2]:
        drop(settings, code, "site_2026.csv", f"code,area\nS{code},10\n")
    ended = run_at_once(settings, [["run"], ["run"]])
    assert [one.code for one in ended] == [0, 0], told(ended)
    assert sum("Another run is at work" in one.said for one in ended) >= 1
    assert departments_in_the_lake(settings) == set(CITIES[:2])
    assert len(load_workspace(settings).ledger.read_entries("landing")) == 2


def _give_a_second_head(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO alembic_version VALUES ('5771160a95ad')")


def _garble_the_middle(file: Path) -> None:
    """Only pages that nothing reads when the file is opened."""
    whole = bytearray(file.read_bytes())
    for at in range(8192, len(whole), 4096):
        whole[at : at + 4096] = b"\xa5" * 4096
    file.write_bytes(bytes(whole))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("history/runs.db", _give_a_second_head),
        ("history/runs.db", _garble_the_middle),
        ("history/event_log.db", _garble_the_middle),
        ("history/event_log.db", Path.unlink),
    ],
)
def test_damaged_databases_are_set_aside_and_the_walk_goes_on(settings, tmp_path, name, damage):
    file = prepare_instance(load_workspace(settings).layout) / name
    damage(file)
    result = sportlake(*hand_ins(tmp_path)[0])
    assert result.exit_code == 0, result.output
    assert "a new one begun" in result.output
    assert (settings.home / "dagster" / "damaged-1" / "schedules").is_dir()
    assert departments_in_the_lake(settings) == {CITIES[0]}
    assert runs_remembered(settings) == 2


def test_a_database_that_another_process_holds_for_long_is_set_aside(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(databases, "PATIENCE_SECONDS", 0.2)
    holder = sqlite3.connect(prepare_instance(load_workspace(settings).layout) / "history" / "runs.db")
    holder.execute("BEGIN EXCLUSIVE")
    result = sportlake(*hand_ins(tmp_path)[0])
    holder.close()
    assert result.exit_code == 0, result.output
    assert "a new one begun" in result.output
    assert departments_in_the_lake(settings) == {CITIES[0]}
