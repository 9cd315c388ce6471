"""Seeded chance: the same seed always makes the same sample files, and one file's rows do not depend on another's."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Chance(random.Random):
    """A source of believable accidents. Not for secrets."""

    @classmethod
    def of(cls, *seeds: object) -> "Chance":
        """The source that belongs to those words and numbers alone."""
        return cls("/".join(str(seed) for seed in seeds))

    def often(self, share: float) -> bool:
        """True in `share` of all cases."""
        return self.random() < share

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One key, as often as its weight says."""
        return self.choices(list(weights), weights=list(weights.values()))[0]

    def day(self, first: date, last: date) -> date:
        """A day between the two, both included."""
        return first + timedelta(days=self.randint(0, (last - first).days))
