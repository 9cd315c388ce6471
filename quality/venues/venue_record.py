"""A record of a venue: what one dataset says of one place.

Grain: one key of one source of `schemas/venues.yaml`. Here: the value and the fingerprint of its content. Not here: where it is read.
"""

import hashlib
import json
from typing import NamedTuple


class VenueRecord(NamedTuple):
    """What a dataset calls a place, and where it puts it. `key`: the values of the source's key, joined by `/`.

    `lon` and `lat` in degrees, None where the dataset has none; `address` may be empty.
    """

    dataset: str
    key: str
    name: str
    admin_code: str
    address: str = ""
    lon: float | None = None
    lat: float | None = None

    @property
    def place(self) -> tuple[str, str]:
        """What tells it from other records: dataset and key."""
        return self.dataset, self.key

    @property
    def fingerprint(self) -> str:
        """Hash of dataset and key in 16 hex digits: the ledger knows a record by it, without a word of what it says."""
        return _hash_values(self.place)

    @property
    def content(self) -> str:
        """Fingerprint of what it says of the place, in 16 hex digits; another spelling is another content."""
        return _hash_values(self[2:])


def _hash_values(values: tuple[object, ...]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:16]
