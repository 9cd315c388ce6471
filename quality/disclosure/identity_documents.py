"""Documents that identify a person, in a folded text: identity cards, passports and permits, officer's cards.

An identity card of 18 characters counts if its check digit is right or the word for it stands before it; with a wrong one it is
likely only, and so is a bare passport number, which has no check digit. Not here: which words and provinces there are
(`schemas/disclosure.yaml`).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from quality.disclosure.folding import ALONE, BEFORE, GAP, LEFT, RIGHT, PersonalNumber, strip_separators
from schemas.disclosure import disclosure_settings
from schemas.execution.late_pattern import compile_late

# Source: GB 11643-1999 (18 characters, MOD 11-2 of ISO 7064), GB 11643-1989 (15 digits, without century and check digit).
_CARD = GAP.join(["[1-9]", *["[0-9]"] * 5, f"(?:1{GAP}[89]|2{GAP}0)", *["[0-9]"] * 2,
                  f"(?:0{GAP}[1-9]|1{GAP}[0-2])", f"(?:0{GAP}[1-9]|[12]{GAP}[0-9]|3{GAP}[01])",
                  *["[0-9]"] * 3, "[0-9Xx]"])  # fmt: skip
_CARD_PATTERN = compile_late(f"(?<![0-9A-Za-z])(?=({_CARD})(?![0-9A-Za-z]))")
_OLD_DIGITS, _OLD_GROUPS = "[0-9]{15}", "[0-9]{6}[ ._/-][0-9]{6}[ ._/-][0-9]{3}"
_OLD_CARD_PATTERN = compile_late(f"{LEFT}{_OLD_DIGITS}{RIGHT}|{ALONE[0]}{_OLD_GROUPS}{ALONE[1]}")
IDENTITY_CARD_SHAPES = f"{BEFORE}(?:{_CARD}|{_OLD_DIGITS}|{_OLD_GROUPS})"
"""Regular expression, without lookaround, that is found in every text with an identity card."""
_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_CHECKS = "10X98765432"
_CARD_WORDS = compile_late(r"(?:身份证|证件号|公民身份|身份号|identity card|id card)[^0-9]{0,12}$", re.IGNORECASE)
"""After such a word a number of that shape is a card even if its check digit is mistyped."""
_REGISTRATION_WORDS = compile_late(r"(?:注册号|登记号)[^0-9]{0,6}$")
"""Old business registrations have 15 digits too."""
_SHAPED_GROUPS = compile_late(r"[0-9]{17}[0-9Xx]|[0-9]{6}[ -][0-9]{8}[ -][0-9]{3}[ -]?[0-9Xx]")
"""Spellings in which a card with a wrong check digit is likely one: at one go, or place, birthday and rest."""


def is_identity_card(number: str) -> bool:
    """Whether the check digit is right; `number` is 17 digits and a digit or X."""
    total = sum(weight * int(digit) for weight, digit in zip(_CARD_WEIGHTS, number, strict=False))
    return _CARD_CHECKS[total % 11] == number[17].upper()


def find_identity_cards(text: str) -> Iterator[PersonalNumber]:
    """Yields the identity cards of a folded text, those of 18 characters first; only their ends are shown.

    Kind `identity_card_shape`: the check digit is wrong, but province and birthday are real; a credit code may look the same.
    """
    for match in _CARD_PATTERN.finditer(text):
        number = strip_separators(match[1]).upper()
        masked = f"{number[:6]}********{number[-4:]}"
        if is_identity_card(number) or _CARD_WORDS.search(text, 0, match.start()):
            yield PersonalNumber("identity_card", *match.span(1), masked)
        elif _SHAPED_GROUPS.fullmatch(match[1]) and _has_birthday(number, number[6:14]):
            yield PersonalNumber("identity_card_shape", *match.span(1), masked)
    for match in _OLD_CARD_PATTERN.finditer(text):
        number = strip_separators(match[0])
        birthday = f"19{number[6:12]}"
        if _has_birthday(number, birthday) and not _REGISTRATION_WORDS.search(text, 0, match.start()):
            yield PersonalNumber("identity_card", *match.span(), f"{number[:6]}*********")


def find_mistyped_cards(text: str) -> Iterator[PersonalNumber]:
    """Yields whatever has the form of an identity card of 18 characters, for masking: a mistyped number is a person's too."""
    for match in _CARD_PATTERN.finditer(text):
        number = strip_separators(match[1]).upper()
        yield PersonalNumber("identity_card", *match.span(1), f"{number[:6]}********{number[-4:]}")


