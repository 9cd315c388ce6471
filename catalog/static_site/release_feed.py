"""The feed of new releases in Atom (RFC 4287), one for each language; every entry links to the page of its dataset.

Pure function. Grain: one entry per visible release, newest first, at most `LONGEST`. A feed needs no address of the site: its ids are URNs, and
its links may be relative to it. Not here: which page names the feed (`catalog/pages/catalogue.html.j2`).
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry, stable_id
from catalog.file_words import describe_file
from catalog.pages import TAGS
from catalog.pages.formats import Lang, format_machine_time
from catalog.site_address import SiteAddress, page_path
from schemas.text import Text

LONGEST = 50
_ATOM = "http://www.w3.org/2005/Atom"


def feed_path(lang: Lang) -> str:
    """The path of the feed in the site."""
    return {"zh": "feed.xml", "en": "en/feed.xml"}[lang]


def release_feed(entries: Sequence[CatalogueEntry], lang: Lang, site: SiteAddress) -> str:
    """The feed in that language; without entries it has none, and the first day of the calendar as its date."""
    newest = sorted(entries, key=lambda entry: (entry.facts.created, entry.dataset), reverse=True)[:LONGEST]
    root = {"zh": "", "en": "../"}[lang]
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": TAGS[lang]})
    _add(feed, "id", f"urn:uuid:{stable_id('feed', lang)}")
    _add(feed, "title", _in_language(catalogue_texts()["feed.title"], lang))
    _add(
        feed,
        "updated",
        _moment(max((entry.facts.created for entry in newest), default=datetime.min.replace(tzinfo=UTC))),
    )
    _add(_add(feed, "author"), "name", _in_language(catalogue_texts()["site.publisher"], lang))
    page = {"zh": "index.html", "en": "en/index.html"}[lang]
    _add(feed, "link", rel="alternate", type="text/html", href=site.file_address(page, root))
    _add(feed, "link", rel="self", type="application/atom+xml", href=site.file_address(feed_path(lang), root))
    for entry in newest:
        _add_release(feed, entry, lang, site.file_address(page_path(entry.dataset, lang), root))
    ET.indent(feed, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _add_release(feed: ET.Element, entry: CatalogueEntry, lang: Lang, page: str) -> None:
    item = _add(feed, "entry")
    _add(item, "id", f"urn:uuid:{stable_id('release', entry.dataset, entry.release)}")
    _add(item, "title", f"{_in_language(entry.title, lang)} {entry.release}")
    _add(item, "updated", _moment(entry.facts.created))
    _add(item, "link", rel="alternate", type="text/html", href=page)
    about = [entry.description, describe_file(entry, entry.facts)]
    notes = [catalogue_texts()["feed.synthetic"]] if entry.synthetic else []
    _add(item, "summary", "\n".join(_in_language(text, lang) for text in [*about, *notes]))


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    child.text = text
    return child


def _in_language(text: Text, lang: Lang) -> str:
    return {"zh": text.zh, "en": text.en}[lang]


def _moment(value: datetime) -> str:
    return format_machine_time(value)
