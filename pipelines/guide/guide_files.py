"""Writing the guide to a folder: `<dataset>.html`, and `index.html` that lists every dataset.

Each page is one file in both languages, works offline, and is written only if it changes. Not here: the content of a page.
"""

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment

from catalog.core_metadata import catalogue_texts, describe_cycle
from catalog.pages import make_environment, read_texts, render_bilingual_page
from catalog.site_folder import SiteFolder
from pipelines.field_help import describe_submitters
from pipelines.guide.page import build_view
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.text import Text

FOLDER = Path(__file__).parents[1] / "pages"


def write_guide(workspace: Workspace, contracts: Sequence[Contract], folder: Path) -> list[str]:
    """Writes the pages of those datasets and the index; returns the names of the files."""
    site = SiteFolder(folder)
    written = frozenset(contract.name for contract in contracts)
    pages = [
        site.write_text(f"{contract.name}.html", render_page(workspace, contract, written)) for contract in contracts
    ]
    return [*pages, site.write_text("index.html", render_index(workspace, contracts))]


def render_page(workspace: Workspace, contract: Contract, written: Collection[str]) -> str:
    """Returns the page of one dataset. It links to the pages of those datasets alone that are written beside it."""
    title = _read_sentences()["guide.title"]
    return render_bilingual_page(
        _load_templates(),
        "guide.html.j2",
        title=Text(zh=f"{contract.title.zh} · {title.zh}", en=f"{contract.title.en}: {title.en}"),
        synthetic=False,
        sources=_list_sources(workspace, contract, written),
        **build_view(contract, workspace.codelists, workspace.departments),
    )


def _list_sources(workspace: Workspace, contract: Contract, written: Collection[str]) -> list[tuple[str | None, Text]]:
    """Returns (name of the page, or None if it is not written; title) of each dataset that a built one is built from."""
    names = contract.policy.built.datasets if contract.policy.built else ()
    return [(name if name in written else None, workspace.contracts[name].title) for name in names]


def render_index(workspace: Workspace, contracts: Sequence[Contract]) -> str:
    """Returns the page that lists those datasets by family."""
    families: dict[str, list[dict[str, object]]] = {}
    for contract in contracts:
        row: dict[str, object] = {
            "contract": contract,
            "who": describe_submitters(contract, workspace.departments),
            "cadence": describe_cycle(contract.policy.cadence),
        }
        families.setdefault(contract.policy.family, []).append(row)
    return render_bilingual_page(
        _load_templates(),
        "guide_index.html.j2",
        title=_read_sentences()["guide.title"],
        synthetic=False,
        families=[(catalogue_texts()[f"family.{family}"], rows) for family, rows in sorted(families.items())],
    )


@cache
def _read_sentences() -> dict[str, Text]:
    return read_texts(FOLDER / "guide.yaml")


@cache
def _load_templates() -> Environment:
    return make_environment(FOLDER, texts=_read_sentences())
