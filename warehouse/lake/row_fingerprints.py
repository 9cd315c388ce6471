"""Fingerprints of rows: 64-bit hashes by which rows of different slices are compared without reading them again.

Each row has four. `keys`: its primary key. `whole`: every field but the key. `exact`: its content (`Projection.content`).
`loose`: its content without days, and without columns that have one value (or none) in nearly the whole table, as a letterhead has,
so that a copy under another name is still recognised. 0 stands for a row that says too little to be compared.

Exact sets, not sketches (MinHash, bottom-k): four numbers of 8 bytes a row are about what the row takes in its part, a search in sorted
numbers costs microseconds a row, a small table is found in a large one, and the finding can say which rows. A sketch of constant
size can do neither. Measured by `tests/bench/bench_overlap.py`. Hashed by
numpy, so that no statement has to be planned for a small table: a tenth of the time of DuckDB's own `hash` there. Not here: where they are kept (`warehouse/lake/slice_fingerprints.py`).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import Field
from schemas.execution.spilled_table import map_columns

Hashes: TypeAlias = npt.NDArray[np.uint64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.int64]

LEAST_FILLED = 3
"""Cells of content with a value (0 is none) that a row needs: fewer coincide in honest tables."""
LETTERHEAD_ROWS = 10
"""Rows from which a column with one value is a letterhead. In a smaller table the one value may be what matters."""
LETTERHEAD_SHARE = 0.9
"""Share of its most common cell from which a column is one: a few rows more or less make no other table of it."""
LAYOUT = 5
_FEW_ROWS = 2_000
"""Rows up to which the columns of a table are hashed together."""
_BLOCK = 1 << 14
"""Rows hashed at a time: the bytes of their texts take eight times their size meanwhile, which the processor's cache has room for."""
SHARE_SAMPLE = 1 << 15
"""Fingerprints by which it is estimated how many two sets have in common."""
DRAWN = 1 << 12
"""Rows by which a share of all rows is estimated: a quarter, and what is more, less than half as large as it is in one of 10^50 cases."""
_MERGED = 8
"""Two sets are merged unless one has so many times the fingerprints of the other. Source: measured; two sets of two million take half of the time of looking one up."""
_SAMPLE, _REPEATING = 2_000, 0.25
"""A text is hashed once, not in each row, where the first cells of a block have few distinct ones."""
_DAYS = frozenset({"date", "datetime"})
_TO_SECONDS = 8
_LAST_ASCII = 0x7F
_WORD = 8
_FIRST_BYTES = np.array([(1 << 8 * kept) - 1 for kept in range(_WORD + 1)], np.uint64)
"""Masks that keep so many bytes of a word."""
_NUMBERS = frozenset({"number", "integer", "year"})
_GOLDEN = 0x9E3779B97F4A7C15
# Source: splitmix64, the finaliser of java.util.SplittableRandom.
_MIX = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


