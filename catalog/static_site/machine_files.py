"""Every file of the static site for machines that covers all datasets, by its path in the site.

    catalog.jsonld, data.json   catalogues for harvesters: DCAT-AP, DCAT-US
    feed.xml, en/feed.xml       new releases and withdrawals
    sitemap.xml, robots.txt     pages for search engines; only where the site's address is known

Not here: files of one dataset (`static.py`), exports to other standards (`exports`), pages.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from catalog.entry import CatalogueEntry
from catalog.pages import LANGUAGES
from catalog.site_address import SiteAddress
from catalog.site_state import RetiredDataset
from catalog.standards.data_json import data_json
from catalog.standards.dcat import dcat_catalogue
from catalog.static_site.release_feed import feed_path, release_feed
from catalog.static_site.sitemap import sitemap_files


def machine_files(
    entries: Sequence[CatalogueEntry],
    site: SiteAddress,
    tables: Collection[str] = (),
    retired: Mapping[str, RetiredDataset] = MappingProxyType({}),
) -> dict[str, str]:
    """The content of each file by its path; `tables` are the datasets that have a page with their whole table, `retired` those withdrawn."""
    return {
        "catalog.jsonld": dump_json(dcat_catalogue(entries, site)),
        "data.json": dump_json(data_json(entries, site)),
        **{feed_path(lang): release_feed(entries, retired, lang, site) for lang in LANGUAGES},
        **sitemap_files(entries, site, tables),
    }


def dump_json(document: Mapping[str, object]) -> str:
    """The document as the site writes it: indented, in the characters of its languages."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
