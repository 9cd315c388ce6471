"""The words by which a dataset can be found: names of the codes in its rows, the years that it covers, its fields, synonyms, and the pinyin of Chinese words.

Grain: one word, as a tuple of its spellings: Chinese, English, pinyin, initials; a year has one spelling. Not here: matching
(`pages/search.js`, the portal's Solr), which names occur in a release (`warehouse/releases/label_columns.py`), the synonyms (`pages/search_synonyms.yaml`).
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

import yaml

from catalog.entry import CatalogueEntry
from catalog.pages import FOLDER

_HAN = re.compile(r"[\u3400-\u9fff]+")
_PHRASE = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff]{2,6}(?![\u3400-\u9fff])")
"""A short phrase of a description, such as each kind of a list."""
_KIND = re.compile(r"^(室内|室外|天然|全民)(?=..)|(?<=..)等$")
_DIVISION = re.compile(r"(?<=..)[省市区县]$")
_SHORTEST = 2
"""Initials of fewer letters say nothing."""
SYNONYMS = FOLDER / "search_synonyms.yaml"


def list_words(entry: CatalogueEntry) -> list[tuple[str, ...]]:
    """The words of a dataset, each once: of its title, description, keywords, and labels, their synonyms, and the years from its first day to its last."""
    span = entry.facts.time_range
    years = [(str(year),) for year in range(span.first.year, span.last.year + 1)]
    named = [entry.title.zh, *entry.keywords, *entry.facts.label_words, *_PHRASE.findall(entry.description.zh)]
    others = list_synonyms(f"{' '.join(named)} {name_fields(entry)}".lower())
    return [*dict.fromkeys(spell_word(word) for word in (*named, *others) if word), *years]


def name_fields(entry: CatalogueEntry) -> str:
    """The titles of the dataset's own fields in both languages, each once, as one text."""
    titles = [field.label for field in entry.dictionary if field.is_own]
    return " ".join(dict.fromkeys(title for text in titles for title in (text.zh, text.en)))


def list_synonyms(text: str) -> list[str]:
    """The synonyms of things that the text (in lower case) names, each once and without words of the text itself."""
    lines = [line for line in _read_synonyms() if any(word in text for word in line)]
    return [word for word in dict.fromkeys(word for line in lines for word in line) if word not in text]


def spell_word(word: str) -> tuple[str, ...]:
    """The spellings of one word in lower case: itself; for a Chinese word also pinyin and initials, of the full and of the shortened word.

    沈阳市 gives 沈阳市, shenyangshi, sys, sy; 室内游泳馆 gives snyyg and yyg; a word without Chinese gives itself alone.
    """
    if not _HAN.search(word):
        return (word.lower(),)
    initials = [_spell(form, initials=True) for form in dict.fromkeys((word, _shorten(word)))]
    return (word, _spell(word, initials=False), *(one for one in initials if len(one) >= _SHORTEST))


def spell_places(entry: CatalogueEntry) -> list[str]:
    """The initials of a group and of a name that is no division, together and each once, as people type 沈阳体育馆: `sytyg`.

    Names are labels and the short phrases of the description. For an index that cannot join words itself.
    """
    groups = [word for word in entry.facts.label_groups if _HAN.search(word)]
    names = [*entry.facts.label_words, *_PHRASE.findall(entry.description.zh)]
    others = [word for word in names if _HAN.search(word) and not _DIVISION.search(word)]
    joined = (f"{_short_initials(place)}{_short_initials(other)}" for place in groups for other in others)
    return list(dict.fromkeys(joined))


def join_words(words: Iterable[Sequence[str]]) -> str:
    """All spellings as one text."""
    return " ".join(spelling for word in words for spelling in word)


@cache
def _read_synonyms() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line) for line in yaml.safe_load(SYNONYMS.read_text(encoding="utf-8")))


def _short_initials(word: str) -> str:
    return _spell(_shorten(word), initials=True)


def _shorten(word: str) -> str:
    """The word without the parts that people usually omit: the kind of a division, 室内, 等 at the end of a list."""
    return _DIVISION.sub("", _KIND.sub("", word))


def _spell(word: str, *, initials: bool) -> str:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 -- reads its dictionaries for 0.2 s, and few commands spell words

    style = Style.FIRST_LETTER if initials else Style.NORMAL
    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(word, style=style)).lower())