@dataclass(frozen=True)
class Projection:
    """Which fields are looked at: the `key`, `others` (every other field), and among these `content` and `moments` (days)."""

    key: tuple[Field, ...]
    others: tuple[Field, ...]
    content: frozenset[str]
    moments: frozenset[str]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields, key first."""
        return self.key + self.others

    @property
    def key_alone(self) -> "Projection":
        """The projection that gives the same `keys`, for which no other column is read or hashed."""
        return replace(self, others=())

    @property
    def digest(self) -> str:
        """16 hex digits that differ if another choice of fields, or another way of hashing, gives other fingerprints."""
        parts = [
            f"{LAYOUT} {len(self.key)}",
            *(f"{f.name} {f.type} {f.name in self.content} {f.name in self.moments}" for f in self.fields),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class RowFingerprints(NamedTuple):
    """The fingerprints of a table, one a row in its order; 0 where a row says too little."""

    keys: Hashes
    whole: Hashes
    exact: Hashes
    loose: Hashes

    def select_rows(self, chosen: Bools) -> "RowFingerprints":
        """Returns those of the chosen rows."""
        return RowFingerprints(*(each[chosen] for each in self))


class FingerprintSets(NamedTuple):
    """The distinct fingerprints of a table, each sorted, without 0, and its number of rows."""

    keys: Hashes
    whole: Hashes
    exact: Hashes
    loose: Hashes
    rows: int


def fingerprint_rows(rows: pa.Table, projection: Projection) -> RowFingerprints:
    """Returns the fingerprints of typed rows. Columns that are missing count as empty; text is compared without case and blanks."""
    sums = _Sums(rows.num_rows)
    for field, cell in _hash_columns(rows, projection.fields):
        if field in projection.key:
            sums.keys += cell.hashes
            sums.full &= cell.filled | (field.type in _NUMBERS)
        else:
            sums.add_cell(field, cell, projection)
    named = sums.full if projection.key else np.zeros(rows.num_rows, np.bool_)
    return RowFingerprints(
        keys=np.where(named, _finish(sums.keys), 0),
        whole=_finish(sums.whole),
        exact=np.where(sums.exact_cells >= LEAST_FILLED, _finish(sums.exact), 0),
        loose=np.where(sums.loose_cells >= LEAST_FILLED, _finish(sums.loose), 0),
    )


def collect_sets(prints: RowFingerprints) -> FingerprintSets:
    """Returns the distinct fingerprints."""
    keys, whole, exact, loose = map(sort_distinct, prints)
    return FingerprintSets(keys, whole, exact, loose, len(prints.keys))


def mark_common(here: Hashes, there: Hashes) -> Bools:
    """Returns which of `here` (any order, 0 never) are in `there`, which is sorted and distinct."""
    if not len(there) or not len(here):
        return np.zeros(len(here), np.bool_)
    places = np.searchsorted(there, here)
    found: Bools = (there[np.minimum(places, len(there) - 1)] == here) & (here != 0)
    return found


def count_common(one: Hashes, other: Hashes) -> int:
    """Returns how many fingerprints two sorted distinct arrays have in common; much the shorter is looked up in the longer."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    if len(small) * _MERGED < len(large):
        return int(mark_common(small, large).sum())
    both = np.concatenate([small, large])
    both.sort(kind="stable")  # merges the two, which are sorted
    return int((both[1:] == both[:-1]).sum())


def estimate_share(one: Hashes, other: Hashes) -> float:
    """Returns the share of a sorted distinct array that is in another, by its least fingerprints: hashes, so that these are drawn at random.

    Exact up to `SHARE_SAMPLE` fingerprints; of more, within 0.02 in all but one of 10^12 cases. 0 if there are none.
    """
    least = one[:SHARE_SAMPLE]
    if not len(least):
        return 0.0
    return count_common(least, other[: np.searchsorted(other, least[-1], "right")]) / len(least)


def draw_rows(rows: int) -> Places:
    """Returns the positions of `DRAWN` rows of a table as if drawn at random, always the same ones; of all rows if it has no more."""
    if rows <= DRAWN:
        return np.arange(rows)
    drawn: Places = (
        (_mix(np.arange(DRAWN, dtype=np.uint64)) >> np.uint64(32)) * np.uint64(rows) >> np.uint64(32)
    ).astype(np.int64)
    return drawn


class _HashedColumn(NamedTuple):
    """The hashes of one column's cells, salted with its name, 0 without a value, and which of them hold one other than 0."""

    hashes: Hashes
    filled: Bools


class _Sums:
    """For each row the sums of the hashes of its cells, from which its fingerprints are made, and how many of them hold a value.

    `full`: whether all cells of its key hold one. A sum, because the columns are hashed one after the other.
    """

    def __init__(self, rows: int) -> None:
        self.keys, self.whole, self.exact, self.loose = (np.zeros(rows, np.uint64) for _ in range(4))
        self.exact_cells, self.loose_cells = np.zeros(rows, np.int16), np.zeros(rows, np.int16)
        self.full = np.ones(rows, np.bool_)

    def add_cell(self, field: Field, cell: _HashedColumn, projection: Projection) -> None:
        """Adds a column that is no part of the key."""
        self.whole += cell.hashes
        if field.name not in projection.content:
            return
        self.exact += cell.hashes
        self.exact_cells += cell.filled
        if field.name in projection.moments or (len(self.full) >= LETTERHEAD_ROWS and _is_letterhead(cell.hashes)):
            return
        self.loose += cell.hashes
        self.loose_cells += cell.filled


