"""What of a dataset is written to the search index, and which fields of the index a query searches.

CKAN indexes every field of the schema as text for free search. The words of long fields that are the same for many datasets
(levels, reviews, contacts, old releases) would make every query find all of them. Here: the fields that are kept, and what
CKAN does not index: titles of organisations and groups in both languages, English titles and descriptions, long forms of
abbreviations, and the words that the publisher sends (`search_words`: titles of fields, names of codes in the data, years, pinyin). These have a field
of their own (`zhportal_words`): their number says nothing of how much a dataset is about one of them. Not here: queries (`clauses.py`).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ckan import model

Fields = dict[str, Any]
Abbreviations = Sequence[tuple[str, str]]

FACTS = frozenset(
    [
        "identifier",
        "release",
        "previous",
        "issued",
        "modified",
        "metadata_updated",
        "frequency",
        "access_rights",
        "synthetic",
        "contract_version",
        "rows",
        "fingerprint",
        "payload_digest",
    ]
)
"""Short fields that can be searched, as in `fq=release:2026.11.1`; all other fields of the schema stay out of the index."""
QUERY_FIELDS = "name^4 title^4 extras_zhportal_title_en^4 tags^2 groups^2 extras_zhportal_about^2 text zhportal_words"
MORE_ROWS_FIRST = "log(sum(zhportal_rows,10))^0.05"
"""Added to the score, 0.05 to 0.35: of datasets whose rows name a place, which says nothing else of them, that with most rows stands first."""
GONE = "withdrawn"


def indexed(pkg_dict: Fields, abbreviations: Abbreviations) -> Fields:
    """Returns the document for Solr. A withdrawn dataset gets the state `withdrawn`, so that only `fq=+state:withdrawn` finds it."""
    told = {key: pkg_dict.pop(key) for key in list(pkg_dict) if key.startswith("extras_")}
    for key, value in told.items():
        name = key.removeprefix("extras_")
        if name not in FACTS and pkg_dict.get(name) == value:
            del pkg_dict[name]
    if told.get("extras_withdrawn") and pkg_dict.get("state") == "active":
        pkg_dict["state"] = GONE
    text = f"{pkg_dict.get('title') or ''} {pkg_dict.get('notes') or ''}"
    slugs = [pkg_dict.get("organization"), *(pkg_dict.get("groups") or ())]
    about = titles_of(filter(None, slugs)) + [full for short, full in abbreviations if short in text]
    return pkg_dict | {
        "extras_zhportal_title_en": english(told.get("extras_title_translated")),
        "extras_zhportal_notes_en": english(told.get("extras_notes_translated")),
        "extras_zhportal_about": " / ".join(about),
        "zhportal_words": told.get("extras_search_words") or "",
        "zhportal_rows": int(told.get("extras_rows") or 0),
    }


def titles_of(names: Iterable[str]) -> list[str]:
    """Returns the Chinese and then the English titles of these organisations and groups; names that do not exist are skipped."""
    english = model.Group.extras["title_en"].astext
    found = model.Session.query(model.Group.title, english).filter(model.Group.name.in_(list(names)))
    return [title for titles in zip(*found, strict=True) for title in titles if title]


def english(both: str | None) -> str:
    """Returns the English text of a stored {zh_Hans_CN, en}; empty if there is none."""
    return json.loads(both).get("en", "") if both else ""
