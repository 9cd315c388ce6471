"""Template helpers for what a page says in the reader's language: titles, days, numbers, lists of datasets and groups.

CKAN translates `title` where there is `title_translated`; organisations and groups do not have it, so their extra `title_en` is
used. Here: the helpers. Not here: the templates, and what a search finds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.zhportal.error_words import error_page_words
from ckanext.zhportal.licences import licence_titles
from flask import has_request_context

Fields = dict[str, Any]
FAMILIES = (
    "facility",
    "event",
    "association",
    "funding",
    "construction",
    "supervision",
    "service",
    "decision",
    "platform",
)
"""The families of datasets, in their order; each has a drawing of its own, other groups get a general one."""

NAMES = {"organization": ("发布机构", "Publishers"), "group": ("主题", "Subjects")}
NAMED = frozenset({"breadcrumb", "page title", "facet label", "main nav"})


def chinese() -> bool:
    """Whether the page is in Chinese."""
    return tk.h.lang().startswith("zh")


def english_titles(names: Iterable[str]) -> dict[str, str]:
    """Returns the English titles of these organisations and groups, by name; those without one are left out."""
    english = model.Group.extras["title_en"].astext
    asked = model.Session.query(model.Group.name, english).filter(model.Group.name.in_(list(names)))
    return {name: title for name, title in asked if title}


def group_title(group: Fields) -> str:
    """Returns the title of an organisation or group in the reader's language; the Chinese one if there is no English one."""
    own = group.get("title") or group.get("display_name") or group["name"]
    return own if chinese() else english_titles([group["name"]]).get(group["name"], own)


def in_readers_language(groups: Sequence[Fields], *keys: str) -> None:
    """On an English page, set those keys of each group to its English title. The groups are changed in place."""
    if groups and has_request_context() and not chinese():
        titles = english_titles(group["name"] for group in groups)
        for group in groups:
            if group["name"] in titles:
                group.update(dict.fromkeys(keys, titles[group["name"]]))


def licence_in_readers_language(dataset: Fields) -> None:
    """On an English page, set the title of the dataset's licence to its English title. The dataset is changed in place."""
    if has_request_context() and not chinese():
        _, english = licence_titles(dataset.get("license_id"))
        if english:
            dataset["license_title"] = english


def newest(rows: int = 6) -> list[Fields]:
    """Returns the datasets modified last, newest first, for the home page (CKAN's own list is ordered by views)."""
    return tk.get_action("package_search")({"for_view": True}, {"rows": rows, "sort": "metadata_modified desc"})[
        "results"
    ]


def subjects(search_facets: Fields | None) -> list[Fields]:
    """Returns every group with its number of datasets: the families first, then by descending number, then by name."""
    found = (search_facets or {}).get("groups", {}).get("items", [])
    counts = {item["name"]: item["count"] for item in found}
    groups = model.Session.query(model.Group.name, model.Group.title).filter_by(
        type="group", state="active", is_organization=False
    )
    listed = [{"name": name, "title": title or name, "count": counts.get(name, 0)} for name, title in groups]
    in_readers_language(listed, "title")
    rank = {name: at for at, name in enumerate(FAMILIES)}
    return sorted(listed, key=lambda one: (rank.get(one["name"], len(rank)), -one["count"], one["name"]))


def site(what: str) -> str:
    """Returns `title`, `description` or `bureau` of the portal in the reader's language, from ckan.ini."""
    own = {"title": "ckan.site_title", "description": "ckan.site_description", "bureau": "zhportal.bureau"}[what]
    words = tk.config.get(own) or ""
    return words if chinese() else tk.config.get(f"zhportal.{what}_en") or words


def title_of(name: str) -> str:
    """Returns the title of the dataset of that name; the name itself if the dataset does not exist or may not be read."""
    try:
        return tk.h.dataset_display_name(tk.get_action("package_show")({}, {"id": name}))
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return name


def error_words(code: object) -> dict[str, str]:
    """Returns the words of an error page in the reader's language; see `error_words.py`."""
    return error_page_words(code, chinese())


