"""The rows of a possible release in one Parquet file, as they would be released, and counts that are made while it is written.

Grain: a row of the release, in canonical order, with its label columns. Only the rows of one row group are in memory. The same rows give
the same bytes, however they are cut into batches. Not here: which rows (`pipelines/candidate_rows.py`), the other formats
(`row_files.py`), the other files of a release (`freezing.py`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.codelists import CodeList
from schemas.contract import SLICE_COLUMNS, Contract
from schemas.departments import Department
from schemas.execution.ahead import map_ahead
from schemas.frozen_model import FrozenModel
from schemas.label_columns import is_derived, is_label
from warehouse.canonical import CellBytes, RowDigest, view_cells
from warehouse.distributions import ROW_GROUP, open_parquet
from warehouse.released_columns import released_arrow_schema
from warehouse.releases.cell_texts import CellTexts, spell_batch
from warehouse.releases.hashed_files import FileSum, MeasuredFolder
from warehouse.releases.label_columns import build_release_schema, build_release_table
from warehouse.releases.package import select_public_codelists

_Found = TypeVar("_Found")


class RowSearch(Protocol[_Found]):
    """A search of the rows while they are written, batch by batch: `scan_part` runs in threads, `add_part` in the order of the batches."""

    def scan_part(self, table: pa.Table) -> _Found:
        """Searches some rows and returns what was found; changes no state."""
        ...

    def add_part(self, part: _Found) -> None:
        """Adds what was found in the next rows."""
        ...


class CountedRows(FrozenModel):
    """Counts that spare reading the rows: their number, filled cells by field, digest, and the file's size and hash.

    `labels`: the labels that occur, by label column. `slices`: number of rows by department and period. `longest_text`: in characters.
    """

    rows: int
    filled: Mapping[str, int]
    labels: Mapping[str, Sequence[str]]
    slices: Mapping[str, Mapping[str, int]]
    longest_text: int
    content_hash: str
    file: FileSum


class ReleaseRows(NamedTuple):
    """The file, and what was counted."""

    parquet: Path
    counted: CountedRows

    def read_columns(self, names: Sequence[str], most: int | None = None) -> pa.Table:
        """Returns some columns of all rows, or of the first `most`."""
        with pq.ParquetFile(self.parquet) as file:
            if most is None:
                return file.read(list(names))
            first = next(file.iter_batches(most, columns=list(names)), None)
            return pa.Table.from_batches(
                [first] if first else [], file.schema_arrow.empty_table().select(list(names)).schema
            )


class _BatchFacts(NamedTuple):
    """One batch in its released form, the bytes of it that are hashed, and its counts."""

    rows: pa.Table
    cells: Sequence[CellBytes]
    labels: Mapping[str, set[str]]
    slices: Mapping[tuple[str, str], int]
    longest_text: int


def write_release_rows(
    batches: Iterable[pa.Table],
    parquet: Path,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    departments: Mapping[str, Department],
    search: RowSearch[_Found] | None = None,
) -> ReleaseRows:
    """Writes the rows, with the public columns and those of the slice, as the Parquet file of a release.

    `batches`: in canonical order; texts may be dictionary-encoded. `search` gets every batch, without labels. KeyError if a public field,
    `department` or `period` is missing.
    """
    lists = select_public_codelists(contract, codelists)
    schema = build_release_schema(contract, lists)
    digest, counter = RowDigest(schema), _RowCounter(schema)

    def describe(batch: pa.Table) -> tuple[_BatchFacts, _Found | None]:
        found = search.scan_part(batch) if search else None
        return _describe_batch(build_release_table(batch, contract, lists, departments), schema), found

    def take_in() -> Iterator[pa.Table]:
        for facts, found in map_ahead(describe, batches):
            counter.add_batch(facts)
            if search and found is not None:
                search.add_part(found)
            for place, cells in enumerate(facts.cells):
                digest.add_cells(place, cells)
            yield facts.rows

    empty = build_release_table(released_arrow_schema(contract).empty_table(), contract, lists, departments)
    with open_parquet(parquet, empty.schema, describe_file(contract)) as writer:
        for group in cut_groups(take_in()):
            writer.write_table(_decode(group, writer.schema), row_group_size=ROW_GROUP)
    measured = MeasuredFolder(parquet.parent, {}).measure_file(parquet.name)
    return ReleaseRows(parquet, counter.count_rows(digest.read_digest(), measured))


def describe_file(contract: Contract) -> dict[str, str]:
    """Returns the metadata of a file with the rows."""
    return {"title": f"{contract.title.zh} / {contract.title.en}", "contract": f"{contract.name} {contract.version}"}


def _describe_batch(rows: pa.Table, schema: Mapping[str, Any]) -> _BatchFacts:
    batch = pa.RecordBatch.from_arrays([_one_chunk(column) for column in rows.columns], names=rows.column_names)
    columns = spell_batch(batch, schema)
    labels = {field["name"] for field in schema["fields"] if is_label(field)}
    return _BatchFacts(
        rows,
        [view_cells(one.texts, one.places) for one in columns],
        {one.name: _list_distinct(one) for one in columns if one.name in labels},
        _count_slices(rows),
        max((_measure_longest(one) for one in columns if pa.types.is_string(one.kind)), default=0),
    )


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _list_distinct(column: CellTexts) -> set[str]:
    texts = column.texts if column.places is None else column.texts.take(pc.unique(column.places))
    return {text for text in pc.unique(texts).to_pylist() if text is not None}


def _measure_longest(column: CellTexts) -> int:
    lengths = pc.utf8_length(column.texts)
    return pc.max(lengths if column.places is None else lengths.take(column.places)).as_py() or 0


def _count_slices(rows: pa.Table) -> dict[tuple[str, str], int]:
    names = pa.table({name: rows.column(name).cast(pa.string()) for name in SLICE_COLUMNS})
    counts = names.group_by(list(SLICE_COLUMNS)).aggregate([([], "count_all")]).to_pylist()
    return {(one["department"], one["period"]): one["count_all"] for one in counts}


class _RowCounter:
    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._filled = dict.fromkeys((field["name"] for field in schema["fields"] if not is_derived(field)), 0)
        self._labels = {field["name"]: set[str]() for field in schema["fields"] if is_label(field)}
        self._slices: Counter[tuple[str, str]] = Counter()
        self._rows = self._longest = 0

    def add_batch(self, facts: _BatchFacts) -> None:
        self._rows += facts.rows.num_rows
        self._longest = max(self._longest, facts.longest_text)
        self._slices.update(facts.slices)
        for name in self._filled:
            self._filled[name] += facts.rows.num_rows - facts.rows.column(name).null_count
        for name, found in facts.labels.items():
            self._labels[name] |= found

    def count_rows(self, digest: str, file: FileSum) -> CountedRows:
        slices: dict[str, dict[str, int]] = {}
        for (department, period), rows in sorted(self._slices.items()):
            slices.setdefault(department, {})[period] = rows
        return CountedRows(
            rows=self._rows,
            filled=self._filled,
            labels={name: sorted(found) for name, found in self._labels.items()},
            slices=slices,
            longest_text=self._longest,
            content_hash=digest,
            file=file,
        )


def cut_groups(tables: Iterable[pa.Table]) -> Iterator[list[pa.Table]]:
    """Yields the rows in row groups, each in parts; the last one may be smaller."""
    waiting, rows = list[pa.Table](), 0
    for table in tables:
        while rows + table.num_rows >= ROW_GROUP:
            head, table = table.slice(0, ROW_GROUP - rows), table.slice(ROW_GROUP - rows)  # noqa: PLW2901
            yield [*waiting, head]
            waiting, rows = [], 0
        if table.num_rows:
            waiting, rows = [*waiting, table], rows + table.num_rows
    if waiting:
        yield waiting


def _decode(parts: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Returns the parts as one table of that schema, with dictionaries decoded to texts and each column in one chunk."""
    columns = [
        pa.chunked_array(
            [chunk.cast(field.type) for part in parts for chunk in part.column(field.name).chunks], field.type
        ).combine_chunks()
        for field in schema
    ]
    return pa.table(columns, schema=schema)
