"""`sportlake --help` loads no slow library, the definitions load, and Dagster's own check of them succeeds without any set-up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.instance import instance_yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
# No help needs them, and importing Dagster alone takes 1.6 s: the aim for `sportlake --help` is 0.3 s on an idle machine.
SLOW = {"dagster", "pandas", "pyarrow", "duckdb", "frictionless", "great_expectations", "deltalake"}


def help_of(command: str) -> str:
    """The help of one command, in this process: a process for each would take longer than all other tests here."""
    result = CliRunner().invoke(app, [command, "--help"], prog_name="sportlake", catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_help_loads_no_slow_library():
    command = [sys.executable, "-X", "importtime", BIN / "sportlake", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not loaded & SLOW
    for command in (
        "contracts",
        "check",
        "submit",
        "run",
        "release",
        "publish",
        "withdraw",
        "rollback",
        "drift",
        "rescan",
        "work",
        "orphans",
        "warehouse",
        "ledger",
        "ckan",
        "status",
        "demo",
    ):
        assert command in done.stdout


@pytest.fixture(scope="module")
def imported_for_help() -> set[str]:
    """The modules that a process has imported when it can answer `--help`."""
    script = "import sys, dagster_project.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "heavy", ["dagster", "great_expectations", "duckdb", "pyarrow", "frictionless", "pandas", "pydantic"]
)
def test_help_imports_nothing_heavy(imported_for_help, heavy):
    assert "dagster_project.cli" in imported_for_help
    assert heavy not in imported_for_help


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "submit",
        "run",
        "retract",
        "accept",
        "rejudge",
        "candidate",
        "approve",
        "refuse",
        "people",
        "release",
        "publish",
        "withdraw",
        "rollback",
        "drift",
        "rescan",
        "orphans",
        "trace",
        "verify",
        "reproduce",
        "status",
        "demo",
        "dagster",
    ],
)
def test_every_command_has_help_in_both_languages(command):
    text = help_of(command)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
    assert "Usage: sportlake" in text


@pytest.mark.parametrize(
    "command",
    [
        "submit",
        "run",
        "retract",
        "accept",
        "rejudge",
        "approve",
        "refuse",
        "release",
        "publish",
        "withdraw",
        "rollback",
        "drift",
    ],
)
def test_every_command_that_writes_to_the_ledger_asks_who_acts(command):
    assert "--as" in help_of(command)


def test_the_check_of_dagster_succeeds(tmp_path):
    environment = {**os.environ, "SPORTLAKE_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path)}
    done = subprocess.run(
        [BIN / "dg", "check", "defs"], capture_output=True, text=True, check=False, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All component YAML validated" in done.stdout or "loaded successfully" in done.stdout + done.stderr
    assert "Warning" not in done.stdout + done.stderr


def test_dagster_without_any_set_up_uses_the_instance_file_of_the_repository():
    assert (ROOT / "dagster.yaml").read_text(encoding="utf-8") == instance_yaml("var/dagster")
