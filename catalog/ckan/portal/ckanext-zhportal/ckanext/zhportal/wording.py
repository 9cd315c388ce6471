"""Words of a page in the reader's language: titles of organisations and subjects, dates, figures, withdrawal, dataset lists.

CKAN translates `title` where there is `title_translated`; organisations and groups have none, so their extra `title_en` is
looked up. Here: the helpers that templates call. Not here: the templates; what a query finds.
"""

from datetime import datetime

import ckan.plugins.toolkit as tk
from ckan import model
from flask import has_request_context

FAMILIES = ("facility", "event", "association", "funding")
"""The four families that have a drawing; other groups get a plain one."""


def chinese():
    """Whether the page is in Chinese."""
    return tk.h.lang().startswith("zh")


def english_titles(names):
    """The English titles of these organisations and groups, by name, as far as there are any."""
    english = model.Group.extras["title_en"].astext
    asked = model.Session.query(model.Group.name, english).filter(model.Group.name.in_(list(names)))
    return {name: title for name, title in asked if title}


def group_title(group):
    """The title of an organisation or group in the reader's language; its Chinese one where there is no other."""
    own = group.get("title") or group.get("display_name") or group["name"]
    return own if chinese() else english_titles([group["name"]]).get(group["name"], own)


def in_readers_language(groups, *keys):
    """Write the English titles into those keys, on an English page; each group is changed in place."""
    if groups and has_request_context() and not chinese():
        titles = english_titles(group["name"] for group in groups)
        for group in groups:
            if group["name"] in titles:
                group.update(dict.fromkeys(keys, titles[group["name"]]))


def newest(rows=6):
    """The datasets released last, for the home page (CKAN's own list there is by views)."""
    return tk.get_action("package_search")({"for_view": True}, {"rows": rows, "sort": "metadata_modified desc"})["results"]


def said(text):
    """The reader's language of {zh, en} or {zh_Hans_CN, en}."""
    chosen = ("zh", "zh_Hans_CN") if chinese() else ("en", "zh", "zh_Hans_CN")
    return next((text[key] for key in chosen if isinstance(text, dict) and text.get(key)), "")


def day(iso):
    """2026年11月24日 or 24 November 2026; what is no date stays as it is."""
    try:
        at = datetime.fromisoformat(iso)
    except (TypeError, ValueError):
        return iso or ""
    return f"{at.year}年{at.month}月{at.day}日" if chinese() else f"{at.day} {at:%B} {at.year}"


def figure(number):
    """A whole number with thin groups of three, as people read them; what is none stays as it is."""
    try:
        return f"{int(number):,}".replace(",", "\u202f")
    except (TypeError, ValueError):
        return number


def size(octets):
    """Bytes in the unit that fits."""
    amount = float(octets or 0)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:  # noqa: PLR2004 -- the step from one unit to the next
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


ALL = {
    "zhportal_chinese": chinese,
    "zhportal_group_title": group_title,
    "zhportal_newest": newest,
    "zhportal_said": said,
    "zhportal_day": day,
    "zhportal_figure": figure,
    "zhportal_size": size,
    "zhportal_families": lambda: FAMILIES,
}
