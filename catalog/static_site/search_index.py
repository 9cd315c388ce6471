"""The index of the search box, and the search itself for those who have no browser: the same words find the same datasets.

Grain of the index: one line a dataset, and each word of any dataset once, with its spellings. Not here: the search on the page
(`catalog/pages/search.js`), which words there are (`catalog/search_words.py`), the portal's search.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.entry import CatalogueEntry
from catalog.search_words import list_words, name_fields

_LETTERS = re.compile(r"[a-z]{4,12}")
_HAN = re.compile(r"[\u3400-\u9fff]{4,}")
_PAIRS = re.compile(r".{2}(?=.{2})|.+")


def build_index(entries: Sequence[CatalogueEntry]) -> dict[str, Any]:
    """Returns the index: `words` has the spellings of every word once; `lines` one a dataset, which names its words by their places."""
    places: dict[tuple[str, ...], int] = {}
    lines = [
        {**_index_line(entry), "words": [places.setdefault(word, len(places)) for word in list_words(entry)]}
        for entry in entries
    ]
    return {"words": list(places), "lines": lines}


def find_datasets(index: Mapping[str, Any], question: str) -> list[str]:
    """Returns the datasets that have every word of the question; all of them, in the order of the index, for an empty question.

    First come those whose title or keywords have most of the words, of equals those with most rows. Where nothing has all of the words, Chinese without
    blanks is taken two characters at a time.
    """
    words = unicodedata.normalize("NFKC", question).lower().split()
    parted = [part for word in words for part in (_PAIRS.findall(word) if _HAN.fullmatch(word) else [word])]
    return _find_lines(index, words) or _find_lines(index, parted)


def _find_lines(index: Mapping[str, Any], words: Sequence[str]) -> list[str]:
    hits = {
        word: {at for at, forms in enumerate(index["words"]) if any(word in form for form in forms)} for word in words
    }
    found = [
        line
        for line in index["lines"]
        if all(
            word in line["text"] or not hits[word].isdisjoint(line["words"]) or _is_joined(word, line, index["words"])
            for word in words
        )
    ]
    if words:
        found.sort(key=lambda line: (-sum(word in line["head"] for word in words), -line["rows"]))
    return [line["dataset"] for line in found]


def _is_joined(word: str, line: Mapping[str, Any], spellings: Sequence[Sequence[str]]) -> bool:
    """Whether the letters are initials of several words of the line, one after the other: sytyg is 沈阳 and 体育馆."""
    if not _LETTERS.fullmatch(word):
        return False
    initials = {one for place in line["words"] for one in spellings[place][2:]}
    ends = [True]
    for end in range(1, len(word) + 1):
        ends.append(any(ends[start] and word[start:end] in initials for start in range(end)))
    return ends[-1]


def _index_line(entry: CatalogueEntry) -> dict[str, object]:
    """Returns one dataset's line of the index: the values that the filters compare, the searchable text in lower case, and what the order of results rests on."""
    fields = [field for field in entry.dictionary if field.is_own]
    texts = [entry.title, entry.description, entry.publisher.name]
    names = [entry.dataset, *entry.keywords, *(field.name for field in fields)]
    text = " ".join([*names, *(text.zh for text in texts), *(text.en for text in texts), name_fields(entry)])
    return {
        "dataset": entry.dataset,
        "family": [entry.family],
        "department": [entry.publisher.code],
        "format": sorted({file.format for file in entry.distributions}),
        "cycle": [entry.cycle],
        "text": text.lower(),
        "head": " ".join([*entry.keywords, entry.title.zh, entry.title.en]).lower(),
        "rows": entry.facts.rows,
    }
