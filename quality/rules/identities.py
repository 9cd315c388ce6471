"""The rule of credit codes, and their check digits: as SQL for whole columns, in Python for one text.

The SQL functions take an SQL text and return an SQL boolean. Not here: identity cards and other numbers of persons
(`quality/disclosure/identity_documents.py`).
"""

import re
from collections.abc import Sequence

from quality.rules.scope import TEXTS, RuleScope
from quality.rules.violations import SUBMITTED, Violation
from schemas.rules.rules import CreditCode


def compile_credit_code(rule: CreditCode, scope: RuleScope) -> tuple[Violation, ...]:
    """The text is not a credit code; empty is skipped. Each distinct text is checked once: owners repeat from row to row."""
    column = scope.typed_column(rule, rule.field, TEXTS)
    wrong = f"SELECT code FROM (SELECT DISTINCT {column} AS code FROM {SUBMITTED}) WHERE NOT {credit_code_condition('code')}"
    return (Violation(rule.field, f"{column} IN ({wrong})"),)


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

_STRUCTURE = f"[{CREDIT_CODE_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_CODE_ALPHABET}]{{8}}[0-9X][{CREDIT_CODE_ALPHABET}]"


def credit_code_condition(text: str) -> str:
    """The whole text is a credit code of the right structure with both check digits right; capitals only.

    The first character may be a letter (N: rural collectives), which many checkers refuse.
    """
    return f"(regexp_full_match({text}, '{_STRUCTURE}') AND {_last_check_condition(text)} AND {_organisation_check_condition(text)})"


def is_credit_code(text: str) -> bool:
    """Returns the same of one text in Python."""
    if not re.fullmatch(_STRUCTURE, text):
        return False
    whole = weighted_total(text, (*CREDIT_CODE_WEIGHTS, 1), CREDIT_CODE_ALPHABET)
    organisation = weighted_total(text[ORGANISATION_PLACE:], ORGANISATION_WEIGHTS, ORGANISATION_ALPHABET)
    check = ORGANISATION_CHECKS.index(text[ORGANISATION_PLACE + len(ORGANISATION_WEIGHTS)])
    return whole % CREDIT_CODE_MODULUS == 0 and (organisation + check) % ORGANISATION_MODULUS == 0


def weighted_total(text: str, weights: Sequence[int], alphabet: str) -> int:
    """Returns the sum of index in the alphabet (from 0) times weight over the first characters, as many as there are weights."""
    return sum(weight * alphabet.index(character) for weight, character in zip(weights, text, strict=False))


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
