"""Bank cards in a folded text: the digits of an issuer, a length that it gives, and Luhn's check digit or the word for it.

Not here: which issuers there are (`schemas/disclosure.yaml`).
"""

import re
from collections.abc import Iterator

from quality.disclosure.folding import ALONE, BEFORE, LEFT, RIGHT, SEPARATOR, PersonalNumber, strip_separators
from schemas.disclosure import disclosure_settings

_DIGITS = "[0-9]{16,19}"
_GROUPS = (
    rf"[0-9]{{4}}(?:{SEPARATOR}{{1,2}}[0-9]{{4}}){{3}}(?:{SEPARATOR}{{0,2}}[0-9]{{1,3}})?"
    rf"|[0-9]{{6}}[ -][0-9]{{10,13}}|[0-9]{{4}}[ -][0-9]{{12,15}}|[0-9]{{8}}-[0-9]{{8,11}}|[0-9](?:{SEPARATOR}[0-9]){{15,18}}"
)
BANK_CARD_SHAPES = f"{BEFORE}(?:{_DIGITS}|{_GROUPS})"
"""Regular expression, without lookaround, that is found in every text with a bank card."""
_PATTERN = re.compile(f"{LEFT}{_DIGITS}{RIGHT}|{ALONE[0]}(?:{_GROUPS}){ALONE[1]}")
_WORDS = re.compile(r"(?:银行卡|卡号|借记卡|信用卡|bank card|card no)[^0-9]{0,12}$", re.IGNORECASE)
_KEPT = 4


def find_bank_cards(text: str) -> Iterator[PersonalNumber]:
    """Yields the bank cards of a folded text, in order of place; four digits of each are shown."""
    for match in _PATTERN.finditer(text):
        number = strip_separators(match[0])
        if _has_issuer(number) and (has_luhn_digit(number) or _WORDS.search(text, 0, match.start())):
            yield PersonalNumber("bank_card", *match.span(), number[:_KEPT] + "*" * (len(number) - _KEPT))


def has_luhn_digit(number: str) -> bool:
    """Whether the last digit checks the others. Source: ISO/IEC 7812-1, annex B."""
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def _has_issuer(number: str) -> bool:
    return any(
        known.first <= number[: len(known.first)] <= known.last and len(number) in known.digits
        for known in disclosure_settings().card_issuers.ranges
    )
