"""What the READMEs mention exists: commands, options, targets, folders, links, the query; and both have the same content."""

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import takewhile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from pipelines.submissions.corrections import correction_columns, read_corrections
from pipelines.workspace import open_workspace
from support.workspaces import NOW
from warehouse.analyst_file.database import WarehouseInputs, rebuild_database

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = (ROOT / name for name in ("README.md", "README.zh.md"))
PAGES = sorted((ROOT / "docs").rglob("*.??.md"))
SHELL = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(params=[ENGLISH, CHINESE], ids=lambda path: path.name)
def readme(request):
    return request.param.read_text(encoding="utf-8")


@cache
def help_of(*command):
    result = CliRunner().invoke(app, [*command, "--help"], prog_name="sportlake")
    return result.exit_code, result.stdout


def shell_commands(text):
    """The lines of the shell blocks, without comments."""
    lines = (line.partition(" # ")[0].strip() for block in SHELL.findall(text) for line in block.splitlines())
    return [line for line in lines if line]


def code_spans(text):
    """All text in single backticks outside of blocks; a span over two lines is joined."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", FENCED.sub("", text))]


def headings(text):
    return re.findall(r"^(#+) ", FENCED.sub("", text), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_and_option_in_the_sentences_of_a_page_exists(page):
    """Those in fences are run by `tests/integration/test_documentation.py`."""
    for line in code_spans(page.read_text(encoding="utf-8")):
        if line.startswith("sportlake "):
            command = list(takewhile(lambda word: re.fullmatch("[a-z]+", word), line.split()[1:]))[:2]
            code, said = help_of(*command)
            if code != 0:
                code, said = help_of(*command[:1])  # the second word was an argument
            assert code == 0, line
            assert all(option in said for option in re.findall(r"--[a-z-]+", line)), line


def test_every_sportlake_command_of_the_readme_exists(readme):
    called = set(re.findall(r"sportlake ([a-z]+)\b", "\n".join([*shell_commands(readme), *code_spans(readme)])))
    assert {"submit", "status", "check", "ledger", "contracts"} <= called
    for name in called:
        code, said = help_of(name)
        assert code == 0, f"README names `sportlake {name}`, which is no command"
        assert said


def test_every_option_of_the_readme_exists(readme):
    for line in [span for span in code_spans(readme) if span.startswith("sportlake ") and "--" in span]:
        _, *words = line.split()
        command = list(takewhile(lambda word: re.fullmatch("[a-z]+", word), words))
        _, said = help_of(*command)
        for option in (word for word in words if word.startswith("--")):
            assert option in said, f"`{line}`: {' '.join(command)} has no {option}"


def test_every_make_target_of_the_readme_exists(readme):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"\bmake ([a-z-]+)", "\n".join([*shell_commands(readme), *code_spans(readme)]))
    assert {"run", "test", "ckan", "ckan-down", "dagster"} <= set(named) <= targets


def test_the_table_of_folders_names_every_folder(readme):
    told = set(re.findall(r"^\| `([a-z_]+)/` \|", readme, re.MULTILINE))
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    there = {name.split("/")[0] for name in listed.splitlines() if "/" in name and not name.startswith(".")}
    assert told == there


def test_every_link_of_the_readme_leads_somewhere(readme):
    targets = re.findall(r"\]\(([^)]+)\)", readme)
    assert targets
    for target in targets:
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_query_of_the_readme_runs(tmp_path):
    workspace = open_workspace(tmp_path, "tester")
    stock = WarehouseInputs(
        workspace.contracts, workspace.codelists, workspace.departments, workspace.lake, workspace.ledger
    )
    built = rebuild_database(workspace.layout, stock, NOW)
    query = re.search(r'duckdb var/warehouse\.duckdb "([^"]+)"', ENGLISH.read_text(encoding="utf-8"))[1]
    duckdb = Path(sys.executable).with_name("duckdb")
    done = subprocess.run([duckdb, built.path, query], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "admin_code" in done.stdout


def test_the_correction_of_the_readme_is_one_that_can_be_read(readme, tmp_path):
    contract = open_workspace(tmp_path, "tester").contracts["facility"]
    (example,) = re.findall(r"```csv\n(.*?)```", readme, re.DOTALL)
    file = tmp_path / "facility.csv"
    file.write_text(example, encoding="utf-8")
    (found,) = read_corrections(file, contract)
    told = [name for name in code_spans(readme) if name in correction_columns(contract)]
    assert (found.field, set(correction_columns(contract)) - set(told)) == ("status", set(contract.primary_key))


@pytest.mark.parametrize("listed", [shell_commands, code_spans, headings], ids=lambda part: part.__name__)
def test_both_readmes_have_the_same_content(listed):
    english, chinese = (Counter(listed(path.read_text(encoding="utf-8"))) for path in (ENGLISH, CHINESE))
    assert english, "nothing found to compare"
    assert english == chinese, f"English alone: {english - chinese}; Chinese alone: {chinese - english}"


@pytest.mark.parametrize(("path", "other"), [(ENGLISH, CHINESE), (CHINESE, ENGLISH)], ids=lambda path: path.name)
def test_each_readme_links_to_the_other_at_its_top(path, other):
    assert f"]({other.name})" in "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:4])
