"""View of the catalogue page: the list of all datasets and the filters.

Pure functions from entries to a view. Without a script the page shows the whole list; the script only hides entries
that do not match. Not here: the script (`catalog/pages/search.js`), its index (`search_index.py`), the texts (`catalog/pages/texts.yaml`).
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from catalog.core_metadata import catalogue_texts, describe_cycle
from catalog.dataset_page import list_formats
from catalog.entry import CatalogueEntry
from catalog.finder.finder_page import finder_path
from catalog.finder.venue_file import list_finders
from catalog.pages import FOLDER
from catalog.pages.formats import Lang
from catalog.pictures.chart_files import small_path
from catalog.site_state import ShownDataset
from catalog.standards.exports import Export
from catalog.static_site.search_index import build_index
from schemas.text import Text

SCRIPT = "search.js"
INDEX = "search-index.js"
"""The file of the site with the index of the search, for both languages: the list stays light however many words rows have."""

LIST = {"zh": "catalogue.html", "en": "en/catalogue.html"}


def index_view(
    entries: Sequence[CatalogueEntry],
    lang: Lang,
    exports: Sequence[Export] = (),
    shown: Mapping[str, ShownDataset] = MappingProxyType({}),
) -> dict[str, object]:
    """The view of the list in that language, datasets in the order given; without entries the page says so.

    `shown` says of which datasets there is a small picture.
    """
    script = (FOLDER / SCRIPT).read_text(encoding="utf-8")
    root, about = {"zh": "", "en": "../"}[lang], catalogue_texts()["catalogue.description"]
    return {
        "root": root,
        "summary": {"zh": about.zh, "en": about.en}[lang],
        "other": {"zh": "en/catalogue.html", "en": "../catalogue.html"}[lang],
        "synthetic": any(entry.synthetic for entry in entries),
        "data_time": max((entry.data_updated for entry in entries), default=None),
        "release": None,
        "entries": entries,
        "formats": {one.dataset: list_formats(one.distributions) for one in entries},
        "filters": _filter_choices(entries),
        "index_hash": hashlib.sha256(index_script(entries).encode()).hexdigest()[:12],
        "exports": exports,
        "pictures": {name: small_path(name) for name, one in shown.items() if one.picture is not None},
        "finders": [(finder_path(entry.dataset, lang), entry.title) for entry in list_finders(entries)],
        "script": script,
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }


def index_script(entries: Sequence[CatalogueEntry]) -> str:
    """The index as a script, which a page may load from a disk too."""
    return f"var sportlakeIndex = {json.dumps(build_index(entries), ensure_ascii=False, separators=(',', ':'))};\n"


def _filter_choices(entries: Sequence[CatalogueEntry]) -> dict[str, list[tuple[str, Text]]]:
    """For each filter, the values that occur in the entries, sorted, with their labels."""
    formats = sorted({file.format for entry in entries for file in entry.distributions})
    return {
        "family": sorted(
            {(entry.family, catalogue_texts()[f"family.{entry.family}"]) for entry in entries}, key=_choice_value
        ),
        "department": sorted({(entry.publisher.code, entry.publisher.name) for entry in entries}, key=_choice_value),
        "format": [(name, Text(zh=name.upper(), en=name.upper())) for name in formats],
        "cycle": sorted({(entry.cycle, describe_cycle(entry.cycle)) for entry in entries}, key=_choice_value),
    }


def _choice_value(choice: tuple[str, Text]) -> str:
    return choice[0]