@tk.chained_helper
def humanize_entity_type(original: Callable[..., Any], entity_type: str, object_type: str, purpose: str) -> str | None:
    """Calls organisations publishers and groups subjects wherever a page names them."""
    words = NAMES.get(entity_type) if purpose in NAMED else None
    return words[0 if chinese() else 1] if words else original(entity_type, object_type, purpose)


@tk.chained_helper
def datastore_dictionary(original: Callable[..., list[Fields]], *args: object, **kwargs: object) -> list[Fields]:
    """Returns the columns of a table, with label and notes in the reader's language where there are any. The preview's header calls it."""
    fields = original(*args, **kwargs)
    if chinese():
        return fields
    return [field | {"info": _in_english(field["info"])} if field.get("info") else field for field in fields]


def _in_english(info: Fields) -> Fields:
    return info | {key: info[f"{key}_en"] for key in ("label", "notes") if info.get(f"{key}_en")}


def said(text: object) -> str:
    """Returns the text of {zh, en} or {zh_Hans_CN, en} in the reader's language. English falls back to Chinese; empty if there is none."""
    chosen = ("zh", "zh_Hans_CN") if chinese() else ("en", "zh", "zh_Hans_CN")
    return next((text[key] for key in chosen if isinstance(text, dict) and text.get(key)), "")


def day(iso: str | None) -> str:
    """Returns 2026年11月24日 or 24 November 2026; text that is no date is returned as it is, None as empty text."""
    try:
        at = datetime.fromisoformat(iso)
    except (TypeError, ValueError):
        return iso or ""
    return f"{at.year}年{at.month}月{at.day}日" if chinese() else f"{at.day} {at:%B} {at.year}"


def extract(text: str, length: int) -> str:
    """Returns the beginning of a Markdown text as plain text of at most `length` characters and an ellipsis.

    CKAN's own helper cuts at blanks; Chinese has none, so nothing was left.
    """
    plain = " ".join(tk.h.markdown_extract(text, extract_length=0).split())
    if len(plain) <= length:
        return plain
    cut = plain[:length] if chinese() else plain[:length].rpartition(" ")[0]
    return cut.rstrip("，。；：、,.;: ") + "…"


def figure(number: object) -> object:
    """Returns a whole number in groups of three digits with narrow spaces; anything else is returned as it is."""
    try:
        return f"{int(number):,}".replace(",", "\u202f")
    except (TypeError, ValueError):
        return number


def size(octets: object) -> str:
    """Returns a number of bytes in powers of 1000, as the static catalogue has it: `812 B`, `1.4 MB`; None counts as 0."""
    amount, units = float(octets or 0), ["B", "KB", "MB", "GB", "TB"]
    while round(amount, 1) >= 1000 and len(units) > 1:  # noqa: PLR2004 -- the step from one unit to the next
        amount, units = amount / 1000, units[1:]
    return f"{amount:.1f}".removesuffix(".0") + f" {units[0]}"


def pager(page: Any, **said: Any) -> Any:  # noqa: ANN401 -- CKAN's page, and its markup
    """Returns the links to the pages of a list, with words instead of CKAN's arrows, for screen readers."""
    before, after = ("上一页", "下一页") if chinese() else ("Previous", "Next")
    return page.pager(symbol_previous=before, symbol_next=after, **said)


ALL: Mapping[str, Callable[..., Any]] = {
    "zhportal_chinese": chinese,
    "zhportal_error_words": error_words,
    "zhportal_group_title": group_title,
    "zhportal_newest": newest,
    "zhportal_pager": pager,
    "zhportal_said": said,
    "zhportal_day": day,
    "zhportal_extract": extract,
    "zhportal_figure": figure,
    "zhportal_size": size,
    "zhportal_subjects": subjects,
    "zhportal_site": site,
    "zhportal_title_of": title_of,
    "datastore_dictionary": datastore_dictionary,
    "humanize_entity_type": humanize_entity_type,
}
