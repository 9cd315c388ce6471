"""Made-up codes with right check characters: unified social credit codes and identity card numbers.

Sources: GB 32100-2015 (credit code, mod 31), GB 11714 (organisation code inside it, mod 11), GB 11643 (identity card, mod 11-2).
The organisation part begins with MJX, which marks nobody real. Not here: checking codes (`quality.rules`).
"""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION = (3, 7, 9, 10, 5, 8, 4, 2)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def credit_code(prefix: str, admin_code: str, serial: int) -> str:
    """The code of an invented body: `prefix` (11 government, 12 institution, 51 association …), division, running number."""
    organisation = f"MJX{serial % 100000:05d}"
    total = sum(_LETTERS.index(letter) * weight for letter, weight in zip(organisation, _ORGANISATION, strict=True))
    body = f"{prefix}{admin_code}{organisation}{'0123456789X'[(11 - total % 11) % 11]}"
    weighed = sum(ALPHABET.index(letter) * weight for letter, weight in zip(body, _CREDIT, strict=True))
    return body + ALPHABET[(31 - weighed % 31) % 31]


def identity_card(admin_code: str, birthday: str, serial: int) -> str:
    """An identity card number with a right check digit, for the files that must be caught."""
    body = f"{admin_code}{birthday}{serial % 1000:03d}"
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(body))
    return body + "10X98765432"[total % 11]
