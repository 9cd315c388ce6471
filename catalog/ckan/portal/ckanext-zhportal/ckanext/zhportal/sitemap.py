"""The list of all pages for search engines (sitemaps.org protocol 0.9), and the icon of the portal; served by `pages.py`.

Each page names its other language, as search engines ask for. Nothing of CKAN is imported. Not here: which pages there are.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

LONGEST = 50_000
"""Addresses in one file, by the protocol."""
LANGUAGES = (("zh-Hans", ""), ("en", "/en"))
"""Tag, and what the address of a page begins with."""
_NAMES = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"}


def sitemap(site_url: str, listed: Iterable[tuple[str, str | None]]) -> str:
    """Returns the document. `listed` are paths from the root, each with the day of its last change (ISO) or None."""
    found = ET.Element("urlset", _NAMES)
    for path, day in list(listed)[: LONGEST // len(LANGUAGES)]:
        for _, prefix in LANGUAGES:
            _add(found, site_url, prefix, path, day)
    ET.indent(found, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(found, encoding="unicode")}\n'


def _add(found: ET.Element, site_url: str, prefix: str, path: str, day: str | None) -> None:
    page = ET.SubElement(found, "url")
    ET.SubElement(page, "loc").text = f"{site_url}{prefix}{path}"
    if day:
        ET.SubElement(page, "lastmod").text = day
    for tag, other in LANGUAGES:
        address = f"{site_url}{other}{path}"
        ET.SubElement(page, "xhtml:link", {"rel": "alternate", "hreflang": tag, "href": address})
