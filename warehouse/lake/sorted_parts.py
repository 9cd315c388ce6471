"""The standing rows of a dataset in the order of a release, in batches: by primary key, then by every other column; nulls last.

Parts are sorted when they are written. Parts whose key ranges do not overlap (as when keys begin with the code of a city) are read one
after the other. Only parts that overlap, or are not sorted by the contract's present key, are sorted again by DuckDB, which spills to
disk. Not here: which parts stand (`lake.py`), writing parts (`parts.py`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.contract import SLICE_COLUMNS, Contract
from schemas.execution.key_order import keys_rise
from warehouse import sql
from warehouse.lake.parts import delta_schema, from_delta_column, read_batches_sql
from warehouse.parquet_batches import read_batches
from warehouse.released_columns import released_arrow_schema

BATCH = 7_680
"""Rows of a batch; sixteen are a row group."""
_MEMORY = "300MB"
_KEYS_READ = 1 << 17
_Key: TypeAlias = tuple[Any, ...]


class StandingPart(NamedTuple):
    """A part with the slice that it holds."""

    file: Path
    department: str
    period: str


class _Run(NamedTuple):
    """Parts that are sorted together, and the first and last key of their rows; None if they are not in order."""

    parts: tuple[StandingPart, ...]
    keys: tuple[_Key, _Key] | None


def read_sorted(parts: Sequence[StandingPart], contract: Contract, spill: Path) -> Iterator[pa.Table]:
    """Yields the public columns, department and period of all rows, in order. Texts may be dictionaries.

    Fields that a part lacks are null. Equal rows follow each other.
    """
    schema = released_arrow_schema(contract)
    for run in _plan_runs(parts, contract):
        if run.keys is not None and len(run.parts) == 1:
            yield from _read_part(run.parts[0], schema)
        else:
            yield from _sort_parts(run.parts, contract, schema, spill)


def _plan_runs(parts: Sequence[StandingPart], contract: Contract) -> list[_Run]:
    """Returns the parts in the order of their keys, overlapping parts in one run; all parts in one run if one of them is not in order."""
    found = [_Run((part,), _find_keys(part.file, contract)) for part in parts]
    if any(run.keys is None for run in found):
        return [_Run(tuple(parts), None)]
    runs: list[_Run] = []
    for run in sorted((run for run in found if run.keys), key=lambda run: run.keys or ((), ())):
        last = runs[-1] if runs else None
        if last and last.keys and run.keys and run.keys[0] <= last.keys[1]:
            runs[-1] = _Run((*last.parts, *run.parts), (last.keys[0], max(last.keys[1], run.keys[1])))
        else:
            runs.append(run)
    return runs


def _find_keys(file: Path, contract: Contract) -> tuple[_Key, _Key] | None:
    """Returns the first and the last key of a part if its keys rise strictly and it needs no sorting; otherwise None."""
    key, public = contract.primary_key, {field.name for field in contract.public_fields()}
    with pq.ParquetFile(file) as parquet:
        there, known = parquet.schema_arrow, delta_schema(contract)
        same = all(field.type == known.field(field.name).type for field in there if field.name in public)
        if not key or not {*key} <= public & {*there.names} or not same or not parquet.metadata.num_rows:
            return None
        first = last = None
        for batch in parquet.iter_batches(_KEYS_READ, columns=list(key)):
            columns = [batch.column(name) for name in key]
            ends = [tuple(column[at].as_py() for column in columns) for at in (0, -1)]
            if any(column.null_count for column in columns) or not keys_rise(columns):
                return None
            if last is not None and not last < ends[0]:
                return None
            first, last = first or ends[0], ends[1]
    return (first, last) if first is not None and last is not None else None


def _read_part(part: StandingPart, schema: pa.Schema) -> Iterator[pa.Table]:
    slice_ = dict(zip(SLICE_COLUMNS, (part.department, part.period), strict=True))
    with pq.ParquetFile(part.file) as parquet:
        there = parquet.schema_arrow
    names = [name for name in schema.names if name in there.names]
    for batch in read_batches(part.file, BATCH, names):
        columns = [
            _repeat(slice_[field.name], batch.num_rows)
            if field.name in slice_
            else from_delta_column(pa.chunked_array([batch.column(field.name)]), field)
            if field.name in names
            else pa.chunked_array([pa.nulls(batch.num_rows, field.type)])
            for field in schema
        ]
        yield pa.table(columns, names=schema.names)


def _repeat(text: str, rows: int) -> pa.ChunkedArray:
    places = pa.repeat(pa.scalar(0, pa.int32()), rows)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, pa.array([text], pa.string()))])


def _sort_parts(
    parts: Sequence[StandingPart], contract: Contract, schema: pa.Schema, spill: Path
) -> Iterator[pa.Table]:
    key = [name for name in contract.primary_key if name in schema.names]
    order = [*key, *(name for name in schema.names if name not in key)]
    with sql.open_connection(spill, _MEMORY) as con:
        for batch in read_batches_sql(con, [part.file for part in parts], contract, schema, order, BATCH):
            columns = [from_delta_column(pa.chunked_array([batch.column(f.name)]), f) for f in schema]
            yield pa.table(columns, names=schema.names)
