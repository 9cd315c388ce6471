"""Cells of a large table of a dataset in ranges of its rows, which an engine gives to other processes or machines.

Ranges are whole batches of `table.py`, so findings, their order and the typed batches are those of one pass. Rows go to a worker, and typed rows
come back, as files in a folder that all machines see. Keys take two passes: eight bytes a row and key come back, then the texts of those rows only whose
hash occurs twice are looked up in the table. Not here: other checks of the same rows (`pipelines/submissions/checks/ranged_checks.py`), ranges
of a file that is checked by a plain descriptor (`byte_ranges.py`).
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from quality.brief_findings import FindingCounter
from quality.conformance.buffers import Places, to_int64, to_numpy
from quality.conformance.cell_error import CellError, CellOverflow, PlacedError, error_order, list_placed
from quality.conformance.hashing import Hashes
from quality.conformance.keys import Key, KeyIndex, find_repeated_places
from quality.conformance.messages import Messages, labels_from_contract, place_finding, read_error_kind
from quality.conformance.prefilter import BatchResult, Prefilter
from quality.conformance.reader import batch_from_table
from quality.conformance.run import AHEAD, ROW, TypedSink, build_typed_batch
from quality.conformance.table import BATCH, ConformedCells, read_contract_fields
from quality.findings import Finding
from schemas.execution.ahead import map_ahead

if TYPE_CHECKING:
    from schemas.contract import Contract

RANGE = 16 << 20
"""Bytes of text of a range, at least: some ten batches' columns, half a second of work."""


class RowRange(NamedTuple):
    """Consecutive rows in a file: the texts of all fields, and `ROW` with the row numbers. `typed`: the file for their typed batches. Absolute paths."""

    path: str
    typed: str


class RowRangeResult(NamedTuple):
    """The findings in one range, by row number. `hashes`: for each key one hash per row."""

    errors: list[PlacedError]
    overflows: list[CellOverflow]
    hashes: Mapping[Key, Hashes]


def write_row_ranges(
    texts: pa.Table, rows: pa.Array, contract: "Contract", folder: Path, size: int | None = None
) -> Iterator[RowRange]:
    """Writes the rows into files of `folder`, at least `size` bytes of text each (`RANGE`), and yields them. OSError if the disk is full."""
    table = texts.select([field.name for field in contract.fields])
    place, held, most = 0, list[pa.RecordBatch](), size or RANGE
    for batch in table.to_batches(max_chunksize=BATCH):
        numbers = rows.slice(place, batch.num_rows).cast(pa.int64())
        held.append(batch.append_column(ROW, numbers))
        place += batch.num_rows
        if sum(one.nbytes for one in held) >= most:
            yield _write_range(held, folder, place)
            held = []
    if held:
        yield _write_range(held, folder, place)


def read_row_range(part: RowRange) -> list[pa.RecordBatch]:
    """Returns the batches of a range as views of its file. OSError if it is not there or may not be read."""
    return list(_list_batches(pa.ipc.open_file(pa.memory_map(part.path))))


def check_row_range(contract: "Contract", part: RowRange, batches: Sequence[pa.RecordBatch]) -> RowRangeResult:
    """Returns what is found in a range, and writes its typed batches."""
    errors, overflows, digests = list[PlacedError](), list[CellOverflow](), list[Mapping[Key, Hashes]]()
    with Prefilter(read_contract_fields(contract), contract.primary_key, typed=True, forgiving=True) as prefilter:

        def check(batch: pa.RecordBatch) -> tuple[Places, BatchResult]:
            numbers = to_numpy(batch.column(ROW))
            return numbers, prefilter.check_batch(batch_from_table(batch.drop_columns([ROW])))

        wanted = prefilter.keys.wanted if prefilter.keys else []
        with _open_typed(part, _typed_schema(prefilter)) as write:
            for numbers, judged in map_ahead(check, batches, AHEAD):
                errors += [(int(numbers[place]), fault) for place, fault in list_placed(judged.errors)]
                overflows += [one._replace(row=int(numbers[one.row])) for one in judged.overflows]
                if judged.digest:
                    digests.append(judged.digest.hashed)
                write(build_typed_batch(judged, numbers, prefilter))
    hashes = {key: np.concatenate([np.empty(0, np.uint64), *(one[key] for one in digests)]) for key in wanted}
    return RowRangeResult(errors, overflows, hashes)


