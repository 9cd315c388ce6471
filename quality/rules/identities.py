"""Rules of codes that name somebody: credit codes, and identity cards that must not be there at all.

A number is looked for as a person could have typed it: full-width, with blanks or hyphens between the digits. `joined` is the
same eye in Python, so that no finding carries what it warns of. Not here: the check digits (`checksums`), telephone numbers
and bank cards (the gate looks for those).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from quality.rules.checksums import credit_code_holds, identity_card_holds
from quality.rules.offences import SUBMITTED, Offence, literal
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


def credit_code(rule: CreditCode, scope: Scope) -> tuple[Offence, ...]:
    """The text is no credit code; empty is skipped."""
    return (Offence(rule.field, f"NOT {credit_code_holds(scope.column_of(rule, rule.field, TEXTS))}"),)


def no_identity_card(rule: NoIdentityCard, scope: Scope) -> tuple[Offence, ...]:
    """A text holds the number of an identity card; its value is that number alone. A valid credit code is exempt in its own field."""
    fields = rule.fields or tuple(field.name for field in scope.contract.fields if field.type in TEXTS)
    codes = {other.field for other in scope.contract.rules if isinstance(other, CreditCode)}
    columns = [scope.column_of(rule, name, TEXTS) for name in fields]
    exempt = [place for place, name in enumerate(fields) if name in codes]
    given = (f"texts AS NOT MATERIALIZED ({_texts(columns)})", f"cards AS MATERIALIZED ({_cards(exempt)})")
    return tuple(
        Offence(name, f"place = {place}", "cards", value="card", given=given) for place, name in enumerate(fields)
    )


def joined(text: str) -> str:
    """The text with everything shaped like an identity card's number written in one piece of plain digits.

    So that `quality.findings.shown` sees and stars out what this module sees. Text without such a number stays as it is.
    """
    if len(text) < CARD_LENGTH:
        return text
    plain = text.translate(_FOLD_TABLE)
    return _CARD_PATTERN.sub(lambda found: re.sub(_GAP, "", found[0]), plain) if _CARD_PATTERN.search(plain) else text


def _texts(columns: Sequence[str]) -> str:
    """Every text that is long enough to hold a card, and where it stands."""
    return " UNION ALL ".join(
        f"SELECT position, {place} AS place, {column} AS text FROM {SUBMITTED} WHERE length({column}) >= {CARD_LENGTH}"
        for place, column in enumerate(columns)
    )


def _cards(exempt: Sequence[int]) -> str:
    """The first number with a right check digit in each of `texts`, but no credit code at one of the places that may hold one.

    The dear questions are asked within CASE and `unnest`, where DuckDB neither moves them before the cheap ones nor repeats
    them for every field.
    """
    might = " AND ".join(f"regexp_matches(text, {literal(pattern)})" for pattern in (_MANY_DIGITS, _UNUSUAL))
    folded = f"translate(text, {literal(''.join(FOLD) + _NOTHING)}, {literal(''.join(FOLD.values()))})"
    numbers = f"list_transform(regexp_extract_all({folded}, '{_CARD}'), lambda n: upper(regexp_replace(n, '{_GAP}', '', 'g')))"
    first = f"list_filter({numbers}, lambda n: {identity_card_holds('n')})[1:1]"
    found = f"unnest(CASE WHEN regexp_matches(text, {literal(_CARD)}) OR {might} THEN {first} END) AS card"
    ours = f"place IN ({', '.join(map(str, exempt))}) AND {credit_code_holds('text')}" if exempt else "FALSE"
    return f"SELECT position, place, card FROM (SELECT position, place, text, {found} FROM texts) WHERE NOT ({ours})"
