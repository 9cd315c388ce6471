"""The guide written into a folder: `<dataset>.html`, and `index.html` that lists every dataset of the house.

Each page is one file with both languages inside, works offline, and is only written where it would change. Not here: what a page says.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment

from catalog.core_metadata import words
from catalog.pages import environment, in_both_languages, read_texts
from catalog.site_folder import Shelf
from pipelines.field_help import cadence, submitters
from pipelines.guide.page import view_of
from pipelines.workspace import House
from schemas.contract import Contract
from schemas.text import Text

FOLDER = Path(__file__).parents[1] / "pages"


def write_guide(house: House, contracts: Sequence[Contract], folder: Path) -> list[str]:
    """Write the pages of those datasets and the index; the names of the files."""
    shelf = Shelf(folder)
    pages = [shelf.put(f"{contract.name}.html", page(house, contract)) for contract in contracts]
    return [*pages, shelf.put("index.html", index(house, contracts))]


def page(house: House, contract: Contract) -> str:
    """The page of one dataset."""
    title = _sentences()["guide.title"]
    return in_both_languages(
        _templates(),
        "guide.html.j2",
        title=Text(zh=f"{contract.title.zh} · {title.zh}", en=f"{contract.title.en}: {title.en}"),
        synthetic=False,
        **view_of(contract, house.codelists, house.departments),
    )


def index(house: House, contracts: Sequence[Contract]) -> str:
    """The page that lists those datasets by family."""
    families: dict[str, list[dict[str, object]]] = {}
    for contract in contracts:
        row: dict[str, object] = {
            "contract": contract,
            "who": submitters(contract, house.departments),
            "cadence": cadence(contract),
        }
        families.setdefault(contract.policy.family, []).append(row)
    return in_both_languages(
        _templates(),
        "guide_index.html.j2",
        title=_sentences()["guide.title"],
        synthetic=False,
        families=[(words()[f"family.{family}"], rows) for family, rows in sorted(families.items())],
    )


@cache
def _sentences() -> dict[str, Text]:
    return read_texts(FOLDER / "guide.yaml")


@cache
def _templates() -> Environment:
    return environment(FOLDER, texts=_sentences())
