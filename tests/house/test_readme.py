"""What the README promises is there: its commands, its folders, its query."""

import re
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

from pipelines.workspace import open_workspace
from support.workspaces import NOW
from warehouse.database import WarehouseInputs, rebuild_database

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def help_of(*command):
    done = subprocess.run(
        [Path(sys.executable).with_name("sportlake"), *command, "--help"], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_every_sportlake_command_of_the_readme_exists():
    called = set(re.findall(r"sportlake ([a-z]+(?: [a-z]+)?)\b", README))
    names = {name.split()[0] for name in called if name.split()[0] != "is"}
    assert {"submit", "status", "check", "ledger", "contracts"} <= names
    for name in names:
        code, said = help_of(name)
        assert code == 0, f"README names `sportlake {name}`, which is no command"
        assert said


def test_every_option_of_the_readme_exists():
    for line in re.findall(r"`(sportlake [^`]*--[^`]*)`", README):
        _, *words = line.split()
        command = list(takewhile(lambda word: re.fullmatch("[a-z]+", word), words))
        _, said = help_of(*command)
        for option in (word for word in words if word.startswith("--")):
            assert option in said, f"`{line}`: {' '.join(command)} has no {option}"


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)\b", README, re.MULTILINE)) <= targets


def test_the_table_of_folders_is_the_house():
    told = set(re.findall(r"^\| `([a-z_]+)/` \|", README, re.MULTILINE))
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    there = {name.split("/")[0] for name in listed.splitlines() if "/" in name and not name.startswith(".")}
    assert told == there


def test_every_link_of_the_readme_leads_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_query_of_the_readme_answers(tmp_path):
    workspace = open_workspace(tmp_path, "tester")
    stock = WarehouseInputs(
        workspace.contracts, workspace.codelists, workspace.departments, workspace.lake, workspace.ledger
    )
    built = rebuild_database(workspace.layout, stock, NOW)
    query = re.search(r'duckdb var/warehouse\.duckdb "([^"]+)"', README)[1]
    duckdb = Path(sys.executable).with_name("duckdb")
    done = subprocess.run([duckdb, built.path, query], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "admin_code" in done.stdout
