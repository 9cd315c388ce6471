"""Names and addresses of venues, made comparable: reduced to the parts that distinguish places.

Both sides of a comparison go through the same steps, so a step that is too coarse for a name (五里河 becomes 5里河) does no harm.
Not here: the words (`schemas/venues.yaml`), the comparison (`scoring.py`).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pypinyin import lazy_pinyin

from quality.venues.venue_record import VenueRecord
from schemas.codelists import CodeList
from schemas.venues import VenueRules

_NUMERALS = {"零": 0, "〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_COUNTED = re.compile(
    "(?<=第)[零〇一二三四五六七八九十百]+|[零〇一二三四五六七八九十百]{2,}|[零〇一二三四五六七八九十百](?=[号中村校段期馆场层楼]|社区|小学|公园)"
)
"""Numerals that count or number something; 五爱 and 五里河 are names."""
_NUMBER = re.compile("[0-9]+|(?<![a-z])[a-z](?=[号馆场座区栋厅])")
"""A number in digits, or a letter that stands for one: A馆."""
_SIGNS = re.compile(r"[^\w\u3400-\u9fff]+|_+")
_BRACKETED_ADDRESS = re.compile(r"\([^()]*[路街道巷][^()]*\d[^()]*\)")
_ROAD = re.compile(
    r"([^省市区县镇乡号]{1,8}(?:大街|大道|路|街|巷)(?:[东西南北中]段|\d+段|[东西南北](?=\d))?)(?:(\d+(?:-\d+)?)号?)?"
)
_STREET_OFFICE = re.compile("[^路]{1,6}街道")
_SHORTEST_REST = 2
"""A name of a region is taken away only if so many characters are left."""


class ComparableVenue(NamedTuple):
    """The columns that are compared. Texts are empty where the record does not say.

    `core`: the name without region, legal form, number and kind; the number where nothing else is left (第四十三中学). `sound`: its
    pronunciation, without tones. `region`: the last region in front of the name. `county` and `city`: division codes, `county` empty for
    a record that names a city only. `numbers`, `variant`: what distinguishes parts of one place.
    """

    core: str
    sound: str
    kind: str
    numbers: str
    variant: str
    region: str
    road: str
    house: str
    county: str
    city: str
    lon: float | None
    lat: float | None


class VenueNames:
    """Makes records comparable, by the rules of the file and the names of the administrative divisions."""

    def __init__(self, rules: VenueRules, divisions: CodeList) -> None:
        self._rules = rules
        self._regions = _list_region_names(divisions)
        self._full_regions = [name for name, short in self._regions.items() if name != short]

    def compare_form(self, record: VenueRecord) -> ComparableVenue:
        """Returns the columns of a record that are compared."""
        text = _remove_signs(_BRACKETED_ADDRESS.sub("", self._respell(record.name)))
        rest, region = self._split_region(text)
        rest = self._remove_tenant(_remove_all(rest, self._rules.names.noise))
        variant = "".join(word for word in self._rules.names.variants if word in rest)
        rest = _remove_all(rest, self._rules.names.variants)
        rest, kind = self._split_kind(rest)
        road, house = self.split_address(record.address)
        numbers = "/".join(_NUMBER.findall(rest))
        core = self._find_core(rest) or numbers
        return ComparableVenue(
            core=core,
            sound=" ".join(lazy_pinyin(core)),
            kind=kind,
            numbers=numbers,
            variant=variant,
            region=region,
            road=road,
            house=house,
            county="" if record.admin_code.endswith("00") else record.admin_code,
            city=record.admin_code[:4],
            lon=record.lon,
            lat=record.lat,
        )

    def split_address(self, address: str) -> tuple[str, str]:
        """Returns the last road of an address and the house number in it; empty texts if there is none."""
        text = _SIGNS.sub(lambda found: "-" if found[0] == "-" else "", self._respell(address))
        while region := next((name for name in self._full_regions if text.startswith(name)), None):
            text = text[len(region) :]
        found = list(_ROAD.finditer(_STREET_OFFICE.sub("", text)))
        return (found[-1][1], found[-1][2] or "") if found else ("", "")

    def _respell(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).casefold()
        for spelling, wanted in self._rules.names.spellings.items():
            plain = plain.replace(spelling, wanted)
        return _COUNTED.sub(lambda run: read_numeral(run[0]), plain)

    def _split_region(self, text: str) -> tuple[str, str]:
        """Returns the text without the regions in front of it, and the last of those without its ending."""
        region = ""
        while found := next((name for name in self._regions if _is_in_front(name, text)), None):
            text, region = text[len(found) :], self._regions[found]
        return text, region

    def _remove_tenant(self, text: str) -> str:
        """Returns the text without the organisation that uses the place, and without the sport if a kind of place precedes it."""
        tenant = next((word for word in self._rules.names.tenants if text.endswith(word)), "")
        before = text.removesuffix(tenant) if tenant else text
        sport = next((word for word in self._rules.names.sports if before.endswith(word)), "")
        place = before.removesuffix(sport)
        return place if tenant and any(word in place for word, _ in self._rules.kind_words) else before

    def _find_core(self, rest: str) -> str:
        core = _NUMBER.sub("", re.sub(r"第?\d+号?", "", rest))
        return _remove_all(core, self._rules.names.fillers) or core

    def _split_kind(self, text: str) -> tuple[str, str]:
        """Returns the text without the last word that names a kind of venue, and that kind; empty if there is no such word."""
        found = [(text.rfind(word), len(word), word, kind) for word, kind in self._rules.kind_words if word in text]
        if not found:
            return text, ""
        at, length, _, kind = max(found, key=lambda one: (one[0] + one[1], one[1]))
        return text[:at] + text[at + length :], kind


def read_numeral(run: str) -> str:
    """Returns a run of Chinese numerals in digits: 一二〇 and 十二 and 二十 and 一百 alike; the same result for the same run."""
    if not set(run) & set("十百"):
        return "".join(str(_NUMERALS[sign]) for sign in run)
    total, digit = 0, 0
    for sign in run:
        if sign in _NUMERALS:
            digit = _NUMERALS[sign]
        else:
            total, digit = total + max(digit, 1) * (10 if sign == "十" else 100), 0
    return str(total + digit)


def _list_region_names(divisions: CodeList) -> Mapping[str, str]:
    """Returns every full and short name of a division, longer ones first, with its short name."""
    names: dict[str, str] = {}
    for code in divisions.codes:
        plain = _COUNTED.sub(lambda run: read_numeral(run[0]), code.zh)
        short = re.sub("(新区|自治县|省|市|区|县)$", "", plain)
        names |= {plain: short} | ({short: short} if len(short) >= _SHORTEST_REST else {})
    return dict(sorted(names.items(), key=lambda pair: (-len(pair[0]), pair)))


def _is_in_front(name: str, text: str) -> bool:
    return text.startswith(name) and len(text) - len(name) >= _SHORTEST_REST


def _remove_signs(text: str) -> str:
    return _SIGNS.sub("", text)


def _remove_all(text: str, words: Sequence[str]) -> str:
    """Returns the text without those words."""
    for word in words:
        text = text.replace(word, "")
    return text