def _has_birthday(number: str, birthday: str) -> bool:
    if number[:2] not in disclosure_settings().provinces.codes:
        return False
    try:
        date(int(birthday[:4]), int(birthday[4:6]), int(birthday[6:8]))
    except ValueError:
        return False
    return True


# Numbers that a spreadsheet turned into 2.10102E+17. Source: Microsoft, Excel specifications and limits (15 significant digits).
_MANGLED_PATTERN = compile_late(r"\s*([1-9])(?:\.([0-9]{0,16}))?[Ee]\+?(1[4-8])\s*")
_CARD_EXPONENTS, _BANK_EXPONENTS, _BANK_START = ("17", "14"), ("15", "16", "17", "18"), "62"


def find_mangled_numbers(text: str) -> Iterator[PersonalNumber]:
    """Yields a cell that is as a whole a long number in scientific notation and begins like an identity or bank card.

    Unified credit codes begin with 91 to 93 and are not reported.
    """
    match = _MANGLED_PATTERN.fullmatch(text)
    if match is None:
        return
    start, exponent = f"{match[1]}{match[2] or ''}0"[:2], match[3]
    known = disclosure_settings().provinces.codes
    is_card = exponent in _CARD_EXPONENTS and start in known and not start.startswith("9")
    if is_card or (exponent in _BANK_EXPONENTS and start == _BANK_START):
        yield PersonalNumber("mangled_number", 0, len(text), f"{match[1]}.****E+{exponent}")


_PASSPORT_NUMBER = r"(?=[A-Z0-9]*(?:[ -]?[0-9]){6})[A-Z]{1,3}[ -]?[0-9](?:[ -]?[0-9]){5,9}|[0-9]{8,9}"
_LINK = r"\s{0,2}(?:号码|号|编号|证号|number|no\.?)?[\s:#为是(_\-]{0,4}"


@cache
def _passport_pattern() -> re.Pattern[str]:
    words = "|".join(map(re.escape, disclosure_settings().documents.passport))
    return re.compile(rf"(?:{words}){_LINK}(?P<number>{_PASSPORT_NUMBER})(?![0-9A-Za-z])", re.IGNORECASE)


_PASSPORT_SHAPE = compile_late(r"(?<![0-9A-Za-z\-_/.])(?:E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8})(?![0-9A-Za-z\-_/.])")


@cache
def _other_codes_pattern() -> re.Pattern[str]:
    words = "|".join(map(re.escape, disclosure_settings().documents.other_codes))
    return re.compile(rf"(?:{words})[^0-9A-Za-z]{{0,6}}$", re.IGNORECASE)


def find_passports(text: str) -> Iterator[PersonalNumber]:
    """Yields the numbers of passports and travel permits after a word for them, and likely ones beside other text."""
    found = set()
    for match in _passport_pattern().finditer(text):
        found.add(match.start("number"))
        yield PersonalNumber("passport", *match.span("number"), _mask_passport(match["number"]))
    for match in _PASSPORT_SHAPE.finditer(text):
        whole = match.span() == (0, len(text))
        if not whole and match.start() not in found and not _other_codes_pattern().search(text, 0, match.start()):
            yield PersonalNumber("passport_shape", *match.span(), _mask_passport(match[0]))


_ARMS = "军兵士武"


@cache
def _officer_card_pattern() -> re.Pattern[str]:
    words = "|".join(map(re.escape, disclosure_settings().documents.officer_card))
    return re.compile(
        rf"(?:{words}){_LINK}(?P<after>[\u4e00-\u9fff]{{0,2}}字?第? ?[0-9]{{5,10}}号?)|(?<![\u4e00-\u9fff])(?P<bare>[{_ARMS}]字 ?第 ?[0-9]{{5,10}} ?号)"
    )


def find_officer_cards(text: str) -> Iterator[PersonalNumber]:
    """Yields the numbers of officer's and soldier's cards: 军字第……号, or any number after the word for one."""
    for match in _officer_card_pattern().finditer(text):
        name = match.lastgroup or "bare"
        yield PersonalNumber("officer_card", *match.span(name), re.sub("[0-9]", "*", match[name]))


def list_document_words() -> Sequence[str]:
    """Returns the words near which a text may hold a number of a document without eleven digits."""
    documents = disclosure_settings().documents
    return (*documents.passport, *documents.officer_card)


def _mask_passport(number: str) -> str:
    return number[:2] + "*" * (len(number) - 2)
