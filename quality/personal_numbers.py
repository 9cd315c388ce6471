"""Numbers and addresses that belong to a person, as they stand in a text: found there, and masked.

Only kinds that can hardly be anything else: mobile numbers, bank cards (issuer and Luhn), private mailboxes, identity cards of 18
characters (check digit) and of 15 (a real birthday). A text is read as a person could have typed it: full-width, with zero-width
characters, with blanks, hyphens or dots between the digits in the groups that people use. Not here: tables, contracts and findings
(`personal_data.py`); which providers and issuers there are (`personal_data.json`).
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

PersonalKind = Literal["identity_card", "bank_card", "mobile", "private_email"]
FILE = Path(__file__).with_name("personal_data.json")
SHORTEST_NUMBER = 11
"""Digits of a mobile number, the shortest of all numbers sought."""

HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\uff5e\u301c"
ZERO_WIDTH = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_FOLD = str.maketrans({**dict.fromkeys(HYPHENS, "-"), **dict.fromkeys(ZERO_WIDTH)})


class PersonalNumber(NamedTuple):
    """One number or address: its kind, its place in the folded text, and what may be shown of it."""

    kind: PersonalKind
    start: int
    end: int
    masked: str


def fold_text(text: str) -> str:
    """Return the text in NFKC, with plain hyphens and without zero-width characters; empty text stays empty."""
    return unicodedata.normalize("NFKC", text.translate(_FOLD)).translate(_FOLD)


def find_personal_numbers(text: str, *, mistyped: bool = False) -> list[PersonalNumber]:
    """Return what belongs to a person in a folded text, in order of place and without overlaps; empty if nothing does.

    `mistyped`: also identity cards whose check digit is wrong.
    """
    found: list[PersonalNumber] = []
    for one in (*_identity_cards(text, mistyped), *_bank_cards(text), *_mobiles(text), *_private_emails(text)):
        if all(one.end <= other.start or one.start >= other.end for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def mask_personal_numbers(text: str) -> str:
    """Return the text with whatever `find_personal_numbers` finds masked, mistyped cards too; unchanged if that is nothing.

    A text with a finding comes back folded.
    """
    if "@" not in text and "\uff20" not in text and sum(map(str.isnumeric, text)) < SHORTEST_NUMBER:
        return text
    plain = fold_text(text)
    found = find_personal_numbers(plain, mistyped=True)
    for one in reversed(found):
        plain = plain[: one.start] + one.masked + plain[one.end :]
    return plain if found else text


_LEFT = r"(?<![0-9A-Za-z])(?<![0-9][.])"
_RIGHT = r"(?![0-9A-Za-z])(?![.][0-9])"
_ALONE = rf"(?<![0-9][-./]){_LEFT}", rf"{_RIGHT}(?![-./][0-9])"
"""Where a number in groups may begin and end: a longer row of groups is something else."""

# Identity cards. Source: GB 11643-1999 (18 characters, MOD 11-2 of ISO 7064), GB 11643-1989 (15 digits, without century and check digit).
_GAP = r"[ \t\r\n\f\v-]*"
_CARD = _GAP.join(["[1-9]", *["[0-9]"] * 5, f"(?:1{_GAP}[89]|2{_GAP}0)", *["[0-9]"] * 2,
                   f"(?:0{_GAP}[1-9]|1{_GAP}[0-2])", f"(?:0{_GAP}[1-9]|[12]{_GAP}[0-9]|3{_GAP}[01])",
                   *["[0-9]"] * 3, "[0-9Xx]"])  # fmt: skip
_CARD_PATTERN = re.compile(f"(?<![0-9A-Za-z])(?=({_CARD})(?![0-9A-Za-z]))")
_OLD_CARD_PATTERN = re.compile(
    rf"{_LEFT}[0-9]{{15}}{_RIGHT}|{_ALONE[0]}[0-9]{{6}}[ -][0-9]{{6}}[ -][0-9]{{3}}{_ALONE[1]}"
)
_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_CHECKS = "10X98765432"
_CARD_WORDS = re.compile(r"(?:身份证|证件号|公民身份|身份号|identity card|id card)[^0-9]{0,12}$", re.IGNORECASE)
"""After such a word a number of that shape is a card even if its check digit is mistyped."""
_REGISTRATION_WORDS = re.compile(r"(?:注册号|登记号)[^0-9]{0,6}$")
"""Old business registrations have 15 digits too."""


def is_identity_card(number: str) -> bool:
    """Whether the check digit is right; `number` is 17 digits and a digit or X."""
    total = sum(weight * int(digit) for weight, digit in zip(_CARD_WEIGHTS, number, strict=False))
    return _CARD_CHECKS[total % 11] == number[17].upper()


def _identity_cards(text: str, mistyped: bool) -> Iterator[PersonalNumber]:
    for match in _CARD_PATTERN.finditer(text):
        number = _strip_separators(match[1])
        if mistyped or is_identity_card(number) or _CARD_WORDS.search(text, 0, match.start()):
            yield PersonalNumber("identity_card", *match.span(1), f"{number[:6]}********{number[-4:].upper()}")
    for match in _OLD_CARD_PATTERN.finditer(text):
        number = _strip_separators(match[0])
        if _has_birthday(number) and not _REGISTRATION_WORDS.search(text, 0, match.start()):
            yield PersonalNumber("identity_card", *match.span(), f"{number[:6]}*********")


def _has_birthday(number: str) -> bool:
    if number[:2] not in _known()["provinces"]["codes"]:
        return False
    try:
        date(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
    except ValueError:
        return False
    return True


_BANK_CARD_PATTERN = re.compile(
    rf"{_LEFT}[0-9]{{16,19}}{_RIGHT}|{_ALONE[0]}(?:[0-9]{{4}}(?:[ -]{{1,2}}[0-9]{{4}}){{3}}(?:[ -]{{0,2}}[0-9]{{1,3}})?"
    rf"|[0-9]{{6}}[ -][0-9]{{10,13}}|[0-9]{{4}}[ -][0-9]{{12,15}}|[0-9]{{8}}-[0-9]{{8,11}}|[0-9](?:[ -][0-9]){{15,18}}){_ALONE[1]}"
)
_BANK_WORDS = re.compile(r"(?:银行卡|卡号|借记卡|信用卡|bank card|card no)[^0-9]{0,12}$", re.IGNORECASE)
_KEPT_OF_BANK_CARD = 4


def _bank_cards(text: str) -> Iterator[PersonalNumber]:
    for match in _BANK_CARD_PATTERN.finditer(text):
        number = _strip_separators(match[0])
        if _has_issuer(number) and (has_luhn_digit(number) or _BANK_WORDS.search(text, 0, match.start())):
            stars = "*" * (len(number) - _KEPT_OF_BANK_CARD)
            yield PersonalNumber("bank_card", *match.span(), number[:_KEPT_OF_BANK_CARD] + stars)


def has_luhn_digit(number: str) -> bool:
    """Whether the last digit checks the others. Source: ISO/IEC 7812-1, annex B."""
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def _has_issuer(number: str) -> bool:
    return any(
        known["from"] <= number[: len(known["from"])] <= known["to"] and len(number) in known["digits"]
        for known in _known()["card_issuers"]["ranges"]
    )


_SEPARATOR = r"[ \-./()]{1,3}"
_MOBILE_PATTERN = re.compile(
    rf"(?<![0-9])(?<![0-9][.])(?:[+(]{{0,2}}(?:00)?86[) -]{{0,2}}|0)?"
    rf"(?:(?P<plain>1[3-9][0-9]{{9}})|(?P<groups>1[3-9][0-9]{_SEPARATOR}[0-9]{{4}}{_SEPARATOR}[0-9]{{4}}"
    rf"|1[3-9][0-9](?:[-)]| -|- ){{1,2}}[0-9]{{8}}|1[3-9][0-9] (?!(?:19|20)[0-9]{{2}}[01][0-9][0-3][0-9])[0-9]{{8}}"
    r"|1[3-9][0-9][ -][0-9]{3}[ -][0-9]{5}|1[3-9][0-9][ -][0-9]{5}[ -][0-9]{3}|1[3-9][0-9]{5}-[0-9]{4}|1[3-9][0-9]{3}-[0-9]{6}"
    r"|1[3-7][0-9]{2}(?:[ -][0-9]{3}[ -][0-9]{4}|[ -][0-9]{4}[ -][0-9]{3}|-[0-9]{7})|1[ .-][3-9](?:[ .-][0-9]){9}"
    r"|1[ -][3-9][0-9](?:[ -][0-9]{2}){4}))(?![0-9A-Za-z])(?![.][0-9])(?! ?(?:元|万|亿|%))"
)
"""Eleven digits from 13 to 19 (工业和信息化部, 电信网编号计划): at one go, or in groups that people use for them and for little else."""
_MOBILE_WORDS = frozenset({"tel", "telephone", "phone", "mobile", "mob", "cell", "cellphone", "wechat", "weixin", "wx", "vx", "v", "t", "m"})  # fmt: skip
"""Letters that may touch a mobile number; after others it is a part of a code."""
_LETTERS_BEFORE = re.compile(r"[A-Za-z]+$")
_GROUP_BEFORE = re.compile(r"[0-9][-./]$")
_GROUP_AFTER = re.compile(r"[-./][0-9]")


def _mobiles(text: str) -> Iterator[PersonalNumber]:
    for match in _MOBILE_PATTERN.finditer(text):
        letters = _LETTERS_BEFORE.search(text, 0, match.start())
        if letters and letters[0].lower() not in _MOBILE_WORDS:
            continue
        if match["groups"] and (_GROUP_BEFORE.search(text, 0, match.start()) or _GROUP_AFTER.match(text, match.end())):
            continue
        number = _strip_separators(match["plain"] or match["groups"])
        yield PersonalNumber("mobile", *match.span(), f"{number[:3]}********")


def _private_emails(text: str) -> Iterator[PersonalNumber]:
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
    """Return a regular expression, without lookaround, of `@` and a private provider's domain, which is its only group."""
    domains = "|".join(re.escape(name).replace(r"\.", r" ?\. ?") for name in _known()["mail_providers"]["domains"])
    return rf" {{0,2}}@ {{0,2}}(?:[A-Za-z0-9-]+\.)?({domains})"


@cache
def _known() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return known


def _strip_separators(number: str) -> str:
    return re.sub(r"[^0-9Xx]", "", number)
