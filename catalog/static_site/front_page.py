"""View of the front page: what the catalogue is, pictures of it, its families, and what was released last.

Pure functions from entries to a view. The list of all datasets is a page of its own (`index_page.py`), to which the search box and
the families lead. Not here: the pictures (`catalog/pictures/chart_files.py`), the texts (`catalog/pages/texts.yaml`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry
from catalog.finder.finder_page import finder_path
from catalog.finder.outlines import list_rings
from catalog.finder.venue_file import list_finders
from catalog.pages.formats import Lang
from catalog.pictures.chart_files import chart_path, map_path
from catalog.site_address import NOWHERE, SiteAddress
from catalog.site_state import ShownDataset
from catalog.standards.schema_org import schema_org_catalogue
from schemas.text import Text

FRONT = {"zh": "index.html", "en": "en/index.html"}
NEWEST = 6
"""Releases that the page lists."""
MOST_PICTURES = 3


@dataclass(frozen=True)
class FrontPicture:
    """A picture of one dataset on the front page; `title` says what it shows, `is_outlined` whether it has outlines, whose source must be named."""

    entry: CatalogueEntry
    path: str
    title: Text
    is_outlined: bool = False


def front_view(
    entries: Sequence[CatalogueEntry],
    lang: Lang,
    shown: Mapping[str, ShownDataset],
    site: SiteAddress = NOWHERE,
) -> dict[str, object]:
    """The view of the front page in that language; `shown` says which pictures there are. Without entries the page says so."""
    root, about = {"zh": "", "en": "../"}[lang], catalogue_texts()["catalogue.description"]
    families = Counter(entry.family for entry in entries)
    return {
        "root": root,
        "summary": {"zh": about.zh, "en": about.en}[lang],
        "schema_org": schema_org_catalogue(entries, root, site),
        "other": {"zh": "en/index.html", "en": "../index.html"}[lang],
        "synthetic": any(entry.synthetic for entry in entries),
        "data_time": max((entry.data_updated for entry in entries), default=None),
        "release": None,
        "count": len(entries),
        "rows": sum(entry.facts.rows for entry in entries),
        "families": sorted(families.items(), key=_family_order),
        "newest": sorted(entries, key=_newest_first)[:NEWEST],
        "finders": [(finder_path(entry.dataset, lang), entry.title) for entry in list_finders(entries)],
        "pictures": _choose_pictures(entries, lang, shown),
    }


def _choose_pictures(
    entries: Sequence[CatalogueEntry], lang: Lang, shown: Mapping[str, ShownDataset]
) -> tuple[FrontPicture, ...]:
    """The map of the dataset with the most rows that has one, then the newest charts of other families, of many in one family that of most rows."""
    found = []
    mapped = [entry for entry in entries if _has_file(shown, entry, map_path(entry.dataset))]
    if mapped:
        largest = max(mapped, key=_count_rows)
        found.append(
            FrontPicture(largest, map_path(largest.dataset), largest.title, bool(list_rings(largest.province)))
        )
    families = {one.entry.family for one in found}
    for entry in sorted(entries, key=_newest_first):
        title = shown[entry.dataset].picture if entry.dataset in shown else None
        if title is not None and entry.family not in families and len(found) < MOST_PICTURES:
            found.append(FrontPicture(entry, chart_path(entry.dataset, lang), title))
            families.add(entry.family)
    return tuple(found)


def _has_file(shown: Mapping[str, ShownDataset], entry: CatalogueEntry, path: str) -> bool:
    return entry.dataset in shown and path in shown[entry.dataset].files


def _family_order(one: tuple[str, int]) -> tuple[bool, int, str]:
    """Sort key of families: the largest first, that of the platform itself last."""
    family, count = one
    return family == "platform", -count, family


def _newest_first(entry: CatalogueEntry) -> tuple[bool, int, int, str]:
    """Sort key: by day of the release, newest first, then by rows; the platform's own tables, which are rebuilt with every change, come last."""
    return entry.family == "platform", -entry.facts.created.toordinal(), -entry.facts.rows, entry.dataset


def _count_rows(entry: CatalogueEntry) -> tuple[int, str]:
    return entry.facts.rows, entry.dataset
