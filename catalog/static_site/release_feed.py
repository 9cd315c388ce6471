"""The feed of new releases and withdrawals in Atom (RFC 4287), one for each language; every entry links to the page of its dataset.

Pure function. Grain: one entry per visible release, withdrawn dataset, or dataset whose last decision is a rollback or a restoration, newest first,
at most `LONGEST`: who has the files of a dataset that was withdrawn, or of a release that was taken back, learns it here. A feed needs no address of the site: its ids are URNs, and
its links may be relative to it. Not here: which page names the feed (`catalog/pages/catalogue.html.j2`).
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry, PublicDecision, stable_id
from catalog.file_words import describe_file
from catalog.pages import TAGS
from catalog.pages.formats import ZONE, Lang, format_figure, format_machine_time
from catalog.site_address import SiteAddress, page_path
from catalog.site_state import RetiredDataset
from schemas.text import Text

LONGEST = 50
_ATOM = "http://www.w3.org/2005/Atom"


def feed_path(lang: Lang) -> str:
    """The path of the feed in the site."""
    return {"zh": "feed.xml", "en": "en/feed.xml"}[lang]


class _Item(NamedTuple):
    """One entry of the feed; `summary` has one line a text."""

    moment: datetime
    dataset: str
    id: str
    title: str
    summary: Sequence[str]


def release_feed(
    entries: Sequence[CatalogueEntry], retired: Mapping[str, RetiredDataset], lang: Lang, site: SiteAddress
) -> str:
    """The feed in that language; `retired`: the withdrawn datasets by name, dated by the moment or day that they state.

    Without entries and retired datasets the feed is empty, and dated by the first day of the calendar.
    """
    items = [_describe_release(entry, lang) for entry in entries]
    items += [_describe_decision(entry, entry.decision, lang) for entry in entries if entry.decision]
    items += [_describe_withdrawal(name, gone, gone.on, lang) for name, gone in retired.items() if gone.on]
    newest = sorted(items, key=lambda item: (item.moment, item.dataset), reverse=True)[:LONGEST]
    root = {"zh": "", "en": "../"}[lang]
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": TAGS[lang]})
    _add(feed, "id", f"urn:uuid:{stable_id('feed', lang)}")
    _add(feed, "title", _text("feed.title", lang))
    _add(feed, "updated", _moment(newest[0].moment if newest else datetime.min.replace(tzinfo=UTC)))
    _add(_add(feed, "author"), "name", _text("site.publisher", lang))
    page = {"zh": "index.html", "en": "en/index.html"}[lang]
    _add(feed, "link", rel="alternate", type="text/html", href=site.file_address(page, root))
    _add(feed, "link", rel="self", type="application/atom+xml", href=site.file_address(feed_path(lang), root))
    for item in newest:
        _add_item(feed, item, site.file_address(page_path(item.dataset, lang), root))
    ET.indent(feed, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _describe_release(entry: CatalogueEntry, lang: Lang) -> _Item:
    lines = [_in_language(text, lang) for text in (entry.description, describe_file(entry, entry.facts))]
    if changes := entry.facts.changes:
        counts = {name: format_figure(getattr(changes, name)) for name in ("added", "removed", "changed")}
        # Subscribers should not see a release that is no longer offered as the predecessor of this one.
        hidden = entry.facts.previous in entry.taken_back
        since = _text("trust.changes.since", lang).format(number=entry.facts.previous) if hidden else ""
        lines.append(_text("trust.changes.counts", lang).format(**counts) + since)
    return _Item(
        entry.facts.created,
        entry.dataset,
        stable_id("release", entry.dataset, entry.release),
        f"{_in_language(entry.title, lang)} {entry.release}",
        [*lines, *_synthetic_note(lang, synthetic=entry.synthetic)],
    )


def _describe_decision(entry: CatalogueEntry, decision: PublicDecision, lang: Lang) -> _Item:
    key = "feed.restored" if decision.replaced is None else "feed.replaced"
    sentence = _text(key, lang).format(number=entry.release, replaced=decision.replaced)
    return _Item(
        decision.at,
        entry.dataset,
        stable_id("decision", entry.dataset, decision.at.isoformat()),
        f"{_in_language(entry.title, lang)} – {sentence}",
        [_in_language(describe_file(entry, entry.facts), lang), *_synthetic_note(lang, synthetic=entry.synthetic)],
    )


def _describe_withdrawal(dataset: str, retired: RetiredDataset, on: date, lang: Lang) -> _Item:
    colon = {"zh": "：", "en": ": "}[lang]
    reason = [f"{_text('retired.reason', lang)}{colon}{_in_language(retired.reason, lang)}"] if retired.reason else []
    return _Item(
        retired.at or datetime.combine(on, time(), ZONE),
        dataset,
        stable_id("withdrawal", dataset, on.isoformat()),
        f"{_in_language(retired.title, lang)} – {_text('retired.label', lang)}",
        [_text("retired.what", lang), *reason, *_synthetic_note(lang, synthetic=retired.synthetic)],
    )


def _add_item(feed: ET.Element, item: _Item, page: str) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", f"urn:uuid:{item.id}")
    _add(entry, "title", item.title)
    _add(entry, "updated", _moment(item.moment))
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    _add(entry, "summary", "\n".join(item.summary))


def _synthetic_note(lang: Lang, *, synthetic: bool) -> list[str]:
    return [_text("feed.synthetic", lang)] if synthetic else []


def _text(key: str, lang: Lang) -> str:
    return _in_language(catalogue_texts()[key], lang)


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    child.text = text
    return child


def _in_language(text: Text, lang: Lang) -> str:
    return {"zh": text.zh, "en": text.en}[lang]


def _moment(value: datetime) -> str:
    return format_machine_time(value)
