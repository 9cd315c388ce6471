"""Fingerprints of the slices that stand in the lake, one small file a slice: `lake/_fingerprints/<dataset>/`.

A file is derived from the part that it describes when it is first needed, and is named by the part's hash. So nothing has to be written
together with a landing, a killed process leaves at most a file that is derived again, and the file of a replaced or withdrawn slice is no
longer used. If a landing has the fingerprints of its rows already, they are kept, and the part need not be read. Files of parts that no
longer stand are deleted when the next file is derived. If only the keys of a large slice are asked for, only these are derived, as a
projection of their own. Layout of a file: five 64-bit numbers (rows, and the lengths of the four sets), then the sets. Not here: hashing
(`warehouse/lake/row_fingerprints.py`).
"""

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.contract import Contract
from schemas.execution.spilled_table import spill_batches
from schemas.slices import SliceKey
from warehouse.lake.parts import Part
from warehouse.lake.row_fingerprints import FingerprintSets, Hashes, Projection, collect_sets, fingerprint_rows
from warehouse.layout import Layout

_WORD = np.dtype("<u8")
_SIZES = 5
_MAPPED = 1 << 20
"""Bytes from which a file is mapped: of a large slice only the pages that are searched are read."""

_MOST_ROWS_KEPT, _MOST_KEPT = 5_000, 1_000
"""Small slices whose fingerprints stay in memory, at most 160 MB: the name of a file is the hash of its part."""


class SliceFingerprints:
    """The slices of one dataset as they stood when this was made, with their fingerprints in one projection.

    `kept`: fingerprints by file, which several of these share.
    """

    def __init__(
        self,
        layout: Layout,
        contract: Contract,
        projection: Projection,
        parts: Mapping[SliceKey, Part],
        kept: dict[Path, FingerprintSets] | None = None,
    ) -> None:
        self.projection, self.parts = projection, parts
        self._kept = {} if kept is None else kept
        self._layout, self._contract, self._swept = layout, contract, False

    def read_sets(self, key: SliceKey) -> FingerprintSets:
        """Returns the fingerprints of a slice that stands; KeyError for any other."""
        part = self.parts[key]
        path = self._find_path(part)
        if path not in self._kept:
            known = read_file(path)
            if known is None:
                self._remove_outdated(path.parent)
                known = derive_file(path, lambda: self._derive(part))
            if not is_small(known.rows):
                return known
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[path] = known
        return self._kept[path]

    def read_keys(self, key: SliceKey) -> Hashes:
        """Returns the fingerprints `keys` of `read_sets`; of a large slice that has no file yet only the key columns are read."""
        part = self.parts[key]
        if is_small(part.rows) or read_file(self._find_path(part)) is not None:
            return self.read_sets(key).keys
        return self._keys_alone.read_sets(key).keys

    @cached_property
    def _keys_alone(self) -> "SliceFingerprints":
        return SliceFingerprints(self._layout, self._contract, self.projection.key_alone, self.parts, self._kept)

    def keep_sets(self, key: SliceKey, sets: FingerprintSets) -> None:
        """Keeps the fingerprints of a slice whose rows had them before they landed; KeyError as in `read_sets`."""
        path = self._find_path(self.parts[key])
        self._remove_outdated(path.parent)
        derive_file(path, lambda: sets)

    def _find_path(self, part: Part) -> Path:
        return self._layout.fingerprints_folder(self._contract.name) / f"{part.digest}-{self.projection.digest}.u64"

    def _derive(self, part: Part) -> FingerprintSets:
        with pq.ParquetFile(self._layout.lake_folder(self._contract.name) / part.path) as file:
            there = file.schema_arrow
            names = [field.name for field in self.projection.fields if field.name in there.names]
            schema = pa.schema([there.field(name) for name in names])
            rows = spill_batches(file.iter_batches(columns=names), schema)
        return collect_sets(fingerprint_rows(rows, self.projection))

    def _remove_outdated(self, folder: Path) -> None:
        if self._swept:
            return
        self._swept = True
        standing = {part.digest for part in self.parts.values()}
        for path in folder.glob("*.u64"):
            if path.stem.partition("-")[0] not in standing:
                path.unlink(missing_ok=True)


def is_small(rows: int) -> bool:
    """Whether a table of so many rows is small: all its fingerprints are then computed together and stay in memory."""
    return rows <= _MOST_ROWS_KEPT


def derive_file(path: Path, derive: Callable[[], FingerprintSets]) -> FingerprintSets:
    """Calls `derive`, writes the result to `path` and returns it; concurrent readers see no file or the complete one."""
    sets = derive()
    sizes = np.array([sets.rows, *map(len, sets[:4])], _WORD)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    with aside.open("wb") as file:
        for each in (sizes, *sets[:4]):
            each.astype(_WORD, copy=False).tofile(file)
    aside.replace(path)
    return sets


def read_file(path: Path) -> FingerprintSets | None:
    """Returns the fingerprints in a file; None if there is none, or it is not complete."""
    try:
        size = path.stat().st_size
        if size < _SIZES * _WORD.itemsize or size % _WORD.itemsize:
            return None
        words: Hashes = np.memmap(path, _WORD, "r") if size >= _MAPPED else np.fromfile(path, _WORD)
    except FileNotFoundError:
        return None
    sizes = [int(word) for word in words[1:_SIZES]]
    if _SIZES + sum(sizes) != len(words):
        return None
    ends = _SIZES + np.cumsum(sizes)
    keys, whole, exact, loose = (words[end - size : end] for end, size in zip(ends, sizes, strict=True))
    return FingerprintSets(keys, whole, exact, loose, int(words[0]))
