"""The pages of the static site besides front page and datasets: about the catalogue, and "not found".

Views only, pure functions. Servers answer every unknown address with `404.html`, at any depth: it brings its own style, and its links lead to
the site's own address if that is known. Not here: drawing and writing (`static.py`), texts (`pages/texts.yaml`).
"""

from collections.abc import Mapping, Sequence

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry, Licence
from catalog.pages.formats import Lang
from catalog.site_address import SiteAddress
from schemas.text import Text

NOT_FOUND = "404.html"
ABOUT = {"zh": "about.html", "en": "en/about.html"}


def about_view(entries: Sequence[CatalogueEntry], lang: Lang, projects: str | None) -> dict[str, object]:
    """The view of the page about the catalogue: who publishes what, under which licences, and what machines can read."""
    return {
        "title": _in_language(catalogue_texts()["about.title"], lang),
        "summary": _in_language(catalogue_texts()["catalogue.description"], lang),
        "root": {"zh": "", "en": "../"}[lang],
        "other": {"zh": "en/about.html", "en": "../about.html"}[lang],
        "synthetic": any(entry.synthetic for entry in entries),
        "data_time": max((entry.data_updated for entry in entries), default=None),
        "release": None,
        "count": len(entries),
        "licences": sorted({(entry.licence.path, entry.licence) for entry in entries}, key=_licence_path),
        "projects": projects,
    }


def not_found_view(site: SiteAddress) -> dict[str, Mapping[str, str]]:
    """The view of the page "not found", which is in both languages."""
    return {"fronts": {"zh": site.file_address("index.html"), "en": site.file_address("en/index.html")}}


def _licence_path(one: tuple[str, Licence]) -> str:
    return one[0]


def _in_language(text: Text, lang: Lang) -> str:
    return {"zh": text.zh, "en": text.en}[lang]
