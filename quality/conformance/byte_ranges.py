"""Check of a large CSV file by ranges of its bytes, which an engine gives to other processes or machines.

The file is cut at ends of records, at the same places at which one process cuts its blocks, so the findings are the same, their order and
sentences included. Keys take two passes: hashes come back first, eight bytes a row and key, then the texts of those rows only whose hash occurs
twice. Only UTF-8 is cut. Not here: the check of a block (`prefilter.py`), one process (`prefiltered_file.py`), which files come this way.
"""

import codecs
import csv
import hashlib
import io
import pickle
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np

from quality.conformance.access_limits import detect_bom_encoding, trust_absolute_paths
from quality.conformance.blocks import Block, ByteSource, read_blocks, skip_records
from quality.conformance.buffers import Places
from quality.conformance.cell_error import (
    CellError,
    PlacedError,
    UnsuitedForPrefilter,
    cell_error_from,
    error_order,
    list_placed,
)
from quality.conformance.descriptor import list_side_files, load_resource
from quality.conformance.hashing import Hashes
from quality.conformance.keys import Key, KeyIndex, find_repeated_places
from quality.conformance.lines import MultiLineRecords, RecordLines
from quality.conformance.messages import Messages, TableLabels, labels_from_schema, place_finding
from quality.conformance.prefilter import BatchResult, Prefilter
from quality.conformance.prefiltered_file import OpenedFile, open_resource
from quality.conformance.reader import Batch, RaggedRecords, read_batch
from quality.conformance.run import TableResult
from quality.findings import Finding
from schemas.errors import EngineError
from schemas.execution.engine import Engine
from schemas.text import Text

_OPENING = Lock()
"""Held while frictionless opens a file: what it trusts is a setting of its whole process, of which workers may be threads."""
RANGE = 16 << 20
"""Bytes of a range, at least: four blocks, half a second of work."""


class RangedFile(NamedTuple):
    """A file and what workers need to check it: absolute paths, the pickled descriptor (YAML gives it values that JSON lacks), the size in bytes.

    `side_hash`: hash of the reference tables, schemas and dialects beside the descriptor, so that a worker notices if it has opened the
    file with older ones.
    """

    path: str
    size: int
    descriptor: bytes
    resource: str | None
    folder: str
    side_hash: str


class ByteRange(NamedTuple):
    """Whole records of a file."""

    start: int
    size: int


class RangeResult(NamedTuple):
    """Result of one range; errors, longer records and `rows` give positions within the range.

    `hashes`: for each key the hashes of the records `rows`. `unsuited`: why only frictionless itself can check the file; the other fields
    are then meaningless.
    """

    records: int
    errors: list[PlacedError]
    longer: list[tuple[int, MultiLineRecords]]
    rows: Places
    hashes: Mapping[Key, Hashes]
    unsuited: str | None = None


class AskedRecords(NamedTuple):
    """Records of a range, in order, whose key texts a second pass reads."""

    range: ByteRange
    records: tuple[int, ...]


def make_ranged_file(path: Path, descriptor: Mapping[str, object], resource: str | None, folder: Path) -> RangedFile:
    """Returns what workers need to open the file; the descriptor is one that `load_resource` accepts."""
    pickled, side = pickle.dumps(dict(descriptor)), _hash_side_files(descriptor, resource, folder)
    return RangedFile(str(path.absolute()), path.stat().st_size, pickled, resource, str(folder.absolute()), side)


def conform_by_ranges(file: RangedFile, engine: Engine, size: int | None = None) -> TableResult | None:
    """Returns the findings of the file; None if it is not cut, because its encoding is not UTF-8.

    `size`: bytes of a range, at least; `RANGE` by default. UnsuitedForPrefilter if only frictionless can check the file or the schema, EngineError as the
    engine raises it.
    """
    plain, labels = _open_once(file)
    if codecs.lookup(plain.encoding).name not in {"utf-8", "utf-8-sig"}:
        return None
    messages = Messages(labels)
    header = [messages.make_finding(cell_error_from(error, ())) for error in plain.errors]
    with Prefilter(plain.fields, plain.key, plain.references) as prefilter:
        lines = RecordLines()
        ranges = list(_cut_ranges(plain, prefilter, lines, size or RANGE))
        table = _RangedTable(plain.skip + 1, messages, lines)
        for made in engine.map_units(partial(check_range, file), ranges):
            table.add_range(made)
        if prefilter.keys:
            table.add_repeats(prefilter.keys, file, ranges, engine)
    return TableResult(header + table.list_findings(), table.records, [])


