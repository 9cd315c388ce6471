"""Numbers and addresses that belong to a person, as they stand in a text: found there, and masked.

Only kinds that can hardly be anything else. A text is read as a person could have typed it (`folding.py`). Not here: the single
kinds (`identity_documents.py`, `bank_cards.py`, `contact_details.py`), tables, contracts and findings (`personal_data.py`).
"""

import re
from functools import cache

from quality.disclosure.bank_cards import find_bank_cards
from quality.disclosure.contact_details import find_home_addresses, find_mobiles, find_private_emails
from quality.disclosure.folding import PersonalNumber, fold_text
from quality.disclosure.identity_documents import (
    find_identity_cards,
    find_mangled_numbers,
    find_mistyped_cards,
    find_officer_cards,
    find_passports,
    list_document_words,
)
from schemas.disclosure import disclosure_settings

SHORTEST_NUMBER = 11
"""Digits of a mobile number, the shortest of all numbers that are sought without a word before them."""
SHORTEST_CARD = 15
"""Digits of an old identity card, the shortest of all cards."""
_DIGIT = re.compile("[0-9]")
SHORT_NUMBER = r"[GE][A-Z]?[0-9]{7}|字 ?第 ?[0-9]{5}|[0-9]\.?[Ee]\+?1[4-8]"
"""Regular expression, without lookaround, of shorter things that are sought in a folded text."""


def find_personal_numbers(text: str, *, of_person: bool = False) -> list[PersonalNumber]:
    """Returns what belongs to a person in a folded text, in order of place and without overlaps; empty if nothing does.

    `of_person`: the text stands in a row about a person, so that a flat is a home.
    """
    long, digits = [], len(_DIGIT.findall(text))
    if digits >= SHORTEST_CARD:
        long += [*find_identity_cards(text), *find_bank_cards(text)]
    if digits >= SHORTEST_NUMBER:
        long += find_mobiles(text)
    return _without_overlaps(
        *long,
        *find_private_emails(text),
        *find_passports(text),
        *find_officer_cards(text),
        *find_mangled_numbers(text),
        *find_home_addresses(text, of_person=of_person),
    )


def mask_personal_numbers(text: str) -> str:
    """Returns the text with whatever `find_personal_numbers` finds masked, mistyped cards too; unchanged if that is nothing.

    A text with a finding comes back folded.
    """
    if not _may_hold_number(text):
        return text
    plain = fold_text(text)
    found = _without_overlaps(*find_mistyped_cards(plain), *find_personal_numbers(plain))
    for one in reversed(found):
        plain = plain[: one.start] + one.masked + plain[one.end :]
    return plain if found else text


@cache
def suspect_words() -> tuple[str, ...]:
    """Returns the words near which a text may hold something that has neither an `@` nor eleven digits."""
    return (*list_document_words(), *disclosure_settings().home_address.words)


def _may_hold_number(text: str) -> bool:
    if "@" in text or "\uff20" in text or sum(map(str.isnumeric, text)) >= SHORTEST_NUMBER:
        return True
    plain = fold_text(text)
    return re.search(SHORT_NUMBER, plain) is not None or _suspect_pattern().search(plain.lower()) is not None


@cache
def _suspect_pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, suspect_words())))


def _without_overlaps(*numbers: PersonalNumber) -> list[PersonalNumber]:
    """Returns the numbers by place; of two that overlap the one that was given first."""
    found: list[PersonalNumber] = []
    for one in numbers:
        if all(one.end <= other.start or one.start >= other.end for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)
