"""Values that would make a row keep a rule: the right total, the right percentage, exchanged coordinates, a mended credit code.

A proposal is what follows if everything else in the row is right; people decide. Only rules whose value can be computed have
one. Not here: finding the rows (the compilers), proposals for single cells (`pipelines/submissions/proposals/proposals.py`).

Source: GB 32100-2015 and GB 11714-1997 (check characters, see `identities`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import time
from decimal import Decimal
from math import isfinite
from typing import Any

from quality.findings import proposed_value
from quality.rules.identities import (
    CREDIT_CODE_ALPHABET,
    CREDIT_CODE_MODULUS,
    CREDIT_CODE_WEIGHTS,
    ORGANISATION_ALPHABET,
    ORGANISATION_CHECKS,
    ORGANISATION_MODULUS,
    ORGANISATION_PLACE,
    ORGANISATION_WEIGHTS,
    is_credit_code,
    weighted_total,
)
from schemas.rules.rules import Balance, CreditCode, DateOrder, Percentage, PointSwapped, RowRule, SumOfColumns
from schemas.text import Text

MOST_PROPOSALS = 1_000
"""Findings of one kind for which a value is sought; no receipt lists more, and seeking takes up to a millisecond."""
CellValues = Callable[[str], Any]
"""Returns the typed value of a field in one row; None if it is empty."""
_CREDIT_CODE = re.compile(f"[{CREDIT_CODE_ALPHABET}]{{18}}")
_LENGTH = 18
_ALIKE = ("0OQD", "1IL", "2Z", "5S", "8B", "6G", "UV")
"""Characters that are taken for each other when a code is read off paper."""
_PLACES = 2
"""Decimal places of a proposed percentage."""


def propose_for_rule(rule: RowRule, field: str, cells: CellValues) -> str | None:
    """Returns the value that would make the row keep the rule at `field`; None if that cannot be computed."""
    match rule:
        case SumOfColumns():
            return _signed_sum(cells, rule.parts, ())
        case Balance():
            return _signed_sum(cells, rule.plus, rule.minus)
        case Percentage() if cells(rule.part) is not None and cells(rule.whole):
            share = cells(rule.part) / cells(rule.whole) * 100
            return _write_number(Decimal(f"{share:.{_PLACES}f}")) if isfinite(share) else None
        case PointSwapped():
            return f"{_write_number(Decimal(str(cells(rule.lat))))} / {_write_number(Decimal(str(cells(rule.lon))))}"
        case CreditCode():
            return mend_credit_code(str(cells(field)))
        case DateOrder() if cells(field) == time(0):
            return "24:00"
        case _:
            return None


def explain_place(rule: RowRule, field: str, cells: CellValues) -> Text | None:
    """Returns which check character of a credit code is wrong, to be put after the message.

    None for any other rule or text, and where the proposed value mends another place: message and proposal must agree.
    """
    code = str(cells(field)) if isinstance(rule, CreditCode) else ""
    shown = proposed_value(code) is not None  # an identity card number in its place is not told of any further
    wrong = wrong_check_character(code) if shown and _CREDIT_CODE.fullmatch(code) else None
    mended = mend_credit_code(code) if wrong else None
    if wrong is None or (mended is not None and mended[: _LENGTH - 2] != code[: _LENGTH - 2]):
        return None
    place, right = wrong
    return Text(
        zh=f"（按其余各位推算，第 {place} 位应为 {right}）",
        en=f" (by the other characters, character {place} would be {right})",
    )


def wrong_check_character(code: str) -> tuple[int, str] | None:
    """Returns the place (from 1) of the wrong check character of a code of 18 characters, and the right one.

    That of the organisation (17) goes first, because the last one checks it too; None if both are right.
    """
    body = code[ORGANISATION_PLACE : ORGANISATION_PLACE + len(ORGANISATION_WEIGHTS)]
    total = weighted_total(body, ORGANISATION_WEIGHTS, ORGANISATION_ALPHABET)
    right = ORGANISATION_CHECKS[-total % ORGANISATION_MODULUS]
    if code[_LENGTH - 2] != right:
        return _LENGTH - 1, right
    last = _last_check_character(code)
    return None if code[-1] == last else (_LENGTH, last)


def mend_credit_code(code: str) -> str | None:
    """Returns the one code that may have been meant; None if the text is no such code or several may have been.

    Sought in this order: one character taken for another that looks like it, two neighbours exchanged. Where a wrong last
    character explains the code as well, nothing decides between the two, and there is no proposal.
    """
    code = code.upper()
    last = _mend_last_character(code)
    for candidates in (_unlike_codes(code), _exchanged_codes(code)):
        fitting = {candidate for candidate in candidates if is_credit_code(candidate)}
        if fitting:
            fitting |= {last} if last else set()
            return fitting.pop() if len(fitting) == 1 else None
    return last


def _mend_last_character(code: str) -> str | None:
    if _CREDIT_CODE.fullmatch(code) is None or (wrong_check_character(code) or (0, ""))[0] != _LENGTH:
        return None
    return code[:-1] + _last_check_character(code)


def _unlike_codes(code: str) -> Iterator[str]:
    yield code
    for at, letter in enumerate(code):
        others = next((group for group in _ALIKE if letter in group), "")
        yield from (code[:at] + other + code[at + 1 :] for other in others if other != letter)


def _exchanged_codes(code: str) -> Iterator[str]:
    for at in range(len(code) - 1):
        yield code[:at] + code[at + 1] + code[at] + code[at + 2 :]


def _last_check_character(code: str) -> str:
    total = weighted_total(code[: _LENGTH - 1], CREDIT_CODE_WEIGHTS, CREDIT_CODE_ALPHABET)
    return CREDIT_CODE_ALPHABET[-total % CREDIT_CODE_MODULUS]


def _signed_sum(cells: CellValues, plus: Sequence[str], minus: Sequence[str]) -> str | None:
    """Returns the exact sum of `plus` less `minus`, an empty cell as 0; None if one of the numbers is infinite or NaN."""
    terms = [(sign, value) for sign, names in ((1, plus), (-1, minus)) for name in names if (value := cells(name))]
    if not all(isfinite(value) for _, value in terms):
        return None
    return _write_number(sum((sign * Decimal(str(value)) for sign, value in terms), Decimal(0)))


def _write_number(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
