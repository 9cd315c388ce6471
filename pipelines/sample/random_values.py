"""Seeded random values, and invented codes with valid check characters: credit codes and identity card numbers.

The same seed always makes the same sample files, and the rows of one file do not depend on another. The organisation part of a
credit code begins with MJX, which identifies no real body. Not here: checking codes (`quality.rules`).

Sources: GB 32100-2015 (credit code, mod 31), GB 11714 (organisation code inside it, mod 11), GB 11643 (identity card, mod 11-2).
"""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class RandomSource(random.Random):
    """A random source with choices for plausible values. Not for secrets."""

    @classmethod
    def seeded_by(cls, *seeds: object) -> "RandomSource":
        """Returns a source that depends only on these seeds."""
        return cls("/".join(str(seed) for seed in seeds))

    def happens_with(self, share: float) -> bool:
        """True with probability `share` (0 to 1)."""
        return self.random() < share

    def choose_weighted(self, weights: Mapping[T, float]) -> T:
        """Returns one key, with a probability proportional to its weight."""
        return self.choices(list(weights), weights=list(weights.values()))[0]

    def choose_day(self, first: date, last: date) -> date:
        """Returns a day between the two, both included."""
        return first + timedelta(days=self.randint(0, (last - first).days))


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION = (3, 7, 9, 10, 5, 8, 4, 2)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def make_credit_code(prefix: str, admin_code: str, serial: int) -> str:
    """Returns the credit code of an invented body: prefix, division code and serial number.

    `prefix`: 11 government, 12 institution, 51 association …
    """
    organisation = f"MJX{serial % 100000:05d}"
    total = sum(_LETTERS.index(letter) * weight for letter, weight in zip(organisation, _ORGANISATION, strict=True))
    body = f"{prefix}{admin_code}{organisation}{'0123456789X'[(11 - total % 11) % 11]}"
    weighed = sum(ALPHABET.index(letter) * weight for letter, weight in zip(body, _CREDIT, strict=True))
    return body + ALPHABET[(31 - weighed % 31) % 31]


def make_identity_card(admin_code: str, birthday: str, serial: int) -> str:
    """Returns an identity card number with a valid check digit, for files in which it must be detected."""
    body = f"{admin_code}{birthday}{serial % 1000:03d}"
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(body))
    return body + "10X98765432"[total % 11]
