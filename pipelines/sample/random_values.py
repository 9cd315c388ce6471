"""Seeded chance: the same seed always makes the same sample files, and one file's rows do not depend on another's."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class RandomSource(random.Random):
    """A source of believable accidents. Not for secrets."""

    @classmethod
    def seeded_by(cls, *seeds: object) -> "RandomSource":
        """The source that belongs to those words and numbers alone."""
        return cls("/".join(str(seed) for seed in seeds))

    def happens_with(self, share: float) -> bool:
        """True in `share` of all cases."""
        return self.random() < share

    def choose_weighted(self, weights: Mapping[T, float]) -> T:
        """One key, as often as its weight says."""
        return self.choices(list(weights), weights=list(weights.values()))[0]

    def choose_day(self, first: date, last: date) -> date:
        """A day between the two, both included."""
        return first + timedelta(days=self.randint(0, (last - first).days))


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION = (3, 7, 9, 10, 5, 8, 4, 2)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def make_credit_code(prefix: str, admin_code: str, serial: int) -> str:
    """The code of an invented body: `prefix` (11 government, 12 institution, 51 association …), division, running number."""
    organisation = f"MJX{serial % 100000:05d}"
    total = sum(_LETTERS.index(letter) * weight for letter, weight in zip(organisation, _ORGANISATION, strict=True))
    body = f"{prefix}{admin_code}{organisation}{'0123456789X'[(11 - total % 11) % 11]}"
    weighed = sum(ALPHABET.index(letter) * weight for letter, weight in zip(body, _CREDIT, strict=True))
    return body + ALPHABET[(31 - weighed % 31) % 31]


def make_identity_card(admin_code: str, birthday: str, serial: int) -> str:
    """An identity card number with a right check digit, for the files that must be caught."""
    body = f"{admin_code}{birthday}{serial % 1000:03d}"
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(body))
    return body + "10X98765432"[total % 11]
