"""Statements of the documents are true: links, versions, hooks, decisions, terms. The READMEs: `test_readme.py`."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PARTS = ["Context", "Decision", "What was measured", "Consequences", "What would change it"]
ONE_PAGE = 50
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def listed(*patterns):
    done = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


GENERATED = ROOT / "docs" / "reference"
"""Pages that the documentation site makes; its build is strict about links to them (`tests/integration/test_documentation.py`)."""


@pytest.mark.parametrize("name", listed("*.md"))
def test_every_link_of_a_document_leads_somewhere(name):
    for target in LINK.findall(text_of(name)):
        place = (ROOT / name).parent.joinpath(target).resolve()
        there = place.exists() or place.is_relative_to(GENERATED)
        assert target.startswith("https://") or there, f"{name}: {target}"


def test_the_newest_version_of_the_changelog_is_that_of_the_package():
    versions = re.findall(r"^## (.+)$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == "Unreleased"
    number, _, day = versions[1].partition(" — ")
    assert number == tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day), "## X.Y.Z — YYYY-MM-DD"


def test_the_licence_is_named_and_complete():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert "END OF TERMS AND CONDITIONS" in text_of("LICENSE")


def test_the_hooks_before_a_commit_are_the_steps_of_make_lint():
    [repository] = yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"]
    lint = re.search(r"^lint:.*\n((?:\t.+\n)+)", text_of("Makefile"), re.MULTILINE)[1]
    steps = [line.strip().replace("$(BIN)", ".venv/bin") for line in lint.splitlines()]
    assert [hook["entry"] for hook in repository["hooks"]] == steps


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_one_page_with_its_five_parts_and_is_listed(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert text.count("\n") <= ONE_PAGE
    assert f"[{path.name[:4]}]({path.name})" in text_of("docs/decisions/README.md")


def test_every_name_in_code_of_the_glossary_is_there():
    told = re.findall(r"`([^`]+)` \|$", text_of("docs/glossary.md"), re.MULTILINE)
    source = "\n".join(text_of(name) for name in listed("*.py") if not name.startswith("tests/"))
    assert len(told) > 40
    for name in told:
        last = re.split(r"[. ]", name.removesuffix(".json"))[-1]
        assert re.search(rf"\b{last}\b", source), f"the glossary names `{name}`, which is in no module"


def test_every_path_that_the_documents_name_is_there():
    """Files and folders of the repository in backticks; not those that an installation writes (`var/`), and not patterns."""
    folders = "|".join({name.split("/")[0] for name in listed() if "/" in name and not name.startswith(".")})
    for name in (name for name in listed("*.md") if name != "CHANGELOG.md"):
        for path in re.findall(rf"`((?:{folders})/[\w./-]*)`", text_of(name)):
            assert (ROOT / path).exists(), f"{name}: {path}"
