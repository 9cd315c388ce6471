"""A record of a venue: what one dataset says of one place.

Grain: one key of one source of `schemas/venues.yaml`. Here: the value and the fingerprint of its content. Not here: where it is read.
"""

import hashlib
import json
from typing import NamedTuple


class VenueRecord(NamedTuple):
    """The name and position that a dataset gives for a place. `key`: the values of the source's key, joined by `/`.

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
        """The identity of the record: dataset and key."""
        return self.dataset, self.key

    @property
    def fingerprint(self) -> str:
        """Hash of dataset and key, 16 hex digits, by which the ledger names the record without its contents."""
        return _hash_values(self.place)

    @property
    def content(self) -> str:
        """Hash of everything else in the record, 16 hex digits; another spelling gives another hash."""
        return _hash_values(self[2:])


def _hash_values(values: tuple[object, ...]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:16]
