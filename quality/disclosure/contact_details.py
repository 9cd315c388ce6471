"""What reaches a person, in a folded text: mobile numbers, private mailboxes, home addresses.

A number or address of an office is none. Not here: which providers and words there are (`schemas/disclosure.yaml`).
"""

import re
from collections.abc import Iterator
from functools import cache

from quality.disclosure.folding import PersonalNumber, strip_separators
from schemas.disclosure import disclosure_settings
from schemas.execution.late_pattern import compile_late

_SEPARATOR = r"[ \-./()·_]{1,3}"
_NO_DAY = "(?!(?:19|20)[0-9]{2}[01][0-9][0-3][0-9])"
_MOBILE = (
    rf"(?:[+(]{{0,2}}(?:00)?86[) -]{{0,2}}|0)?"
    rf"(?:(?P<plain>1[3-9][0-9]{{9}})|(?P<groups>1[3-9][0-9]{_SEPARATOR}[0-9]{{4}}{_SEPARATOR}[0-9]{{4}}"
    rf"|1[3-9][0-9](?:[-)]| -|- ){{1,2}}[0-9]{{8}}|1[3-9][0-9] {_NO_DAY}[0-9]{{8}}"
    r"|1[3-9][0-9][ -][0-9]{3}[ -][0-9]{5}|1[3-9][0-9][ -][0-9]{5}[ -][0-9]{3}|1[3-9][0-9]{5}-[0-9]{4}|1[3-9][0-9]{3}-[0-9]{6}"
    r"|1[3-7][0-9]{2}(?:[ -][0-9]{3}[ -][0-9]{4}|[ -][0-9]{4}[ -][0-9]{3}|-[0-9]{7})|1[ .-][3-9](?:[ .-][0-9]){9}"
    r"|1[ -][3-9][0-9](?:[ -][0-9]{2}){4}))"
)
"""Eleven digits from 13 to 19 (工业和信息化部, 电信网编号计划): at one go, or in groups that people use for them and for little else."""
_MOBILE_PATTERN = compile_late(rf"(?<![0-9])(?<![0-9][.]){_MOBILE}(?![0-9A-Za-z])(?![.][0-9])(?! ?(?:元|万|亿|%))")
MOBILE_SHAPES = f"(?:^|[^0-9]){_MOBILE.replace(_NO_DAY, '')}"
"""Regular expression, without lookaround, that is found in every text with a mobile number."""
_MOBILE_WORDS = frozenset({"tel", "telephone", "phone", "mobile", "mob", "cell", "cellphone", "wechat", "weixin", "wx", "vx", "v", "t", "m"})  # fmt: skip
"""Letters that may touch a mobile number; after others it is a part of a code."""
_LETTERS_BEFORE = compile_late(r"[A-Za-z]+$")
_GROUP_BEFORE = compile_late(r"[0-9][-./]$")
_GROUP_AFTER = compile_late(r"[-./][0-9]")


def find_mobiles(text: str) -> Iterator[PersonalNumber]:
    """Yields the mobile numbers of a folded text, in order of place; three digits of each are shown."""
    for match in _MOBILE_PATTERN.finditer(text):
        letters = _LETTERS_BEFORE.search(text, 0, match.start())
        if letters and letters[0].lower() not in _MOBILE_WORDS:
            continue
        if match["groups"] and (_GROUP_BEFORE.search(text, 0, match.start()) or _GROUP_AFTER.match(text, match.end())):
            continue
        number = match["plain"] or strip_separators(match["groups"])
        yield PersonalNumber("mobile", *match.span(), f"{number[:3]}********")


def find_private_emails(text: str) -> Iterator[PersonalNumber]:
    """Yields the addresses at private providers, in order of place; only the provider is shown."""
    if "@" not in text:
        return
    for match in _email_pattern().finditer(text):
        yield PersonalNumber("private_email", *match.span(), f"***@{match[1].lower()}")


@cache
def _email_pattern() -> re.Pattern[str]:
    local = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}"
    return re.compile(rf"{local}{email_domain_pattern()}(?![A-Za-z0-9-])(?!\.[A-Za-z0-9])", re.IGNORECASE)


@cache
def email_domain_pattern() -> str:
    """Returns a regular expression, without lookaround, of `@` and a private provider's domain, which is its only group."""
    known = disclosure_settings().mail_providers.domains
    domains = "|".join(re.escape(name).replace(r"\.", r" ?\. ?") for name in known)
    return rf" {{0,2}}@ {{0,2}}(?:[A-Za-z0-9-]+\.)?({domains})"


_COUNT = "[0-9一二三四五六七八九十百]"
_PLACE = rf"(?:[^,，。;；、\n]{{0,40}}?{_COUNT}+(?:号|室|栋|幢|单元|组|弄|户)|[^,，。;；、\n]{{2,30}}?(?:村|屯)(?![民委务]))[^,，。;；、\n]{{0,20}}"


@cache
def _labelled_address_pattern() -> re.Pattern[str]:
    words = "|".join(map(re.escape, disclosure_settings().home_address.words))
    return re.compile(rf"(?:{words})[\s:为是(在]{{0,3}}(?P<place>{_PLACE})", re.IGNORECASE)


_FLAT = compile_late(
    rf"{_COUNT}{{1,4}}[A-Za-z]?(?:号楼|栋|幢|座|号|楼)?[^0-9,，。;；\n]{{0,3}}{_COUNT}{{1,3}}单元[^0-9,，。;；\n]{{0,3}}(?:[0-9]{{1,4}}|{_COUNT}{{1,3}}层?)(?:室|号|户)?"
    rf"|{_COUNT}{{1,4}}(?:号楼|栋|幢)[^0-9,，。;；\n]{{0,2}}[0-9]{{3,4}}(?:室|号|户)?|(?:号|栋|幢|楼|座)[ (]?[0-9]{{1,4}}-[0-9]{{1,3}}-[0-9]{{1,4}}(?![0-9-])"
    rf"|(?:村|屯|乡|镇){_COUNT}{{1,3}}(?:组|队|社)(?:[0-9]{{1,4}}号)?"
)
"""A flat in a building or a house in a village, as no office writes its address."""


def find_home_addresses(text: str, *, of_person: bool = False) -> Iterator[PersonalNumber]:
    """Yields the home addresses of a folded text: after a word for them; `of_person`: also flats and houses without one.

    `of_person`: the text stands in a row about a person. Nothing of an address is shown.
    """
    last = -1
    for match in _labelled_address_pattern().finditer(text):
        last = match.end()
        yield PersonalNumber("home_address", *match.span("place"), "********")
    for match in _FLAT.finditer(text) if of_person else ():
        if match.start() >= last:
            yield PersonalNumber("home_address", *match.span(), "********")