def _hash_columns(rows: pa.Table, fields: Sequence[Field]) -> Iterator[tuple[Field, _HashedColumn]]:
    """Yields the hashed columns in their order; all of a small table together, of a large one two at a time."""
    if 0 < rows.num_rows <= _FEW_ROWS:
        yield from _hash_together(rows, fields)
        return
    yield from zip(fields, map_columns(lambda field: _hash_column(rows, field), fields, rows.num_rows), strict=True)


def _hash_together(rows: pa.Table, fields: Sequence[Field]) -> Iterator[tuple[Field, _HashedColumn]]:
    """Yields the hashed columns of a small table: those that are hashed alike as one column, because each call costs more than its cells."""
    alike: dict[str, list[Field]] = {}
    for field in fields:
        if field.name in rows.column_names:
            alike.setdefault(_name_hashing(field), []).append(field)
    found: dict[str, tuple[Hashes, Bools]] = {}
    for group in alike.values():
        kind = pa.float64() if group[0].type in _NUMBERS else pa.string()
        columns = [pc.cast(rows.column(field.name), kind, safe=False) for field in group]
        joined = pa.chunked_array([chunk for column in columns for chunk in column.chunks], kind)
        hash_cells = _hash_numbers if group[0].type in _NUMBERS else _hash_texts
        hashes, filled = hash_cells(joined, group[0])
        for at, field in enumerate(group):
            span = slice(at * rows.num_rows, (at + 1) * rows.num_rows)
            found[field.name] = hashes[span], filled[span]
    nothing = np.zeros(rows.num_rows, np.uint64), np.zeros(rows.num_rows, np.bool_)
    for field in fields:
        yield field, _salt_column(field, *found.get(field.name, nothing))


def _name_hashing(field: Field) -> str:
    """Returns what fields have in common whose cells are hashed alike."""
    return (
        "number" if field.type in _NUMBERS else "day" if field.type in _DAYS else "time" if field.type == "time" else ""
    )


def _hash_column(rows: pa.Table, field: Field) -> _HashedColumn:
    hashes, filled = np.zeros(rows.num_rows, np.uint64), np.zeros(rows.num_rows, np.bool_)
    if field.name in rows.column_names:
        column = rows.column(field.name)
        hash_block = _hash_numbers if field.type in _NUMBERS else _hash_repeated
        for start in range(0, rows.num_rows, _BLOCK):
            hashes[start : start + _BLOCK], filled[start : start + _BLOCK] = hash_block(
                column.slice(start, _BLOCK), field
            )
    return _salt_column(field, hashes, filled)


def _salt_column(field: Field, hashes: Hashes, filled: Bools) -> _HashedColumn:
    salt = np.uint64(int.from_bytes(hashlib.sha256(field.name.encode()).digest()[:8], "big"))
    return _HashedColumn(np.where(filled, _mix(hashes ^ salt), np.uint64(0)), filled)


def _hash_numbers(column: pa.ChunkedArray, _: Field) -> tuple[Hashes, Bools]:
    values = pc.fill_null(pc.cast(column, pa.float64(), safe=False), 0.0).to_numpy() + 0.0
    return _mix(values.view(np.uint64)), values != 0


def _hash_repeated(column: pa.ChunkedArray, field: Field) -> tuple[Hashes, Bools]:
    """Hash texts, each once where they repeat."""
    if pc.count_distinct(column.slice(0, _SAMPLE)).as_py() > _SAMPLE * _REPEATING:
        return _hash_texts(column, field)
    encoded = pa.concat_arrays(column.chunks).dictionary_encode()
    distinct = pa.chunked_array([encoded.dictionary, pa.nulls(1, column.type)])
    hashes, filled = _hash_texts(distinct, field)
    places = pc.fill_null(encoded.indices, len(distinct) - 1).to_numpy()
    return hashes[places], filled[places]


