"""Check digits as SQL: the unified social credit code and the identity card. Each takes an SQL text and gives an SQL boolean.

Not here: finding a number inside other text (`identities`), nor what a wrong one means.
"""

CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CREDIT_CODE_MODULUS = 31
"""Source: GB 32100-2015, 5 and annex A: 31 characters without I, O, S, V, Z; the last one checks the 17 before it."""

ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_PLACE = 8
ORGANISATION_MODULUS = 11
"""Source: GB 11714-1997: characters 9 to 16 of a credit code, checked by the 17th (10 is X). A = 10 … Z = 35."""

IDENTITY_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CARD_CHECKS = "10X98765432"
"""Check characters by the weighted sum modulo 11. Source: GB 11643-1999, MOD 11-2 of ISO 7064."""

_STRUCTURE = f"[{CREDIT_CODE_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_CODE_ALPHABET}]{{8}}[0-9X][{CREDIT_CODE_ALPHABET}]"
_FIRST = ord("0")
_PLACES_IN_ALPHABET = "".join(chr(_FIRST + place) for place in range(len(CREDIT_CODE_ALPHABET)))


def credit_code_holds(text: str) -> str:
    """The whole text is a credit code of the right structure whose two check digits are right; capitals only.

    The first character may be a letter (N: rural collectives), which many checkers deny.
    """
    return f"(regexp_full_match({text}, '{_STRUCTURE}') AND {_last_checks(text)} AND {_organisation_checks(text)})"


def identity_card_holds(text: str) -> str:
    """The check digit is right; the text must be 17 digits and a digit or capital X."""
    total = _weighted(
        [f"(ascii(substr({text}, {place}, 1)) - {_FIRST})" for place in range(1, 18)], IDENTITY_CARD_WEIGHTS
    )
    return f"(substr('{IDENTITY_CARD_CHECKS}', 1 + ({total}) % 11, 1) = substr({text}, 18, 1))"


def _last_checks(text: str) -> str:
    """All 18 values, the last with weight 1, add up to a multiple of 31. `translate` turns a character into its place."""
    places = f"translate({text}, '{CREDIT_CODE_ALPHABET}', '{_PLACES_IN_ALPHABET}')"
    values = [f"(ascii(substr({places}, {place}, 1)) - {_FIRST})" for place in range(1, 19)]
    return f"(({_weighted(values, (*CREDIT_CODE_WEIGHTS, 1))}) % {CREDIT_CODE_MODULUS} = 0)"


def _organisation_checks(text: str) -> str:
    values = [_value_of(f"ascii(substr({text}, {ORGANISATION_PLACE + place}, 1))") for place in range(1, 9)]
    check = f"ascii(substr({text}, {ORGANISATION_PLACE + 9}, 1))"
    value = f"(CASE WHEN {check} = {ord('X')} THEN 10 ELSE {check} - {_FIRST} END)"
    return f"(({_weighted(values, ORGANISATION_WEIGHTS)} + {value}) % {ORGANISATION_MODULUS} = 0)"


def _value_of(code: str) -> str:
    """0 to 9, then 10 for A to 35 for Z."""
    return f"({code} - CASE WHEN {code} > {ord('9')} THEN {ord('A') - 10} ELSE {_FIRST} END)"


def _weighted(values: list[str], weights: tuple[int, ...]) -> str:
    return " + ".join(f"{weight} * {value}" for weight, value in zip(weights, values, strict=True))
