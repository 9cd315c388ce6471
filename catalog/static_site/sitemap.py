"""The list of all pages for search engines (sitemaps.org protocol 0.9), and `robots.txt`, which names it.

Pure functions. The protocol asks for absolute addresses, so a site whose address is not known has neither. Each page names its other
language, as search engines ask for. Not here: what the pages hold.
"""

import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from catalog.entry import CatalogueEntry
from catalog.finder.finder_page import finder_path
from catalog.finder.venue_file import list_finders
from catalog.pages import LANGUAGES, TAGS
from catalog.site_address import SiteAddress, page_path
from catalog.table.table_page import table_path

SITEMAP, ROBOTS = "sitemap.xml", "robots.txt"
LONGEST = 50_000
"""Addresses in one file, by the protocol."""
_NAMES = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"}


def sitemap_files(entries: Sequence[CatalogueEntry], site: SiteAddress, tables: Collection[str] = ()) -> dict[str, str]:
    """Both files by name; none if the site's address is not known. `tables` are the datasets that have a page with their whole table."""
    if site.site_url is None:
        return {}
    robots = f"User-agent: *\nAllow: /\nSitemap: {site.file_address(SITEMAP)}\n"
    return {SITEMAP: _draw_sitemap(entries, site, tables), ROBOTS: robots}


def _draw_sitemap(entries: Sequence[CatalogueEntry], site: SiteAddress, tables: Collection[str]) -> str:
    found = ET.Element("urlset", _NAMES)
    for paths, day in list(_list_pages(entries, tables))[: LONGEST // len(LANGUAGES)]:
        for lang in LANGUAGES:
            _add_page(found, site, paths, lang, day)
    ET.indent(found, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(found, encoding="unicode")}\n'


def _list_pages(
    entries: Sequence[CatalogueEntry], tables: Collection[str]
) -> Iterator[tuple[dict[str, str], date | None]]:
    """Each page's paths by language, with the day of its last release."""
    newest = max((entry.facts.created.date() for entry in entries), default=None)
    yield {"zh": "index.html", "en": "en/index.html"}, newest
    yield {"zh": "catalogue.html", "en": "en/catalogue.html"}, newest
    yield {"zh": "about.html", "en": "en/about.html"}, None
    for entry in list_finders(entries):
        yield {lang: finder_path(entry.dataset, lang) for lang in LANGUAGES}, entry.facts.created.date()
    for entry in entries:
        yield {lang: page_path(entry.dataset, lang) for lang in LANGUAGES}, entry.facts.created.date()
        if entry.dataset in tables:
            yield {lang: table_path(entry.dataset, lang) for lang in LANGUAGES}, entry.facts.created.date()


def _add_page(found: ET.Element, site: SiteAddress, paths: dict[str, str], lang: str, day: date | None) -> None:
    page = ET.SubElement(found, "url")
    ET.SubElement(page, "loc").text = site.file_address(paths[lang])
    if day is not None:
        ET.SubElement(page, "lastmod").text = day.isoformat()
    for other in LANGUAGES:
        href = site.file_address(paths[other])
        ET.SubElement(page, "xhtml:link", {"rel": "alternate", "hreflang": TAGS[other], "href": href})
