"""Rules of codes that name somebody: credit codes, and identity cards that must not be there at all.

A number is looked for as a person could have typed it: full-width, with blanks or hyphens between the digits. `joined` is the
same eye in Python, so that no finding carries what it warns of. Not here: the check digits (`checksums`), telephone numbers
and bank cards (the gate looks for those).
"""

import re
import unicodedata
from collections.abc import Iterator

from quality.rules.checksums import credit_code_holds, identity_card_holds
from quality.rules.offences import SUBMITTED, Offence, all_of, literal
from quality.rules.scope import TEXTS, Scope
from schemas.rules import CreditCode, NoIdentityCard

CARD_LENGTH = 18
_LOOKALIKES = ((0xB2, 0xB9), (0x2070, 0x209C), (0x2160, 0x217F), (0x2460, 0x2468), (0xFF10, 0xFF5A), (0x1D400, 0x1D7FF),
               (0x1FBF0, 0x1FBF9))  # fmt: skip
"""Blocks with characters that NFKC (Unicode 15) turns into a single digit or X."""
_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_NOTHING = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


def _folded() -> Iterator[tuple[str, str]]:
    for low, high in _LOOKALIKES:
        for character in map(chr, range(low, high + 1)):
            plain = unicodedata.normalize("NFKC", character)
            if len(plain) == 1 and plain in "0123456789Xx":
                yield character, plain
    yield from ((blank, " ") for blank in _BLANKS)
    yield from ((hyphen, "-") for hyphen in _HYPHENS)
    yield "_", ","  # part of a word for \b, but no part of a number


FOLD = dict(_folded())
_FOLD_TABLE = str.maketrans({**FOLD, **dict.fromkeys(_NOTHING)})
_GAP = r"[\s\x0b-]*"
_CARD = _GAP.join([r"\b[1-9]", *["[0-9]"] * 5, f"(?:1{_GAP}[89]|2{_GAP}0)", *["[0-9]"] * 2,
                   f"(?:0{_GAP}[1-9]|1{_GAP}[0-2])", f"(?:0{_GAP}[1-9]|[12]{_GAP}[0-9]|3{_GAP}[01])",
                   *["[0-9]"] * 3, r"[0-9Xx]\b"])  # fmt: skip
"""Division, birthday from 1800 on, serial number, check character. Source: GB 11643-1999."""
_CARD_PATTERN = re.compile(_CARD, re.ASCII)
_DIGITS = "[0-9" + "".join(character for character, plain in FOLD.items() if plain.isdigit()) + "]"
_UNUSUAL = f"[{''.join(FOLD)}{_NOTHING}]"
_MANY_DIGITS = f"(?:{_DIGITS}[^0-9]*){{{CARD_LENGTH - 1}}}"
_FOREIGN_CARD = f"CASE WHEN card IS NOT NULL THEN NOT {credit_code_holds('text')} END"


def credit_code(rule: CreditCode, scope: Scope) -> tuple[Offence, ...]:
    """The text is no credit code; empty is skipped."""
    return (Offence(rule.field, f"NOT {credit_code_holds(scope.column_of(rule, rule.field, TEXTS))}"),)


def no_identity_card(rule: NoIdentityCard, scope: Scope) -> tuple[Offence, ...]:
    """A text holds the number of an identity card; its value is that number alone. A valid credit code is exempt in its own field."""
    fields = rule.fields or tuple(field.name for field in scope.contract.fields if field.type in TEXTS)
    codes = {other.field for other in scope.contract.rules if isinstance(other, CreditCode)}
    return tuple(
        Offence(name, _FOREIGN_CARD if name in codes else "card IS NOT NULL", _cards(column), value="card")
        for name, column in ((name, scope.column_of(rule, name, TEXTS)) for name in fields)
    )


def joined(text: str) -> str:
    """The text with everything shaped like an identity card's number written in one piece of plain digits.

    So that `quality.findings.shown` sees and stars out what this module sees. Text without such a number stays as it is.
    """
    if len(text) < CARD_LENGTH:
        return text
    plain = text.translate(_FOLD_TABLE)
    return _CARD_PATTERN.sub(lambda found: re.sub(_GAP, "", found[0]), plain) if _CARD_PATTERN.search(plain) else text


def _cards(column: str) -> str:
    """The first number with a right check digit of every text that is long enough and has enough digits to hold one.

    CASE, not WHERE, because only CASE keeps its order: the cheap questions come first, and most texts get no further.
    """
    worth = [f"length({column}) >= {CARD_LENGTH}", f"regexp_matches({column}, {literal(_MANY_DIGITS)})"]
    folded = f"translate({column}, {literal(''.join(FOLD) + _NOTHING)}, {literal(''.join(FOLD.values()))})"
    # Folding costs 30 microseconds a text, looking whether there is anything to fold next to nothing.
    plain = f"CASE WHEN regexp_matches({column}, {literal(_UNUSUAL)}) THEN {folded} ELSE {column} END"
    written = f"regexp_extract_all({plain}, '{_CARD}')"
    numbers = f"list_transform({written}, lambda n: upper(regexp_replace(n, '{_GAP}', '', 'g')))"
    first = f"list_filter({numbers}, lambda n: {identity_card_holds('n')})[1]"
    return f"(SELECT position, {column} AS text, CASE WHEN {all_of(worth)} THEN {first} END AS card FROM {SUBMITTED})"
