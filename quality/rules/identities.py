"""Rules of identifying codes: credit codes, and identity cards, which must not occur at all. Their check digits as SQL.

A number is searched for as a person could have typed it: full-width, with blanks or hyphens between the digits.
`join_card_digits` does the same in Python, so that no finding contains the number it warns of. The check digit functions take
an SQL text and return an SQL boolean. Not here: telephone numbers and bank cards (the gate searches for those).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from quality.rules.scope import TEXTS, RuleScope
from quality.rules.violations import SUBMITTED, Violation, to_literal
from schemas.rules import CreditCode, NoIdentityCard

CARD_LENGTH = 18
_LOOKALIKES = ((0xB2, 0xB9), (0x2070, 0x209C), (0x2160, 0x217F), (0x2460, 0x2468), (0xFF10, 0xFF5A), (0x1D400, 0x1D7FF),
               (0x1FBF0, 0x1FBF9))  # fmt: skip
"""Blocks with characters that NFKC (Unicode 15) turns into a single digit or X."""
_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_NOTHING = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


def _list_folded_characters() -> Iterator[tuple[str, str]]:
    for low, high in _LOOKALIKES:
        for character in map(chr, range(low, high + 1)):
            plain = unicodedata.normalize("NFKC", character)
            if len(plain) == 1 and plain in "0123456789Xx":
                yield character, plain
    yield from ((blank, " ") for blank in _BLANKS)
    yield from ((hyphen, "-") for hyphen in _HYPHENS)
    yield "_", ","  # \b counts it as part of a word, but it is not part of a number


FOLD = dict(_list_folded_characters())
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


def compile_credit_code(rule: CreditCode, scope: RuleScope) -> tuple[Violation, ...]:
    """The text is not a credit code; empty is skipped."""
    return (Violation(rule.field, f"NOT {credit_code_condition(scope.typed_column(rule, rule.field, TEXTS))}"),)


def compile_no_identity_card(rule: NoIdentityCard, scope: RuleScope) -> tuple[Violation, ...]:
    """A text contains an identity card number; `value` is that number alone. Valid credit codes are exempt in their own field."""
    fields = rule.fields or tuple(field.name for field in scope.contract.fields if field.type in TEXTS)
    codes = {other.field for other in scope.contract.rules if isinstance(other, CreditCode)}
    columns = [scope.typed_column(rule, name, TEXTS) for name in fields]
    exempt = [place for place, name in enumerate(fields) if name in codes]
    common_tables = (
        f"texts AS NOT MATERIALIZED ({_card_candidates_query(columns)})",
        f"cards AS MATERIALIZED ({_first_valid_card_query(exempt)})",
    )
    return tuple(
        Violation(name, f"place = {place}", "cards", value="card", common_tables=common_tables)
        for place, name in enumerate(fields)
    )


def join_card_digits(text: str) -> str:
    """Return the text with every number of identity-card shape as contiguous plain digits.

    `quality.findings.masked_excerpt` then masks whatever this module finds. Text without such a number is returned unchanged.
    """
    if len(text) < CARD_LENGTH:
        return text
    plain = text.translate(_FOLD_TABLE)
    return _CARD_PATTERN.sub(lambda found: re.sub(_GAP, "", found[0]), plain) if _CARD_PATTERN.search(plain) else text


def _card_candidates_query(columns: Sequence[str]) -> str:
    """Return every text that is long enough to hold a card number, and its place."""
    return " UNION ALL ".join(
        f"SELECT position, {place} AS place, {column} AS text FROM {SUBMITTED} WHERE length({column}) >= {CARD_LENGTH}"
        for place, column in enumerate(columns)
    )


def _first_valid_card_query(exempt: Sequence[int]) -> str:
    """Return the first number with a right check digit in each of `texts`, without credit codes at the places that may hold one.

    The expensive conditions are inside CASE and `unnest`, where DuckDB neither moves them before the cheap ones nor repeats
    them for every field.
    """
    might = " AND ".join(f"regexp_matches(text, {to_literal(pattern)})" for pattern in (_MANY_DIGITS, _UNUSUAL))
    folded = f"translate(text, {to_literal(''.join(FOLD) + _NOTHING)}, {to_literal(''.join(FOLD.values()))})"
    numbers = f"list_transform(regexp_extract_all({folded}, '{_CARD}'), lambda n: upper(regexp_replace(n, '{_GAP}', '', 'g')))"
    first = f"list_filter({numbers}, lambda n: {identity_card_condition('n')})[1:1]"
    found = f"unnest(CASE WHEN regexp_matches(text, {to_literal(_CARD)}) OR {might} THEN {first} END) AS card"
    ours = f"place IN ({', '.join(map(str, exempt))}) AND {credit_code_condition('text')}" if exempt else "FALSE"
    return f"SELECT position, place, card FROM (SELECT position, place, text, {found} FROM texts) WHERE NOT ({ours})"


CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CREDIT_CODE_MODULUS = 31
"""Source: GB 32100-2015, 5 and annex A: 31 characters without I, O, S, V, Z; the last one checks the 17 before it."""

ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_CHECKS = "0123456789X"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_PLACE = 8
ORGANISATION_MODULUS = 11
"""Source: GB 11714-1997: characters 9 to 16 of a credit code, checked by the 17th."""

IDENTITY_CARD_DIGITS = "0123456789"
IDENTITY_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CARD_CHECKS = "10X98765432"
"""Check characters by the weighted sum modulo 11. Source: GB 11643-1999, MOD 11-2 of ISO 7064."""

_STRUCTURE = f"[{CREDIT_CODE_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_CODE_ALPHABET}]{{8}}[0-9X][{CREDIT_CODE_ALPHABET}]"


def credit_code_condition(text: str) -> str:
    """The whole text is a credit code of the right structure with both check digits right; capitals only.

    The first character may be a letter (N: rural collectives), which many checkers refuse.
    """
    return f"(regexp_full_match({text}, '{_STRUCTURE}') AND {_last_check_condition(text)} AND {_organisation_check_condition(text)})"


def identity_card_condition(text: str) -> str:
    """The check digit is right; the text must be 17 digits and a digit or capital X."""
    total = _weighted_sum(text, IDENTITY_CARD_WEIGHTS, IDENTITY_CARD_DIGITS)
    return f"(substr('{IDENTITY_CARD_CHECKS}', 1 + ({total}) % 11, 1) = substr({text}, 18, 1))"


def _last_check_condition(text: str) -> str:
    """The sum of all 18 values, the last with weight 1, is a multiple of 31."""
    return f"(({_weighted_sum(text, (*CREDIT_CODE_WEIGHTS, 1), CREDIT_CODE_ALPHABET)}) % {CREDIT_CODE_MODULUS} = 0)"


def _organisation_check_condition(text: str) -> str:
    """The sum of the eight weighted values and the check character's value is a multiple of 11."""
    total = _weighted_sum(text, ORGANISATION_WEIGHTS, ORGANISATION_ALPHABET, after=ORGANISATION_PLACE)
    check = _weighted_sum(text, (1,), ORGANISATION_CHECKS, after=ORGANISATION_PLACE + len(ORGANISATION_WEIGHTS))
    return f"(({total} + {check}) % {ORGANISATION_MODULUS} = 0)"


def _weighted_sum(text: str, weights: tuple[int, ...], alphabet: str, after: int = 0) -> str:
    """Sum over the characters after the first `after`: index in the alphabet (from 0) times weight."""
    return " + ".join(
        f"{weight} * (strpos('{alphabet}', substr({text}, {after + at}, 1)) - 1)"
        for at, weight in enumerate(weights, 1)
    )