def _hash_texts(column: pa.ChunkedArray, field: Field) -> tuple[Hashes, Bools]:
    """Hashes the spelling that is compared: the sum over its words of eight bytes of a number that belongs to word and place."""
    ends, spelt = _read_bytes(_spell_alike(column, field))
    lengths = np.diff(ends)
    counts = (lengths + _WORD - 1) // _WORD
    last = np.cumsum(counts)
    places = np.arange(counts.sum()) - np.repeat(last - counts, counts)
    summed = np.zeros(len(places) + 1, np.uint64)
    np.cumsum(_mix(_read_words(spelt, ends, counts, places) ^ _mix(places.astype(np.uint64))), out=summed[1:])
    return _mix(summed[last] - summed[last - counts] + lengths.astype(np.uint64)), lengths > 0


def _spell_alike(column: pa.ChunkedArray, field: Field) -> pa.StringArray:
    """Returns the texts that are compared: without case and blanks, times to the second, "" for null."""
    texts = pc.fill_null(pa.concat_arrays(pc.cast(column, pa.string()).chunks), "")
    if field.type == "time":
        return pc.utf8_slice_codeunits(texts, 0, _TO_SECONDS)
    if field.type in _DAYS:
        return texts
    _, spelt = _read_bytes(texts)
    # Arrow looks at every character; numpy knows in a tenth of the time that there is nothing to do.
    texts = pc.ascii_lower(texts) if spelt.max(initial=0) <= _LAST_ASCII else pc.utf8_lower(texts)
    for blank in (" ", "\u3000"):
        if (spelt == blank.encode()[0]).any():
            texts = pc.replace_substring(texts, blank, "")
    return texts


def _read_bytes(texts: pa.StringArray) -> tuple[Places, npt.NDArray[np.uint8]]:
    """Returns the end of each text in the bytes of all, after a 0, and these bytes."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return ends - ends[0], np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]]


def _read_words(spelt: npt.NDArray[np.uint8], ends: Places, counts: Places, places: Places) -> Hashes:
    """Returns the words of all texts as numbers; the last one of each is filled up with zeros."""
    padded = np.concatenate([spelt, np.zeros(_WORD, np.uint8)])
    words = np.ndarray(len(spelt) + 1, "<u8", padded, strides=(1,))  # one from every byte on
    starts = _WORD * places
    left = np.repeat(np.diff(ends), counts) - starts
    found: Hashes = words[np.repeat(ends[:-1], counts) + starts] & _FIRST_BYTES[np.minimum(left, _WORD)]
    return found


def _is_letterhead(hashes: Hashes) -> bool:
    """Whether one value fills the column: it fills most of the drawn rows then, and is the one in the middle of their sorted values."""
    drawn = np.sort(hashes[draw_rows(len(hashes))])
    middle = drawn[len(drawn) // 2]
    return bool((drawn == middle).mean() >= LETTERHEAD_SHARE / 2 and (hashes == middle).mean() >= LETTERHEAD_SHARE)


def _finish(total: Hashes) -> Hashes:
    """Returns one hash a row, never 0, that depends on the name of each column with a value; cells without one add nothing."""
    finished: Hashes = np.maximum(_mix(total), np.uint64(1))
    return finished


def _mix(values: Hashes) -> Hashes:
    mixed = values + np.uint64(_GOLDEN)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_MIX[0])
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_MIX[1])
    result: Hashes = mixed ^ (mixed >> np.uint64(31))
    return result


def sort_distinct(values: Hashes) -> Hashes:
    """Returns the distinct fingerprints, sorted, without 0.

    Neighbours are compared: numpy's own `unique` hashes first, and is three times slower on numbers like these.
    """
    ordered = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    distinct: Hashes = ordered[first & (ordered != 0)]
    return distinct