def check_range(file: RangedFile, part: ByteRange) -> RangeResult:
    """Returns the result for one range: a unit of work, anywhere. EngineError if the file has another size there."""
    plain, _ = _open_once(file)
    start, results, ragged = 0, list[tuple[BatchResult, Places]](), RaggedRecords()
    with Prefilter(plain.fields, plain.key, plain.references) as prefilter:
        try:
            for batch in _read_batches(file, part, plain, prefilter):
                rows = np.arange(start, start + batch.records)
                results.append((prefilter.check_batch(batch), rows))
                ragged.add_records(batch.ragged, rows)
                start += batch.records
                if ragged.full:
                    results.append(prefilter.check_ragged(ragged))
            if ragged:
                results.append(prefilter.check_ragged(ragged))
        except (UnicodeError, LookupError, csv.Error, UnsuitedForPrefilter) as wrong:
            return RangeResult(0, [], [], np.empty(0, np.int64), {}, str(wrong))
        wanted = prefilter.keys.wanted if prefilter.keys else []
    digests = [(rows[made.digest.rows], made.digest) for made, rows in results if made.digest]
    return RangeResult(
        records=start,
        errors=[(int(rows[place]), fault) for made, rows in results for place, fault in list_placed(made.errors)],
        longer=[(int(rows[0]), made.longer) for made, rows in results if len(made.longer.records)],
        rows=np.concatenate([np.empty(0, np.int64), *(digested for digested, _ in digests)]),
        hashes={
            key: np.concatenate([np.empty(0, np.uint64), *(one.hashed[key] for _, one in digests)]) for key in wanted
        },
    )


def read_key_texts(file: RangedFile, columns: Sequence[int], asked: AskedRecords) -> list[tuple[str | None, ...]]:
    """Returns the texts of some columns of the asked records of a range: a unit of work, anywhere."""
    plain, _ = _open_once(file)
    waiting, start = list(reversed(asked.records)), 0
    found = []
    with Prefilter(plain.fields, plain.key, plain.references) as prefilter:
        for batch in _read_batches(file, asked.range, plain, prefilter):
            while waiting and waiting[-1] < start + batch.records:
                record = waiting.pop() - start
                cells = batch.ragged[record] if record in batch.ragged else batch.list_cells(record)
                found.append(tuple(cells[column] if column < len(cells) else None for column in columns))
            start += batch.records
    return found


class _RangedTable:
    """The results of the ranges, joined in their order."""

    def __init__(self, first: int, messages: Messages, lines: RecordLines) -> None:
        self._first, self._messages, self._lines = first, messages, lines
        self._told: list[tuple[int, tuple[int, int], Finding]] = []
        self._starts = [0]
        self._rows: list[Places] = []
        self._hashes: dict[Key, list[Hashes]] = {}

    @property
    def records(self) -> int:
        """Number of records so far."""
        return self._starts[-1]

    def add_range(self, made: RangeResult) -> None:
        """Adds the next range. UnsuitedForPrefilter if it could not be checked."""
        if made.unsuited is not None:
            raise UnsuitedForPrefilter(made.unsuited)
        before = self._first + self.records
        for place, fault in made.errors:
            self._tell(place + before, fault)
        for start, longer in made.longer:
            self._lines.add_records(longer, before + start - 1)
        self._rows.append(made.rows + self.records)
        for key, hashed in made.hashes.items():
            self._hashes.setdefault(key, []).append(hashed)
        self._starts.append(self.records + made.records)

    def add_repeats(self, keys: KeyIndex, file: RangedFile, ranges: Sequence[ByteRange], engine: Engine) -> None:
        """Adds the repeated keys: the key texts of rows whose hash occurs twice are read in a second pass."""
        rows = np.concatenate([np.empty(0, np.int64), *self._rows])
        found = {key: np.sort(rows[find_repeated_places(np.concatenate(self._hashes[key]))]) for key in self._hashes}
        wanted = np.unique(np.concatenate([np.empty(0, np.int64), *found.values()]))
        by_range = list(self._ask_ranges(wanted, ranges))
        texts = engine.map_units(partial(read_key_texts, file, keys.columns), by_range)
        known = dict(zip(wanted.tolist(), (one for some in texts for one in some), strict=True))
        for key in keys.wanted:
            places = [keys.columns.index(column) for column in key]
            errors = [
                (self._first + record, [known[record][at] for at in places])
                for record in found.get(key, wanted[:0]).tolist()
            ]
            for row, fault in keys.compare_rows(key, errors):
                self._tell(row, fault)

    def list_findings(self) -> list[Finding]:
        """Returns all findings in the order of rows."""
        ordered = sorted(self._told, key=itemgetter(0, 1))
        begins = self._lines.line_numbers(np.fromiter((row for row, *_ in ordered), np.int64, len(ordered))).tolist()
        return [place_finding(finding, row, line) for (row, _, finding), line in zip(ordered, begins, strict=True)]

    def _tell(self, row: int, fault: CellError) -> None:
        self._told.append((row, error_order(fault), self._messages.describe_error(fault)))

    def _ask_ranges(self, records: Places, ranges: Sequence[ByteRange]) -> Iterator[AskedRecords]:
        for part, (start, end) in zip(ranges, pairwise(self._starts), strict=True):
            low, high = np.searchsorted(records, [start, end])
            if low < high:
                yield AskedRecords(part, tuple((records[low:high] - start).tolist()))


