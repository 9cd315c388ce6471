"""The pages of the static site besides those of datasets: front page, list, about the catalogue, and "not found".

Views, and the drawing of all pages that cover all datasets. Servers answer every unknown address with `404.html`, at any depth: it brings its own style, and its links lead to
the site's own address if that is known. Not here: pages of datasets, writing (`static.py`), texts (`catalog/pages/texts.yaml`).
"""

from collections.abc import Mapping, Sequence

from jinja2 import Environment

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry, Licence
from catalog.pages import LANGUAGES, Lang, render_bilingual_page, render_site_page
from catalog.site_address import SiteAddress
from catalog.site_state import ShownDataset
from catalog.standards.exports import Export
from catalog.static_site.front_page import FRONT, front_view
from catalog.static_site.index_page import LIST, index_view
from schemas.text import Text

NOT_FOUND = "404.html"
ABOUT = {"zh": "about.html", "en": "en/about.html"}


def draw_site_pages(
    env: Environment,
    entries: Sequence[CatalogueEntry],
    exports: Sequence[Export],
    site: SiteAddress,
    shown: Mapping[str, ShownDataset],
) -> dict[str, str]:
    """The pages by path: "not found", about the catalogue, the list, and the front pages last, for they lead to everything else.

    `shown` says of every dataset which pictures there are.
    """
    title, synthetic = catalogue_texts()["missing.title"], any(entry.synthetic for entry in entries)
    fronts = not_found_view(site)["fronts"]
    pages = {NOT_FOUND: render_bilingual_page(env, "missing.html.j2", title=title, synthetic=synthetic, fronts=fronts)}
    for lang in reversed(LANGUAGES):
        about, front = about_view(entries, lang, exports), front_view(entries, lang, shown, site)
        pages[ABOUT[lang]] = draw_page(env, "about.html.j2", lang, site, ABOUT, about)
        pages[LIST[lang]] = draw_page(env, "index.html.j2", lang, site, LIST, index_view(entries, lang, exports, shown))
        pages[FRONT[lang]] = draw_page(env, "front.html.j2", lang, site, FRONT, front)
    return pages


def draw_page(
    env: Environment, template: str, lang: Lang, site: SiteAddress, paths: Mapping[str, str], view: Mapping[str, object]
) -> str:
    """A page of the site; `paths` are its own by language. `template` extends `catalogue.html.j2`."""
    return render_site_page(env, template, lang, site=site, paths=paths, **view)


def about_view(entries: Sequence[CatalogueEntry], lang: Lang, exports: Sequence[Export]) -> dict[str, object]:
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
        "exports": exports,
    }


def not_found_view(site: SiteAddress) -> dict[str, Mapping[str, str]]:
    """The view of the page "not found", which is in both languages."""
    return {"fronts": {"zh": site.file_address("index.html"), "en": site.file_address("en/index.html")}}


def _licence_path(one: tuple[str, Licence]) -> str:
    return one[0]


def _in_language(text: Text, lang: Lang) -> str:
    return {"zh": text.zh, "en": text.en}[lang]
