"""The scored pairs of records, kept in one file so that only records that changed are compared again.

The file has numbers and fingerprints, no names; it may be deleted. A file that cannot be read, or was made by other rules, is ignored.
Not here: what is scored (`quality/venues`), what is open (`venue_proposals.py`).
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from schemas.frozen_model import FrozenModel
from warehouse.atomic_files import write_atomically


class KeptPair(NamedTuple):
    """A scored pair of records: their numbers (the lower first), probability (0 to 1), the level of each comparison, the fingerprint of each record."""

    left: int
    right: int
    probability: float
    levels: tuple[int, ...]
    contents: tuple[str, str]


class PairCache(FrozenModel):
    """The pairs of one comparison.

    `rules`: fingerprint of rules and code. `versions`: versions of the lake, by dataset. `contents`: fingerprint of each compared record,
    by number.
    """

    rules: str
    versions: Mapping[str, int | None]
    compared_at: datetime
    contents: Mapping[int, str]
    pairs: tuple[KeptPair, ...]


def read_pair_cache(file: Path) -> PairCache | None:
    """Returns the kept pairs; None if there is no file, or it is not one of ours."""
    if not file.is_file():
        return None
    try:
        return PairCache.model_validate_json(file.read_bytes())
    except ValidationError:
        return None


def write_pair_cache(file: Path, cache: PairCache) -> None:
    """Replaces the file atomically."""
    write_atomically(file, cache.model_dump_json())