def _open_once(file: RangedFile) -> tuple[OpenedFile, TableLabels]:
    """Returns the file as frictionless opens it, and the labels of its table. EngineError if it is not there, or of another size."""
    path = Path(file.path)
    if not path.is_file() or (about := path.stat()).st_size != file.size:
        raise EngineError(
            Text(
                zh=f"工作节点上的 {path} 不存在或大小不同；各节点须在同一路径看到同一文件",
                en=f"a worker does not see {path}, or sees another one: every machine needs the same file at the same path",
            )
        )
    with _OPENING, trust_absolute_paths():
        return _open_file(file, (about.st_ino, about.st_mtime_ns))


@lru_cache(maxsize=2)
def _open_file(file: RangedFile, _: tuple[int, int]) -> tuple[OpenedFile, TableLabels]:
    """As `_open_once`, cached per file state: a worker outlives a command, so a file that has been rewritten is opened again."""
    path, folder = Path(file.path), Path(file.folder)
    descriptor = pickle.loads(file.descriptor)  # noqa: S301 - from the command that started the work
    if _hash_side_files(descriptor, file.resource, folder) != file.side_hash:
        raise EngineError(
            Text(
                zh=f"工作节点上 {folder} 中的参照表或结构文件与发起方不同；各节点须在同一路径看到同一文件",
                en=f"a worker sees other reference tables or schemas in {folder} than the command: every machine needs the same files at the same paths",
            )
        )
    judged = load_resource(path, descriptor, resource=file.resource, folder=folder, decide=detect_bom_encoding)
    plain = open_resource(judged)
    return plain, labels_from_schema(judged.schema.fields, judged.schema.primary_key)


def _hash_side_files(descriptor: Mapping[str, object], resource: str | None, folder: Path) -> str:
    """Returns the SHA-256 (hex) over the files that are read beside the descriptor; a missing file changes the hash too."""
    whole = hashlib.sha256()
    for path in list_side_files(descriptor, resource, folder):
        if path.is_file():
            with path.open("rb") as opened:
                whole.update(hashlib.file_digest(opened, "sha256").digest())
        whole.update(b"\n")
    return whole.hexdigest()


def _cut_ranges(plain: OpenedFile, prefilter: Prefilter, lines: RecordLines, size: int) -> Iterator[ByteRange]:
    """Yields the records below the header in ranges of whole blocks; the lines of the header are added to `lines`."""
    with plain.path.open("rb") as file:
        try:
            source = ByteSource(file, plain.encoding)
            skip_records(source, plain.dialect, plain.skip, lines)
            start = source.place
            for _ in _read_blocks(source, plain, prefilter.blanks_are_missing):
                if source.place - start >= size:
                    yield ByteRange(start, source.place - start)
                    start = source.place
        except (UnicodeError, LookupError, csv.Error) as wrong:
            raise UnsuitedForPrefilter(str(wrong)) from wrong
        if source.place > start:
            yield ByteRange(start, source.place - start)


def _read_blocks(source: ByteSource, plain: OpenedFile, blanks_are_missing: bool) -> Iterator[Block]:
    return read_blocks(source, plain.dialect, skip=0, blanks_are_missing=blanks_are_missing, lines=RecordLines())


def _read_batches(file: RangedFile, part: ByteRange, plain: OpenedFile, prefilter: Prefilter) -> Iterator[Batch]:
    """Yields the records of a range as one process would read them: its blocks are those between which the file was cut."""
    with Path(file.path).open("rb") as opened:
        opened.seek(part.start)
        source = ByteSource(io.BytesIO(opened.read(part.size)), "utf-8")
    for block in _read_blocks(source, plain, prefilter.blanks_are_missing):
        yield read_batch(block, len(plain.fields), plain.dialect.delimiter)
