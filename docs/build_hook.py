"""Stages the sources of the documentation site for mkdocs: the pages of `docs/`, and the reference that is generated.

The pages stay as they are but for links that lead out of `docs/`, which become their text: a site has no such files.
Not here: what the reference says (`pipelines/guide/reference.py`, `dagster_project/cli/reference.py`), the settings (`mkdocs.yml`).
"""

import re
import shutil
import tempfile
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from catalog.pages import LANGUAGES
from dagster_project.cli import app
from dagster_project.cli.reference import render_commands
from pipelines.guide.reference import render_datasets, render_rules
from pipelines.workspace import open_workspace

DOCS = Path(__file__).parent
_GENERATED = "---\nsearch: {boost: 0.3}\n---\n\n"
"""A search puts the pages that people wrote before those that are generated."""
_LINK = re.compile(r"\[([^\]]*)\]\((\.\.?/[^)#\s]+)[^)]*\)")
_COPIED = frozenset([".md", ".js", ".css", ".py", ".svg"])
_staged: list[Path] = []


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Lets mkdocs read a copy of `docs/` that has the generated pages too."""
    folder = Path(tempfile.mkdtemp(prefix="sportlake-docs-"))
    _staged.append(folder)
    for page in sorted(DOCS.rglob("*")):
        target = folder / page.relative_to(DOCS)
        if page.suffix in _COPIED:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(unlink_outside(page.read_text(encoding="utf-8"), page), encoding="utf-8")
    write_reference(folder / "reference")
    config.docs_dir = str(folder)
    return config


def on_post_build(config: MkDocsConfig) -> None:  # noqa: ARG001 - mkdocs gives it by name
    """Removes the staged sources."""
    while _staged:
        shutil.rmtree(_staged.pop())


def unlink_outside(text: str, page: Path) -> str:
    """Returns a page's text with the links that lead out of `docs/` as their text alone."""

    def kept(found: re.Match[str]) -> str:
        inside = (page.parent / found[2]).resolve().is_relative_to(DOCS.resolve())
        return found[0] if inside else found[1]

    return _LINK.sub(kept, text)


def write_reference(folder: Path) -> None:
    """Writes the generated pages in each language: datasets, commands, kinds of rules."""
    workspace = open_workspace(folder / "unused", "documentation")
    (folder / "datasets").mkdir(parents=True)
    for lang in LANGUAGES:
        for name, text in render_datasets(workspace, lang).items():
            place = folder if name == "datasets" else folder / "datasets"
            (place / f"{name}.{lang}.md").write_text(_GENERATED + text, encoding="utf-8")
        (folder / f"commands.{lang}.md").write_text(_GENERATED + render_commands(app, lang), encoding="utf-8")
        contracts = list(workspace.contracts.values())
        (folder / f"rules.{lang}.md").write_text(_GENERATED + render_rules(contracts, lang), encoding="utf-8")
