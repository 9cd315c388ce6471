"""Check digits as SQL: the unified social credit code and the identity card. Each takes an SQL text and gives an SQL boolean.

Not here: finding a number inside other text (`identities`), nor what a wrong one means.
"""

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


def credit_code_holds(text: str) -> str:
    """The whole text is a credit code of the right structure whose two check digits are right; capitals only.

    The first character may be a letter (N: rural collectives), which many checkers deny.
    """
    return f"(regexp_full_match({text}, '{_STRUCTURE}') AND {_last_checks(text)} AND {_organisation_checks(text)})"


def identity_card_holds(text: str) -> str:
    """The check digit is right; the text must be 17 digits and a digit or capital X."""
    total = _weighted(text, IDENTITY_CARD_WEIGHTS, IDENTITY_CARD_DIGITS)
    return f"(substr('{IDENTITY_CARD_CHECKS}', 1 + ({total}) % 11, 1) = substr({text}, 18, 1))"


def _last_checks(text: str) -> str:
    """All 18 values, the last with weight 1, add up to a multiple of 31."""
    return f"(({_weighted(text, (*CREDIT_CODE_WEIGHTS, 1), CREDIT_CODE_ALPHABET)}) % {CREDIT_CODE_MODULUS} = 0)"


def _organisation_checks(text: str) -> str:
    """The eight weighted values and the check's own add up to a multiple of 11."""
    total = _weighted(text, ORGANISATION_WEIGHTS, ORGANISATION_ALPHABET, after=ORGANISATION_PLACE)
    check = _weighted(text, (1,), ORGANISATION_CHECKS, after=ORGANISATION_PLACE + len(ORGANISATION_WEIGHTS))
    return f"(({total} + {check}) % {ORGANISATION_MODULUS} = 0)"


def _weighted(text: str, weights: tuple[int, ...], alphabet: str, after: int = 0) -> str:
    """The sum of the characters behind the first `after`, each worth its place in the alphabet (from 0) times its weight."""
    return " + ".join(
        f"{weight} * (strpos('{alphabet}', substr({text}, {after + at}, 1)) - 1)"
        for at, weight in enumerate(weights, 1)
    )