def join_row_ranges(
    texts: pa.Table,
    rows: pa.Array,
    contract: "Contract",
    made: Iterable[tuple[RowRange, RowRangeResult]],
    typed: TypedSink,
    counter: FindingCounter | None = None,
) -> ConformedCells:
    """Returns what `conform` returns, from the results of all ranges in their order; `typed` receives the same batches."""
    messages, counted = Messages(labels_from_contract(contract)), counter or FindingCounter()

    def keep_made(errors: Iterable[PlacedError]) -> Iterator[PlacedError]:
        for row, fault in errors:
            if counted.is_made(read_error_kind(fault), row):
                yield row, fault

    placed, overflows = list[PlacedError](), list[CellOverflow]()
    hashes: dict[Key, list[Hashes]] = {}
    for part, found in made:
        placed += keep_made(found.errors)
        overflows += found.overflows
        for key, hashed in found.hashes.items():
            hashes.setdefault(key, []).append(hashed)
        with pa.OSFile(
            part.typed
        ) as file:  # read into memory, not mapped: the file is deleted before the table is released
            for batch in _list_batches(pa.ipc.open_file(file)):
                typed(batch)
    with Prefilter(read_contract_fields(contract), contract.primary_key, typed=True, forgiving=True) as prefilter:
        if prefilter.keys:
            placed += keep_made(_find_repeats(prefilter.keys, texts, to_numpy(rows.cast(pa.int64())), contract, hashes))
        schema = _typed_schema(prefilter)
    collected = sorted(((row, error_order(fault), fault) for row, fault in placed), key=itemgetter(0, 1))
    return ConformedCells(_place_findings(messages, collected), overflows, schema, counted.list_unlisted())


def _place_findings(messages: Messages, collected: Iterable[tuple[int, tuple[int, int], CellError]]) -> list[Finding]:
    return [place_finding(messages.describe_error(fault), row, None) for row, _, fault in collected]


def _find_repeats(
    keys: KeyIndex, texts: pa.Table, numbers: Places, contract: "Contract", hashes: Mapping[Key, Sequence[Hashes]]
) -> Iterator[PlacedError]:
    """Yields as `KeyIndex.find_repeats` does; only rows whose hash occurs twice are looked up."""
    for key in keys.wanted:
        places = find_repeated_places(np.concatenate([np.empty(0, np.uint64), *hashes.get(key, ())]))
        chosen = texts.select([contract.fields[column].name for column in key]).take(to_int64(places))
        cells = zip(*(column.to_pylist() for column in chosen.columns), strict=True)
        found = zip(numbers[places].tolist(), cells, strict=True)
        yield from keys.compare_rows(key, sorted(found, key=itemgetter(0)))


def _write_range(batches: Sequence[pa.RecordBatch], folder: Path, place: int) -> RowRange:
    path = folder.absolute() / f"{place:012}.rows"
    with pa.ipc.new_file(str(path), batches[0].schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return RowRange(str(path), str(path.with_suffix(".typed")))


@contextmanager
def _open_typed(part: RowRange, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Yields a function that adds typed batches to the file, which is renamed to its place when complete: two workers may check the same range at once."""
    target = Path(part.typed)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        with pa.ipc.new_file(file, schema) as writer:
            yield writer.write_batch
        file.flush()
        Path(file.name).rename(target)


def _list_batches(opened: pa.ipc.RecordBatchFileReader) -> Iterator[pa.RecordBatch]:
    return (opened.get_batch(at) for at in range(opened.num_record_batches))


def _typed_schema(prefilter: Prefilter) -> pa.Schema:
    """Returns the schema of the typed batches."""
    return pa.schema(list(zip([ROW, *prefilter.names], [pa.int64(), *prefilter.kept], strict=True)))
