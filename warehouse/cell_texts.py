"""Cells of a batch of rows as texts, each distinct text once where a column, or some columns together, have few of them.

Grain: one `CellTexts` per column of the batch, one `ColumnGroup` per run of neighbouring columns that is written as one piece. Most
columns of a release are codes and their labels: what is done once a distinct text instead of once a row decides what a release costs.
Not here: the spelling of values (`canonical.py`), what CSV and GeoJSON make of the texts (`row_lines.py`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.canonical import spell_column

MOST_DISTINCT_SHARE = 4
"""A column has few distinct cells if there are at least this many rows for each."""
_MOST_COMBINATIONS = 1 << 30


class CellTexts(NamedTuple):
    """The canonical texts of one column: `texts` and for each row its place among them; without `places` one text a row.

    Null is a text like others and stands in `texts`; `places` (int32) has no nulls. `kind` is the type of the values.
    """

    name: str
    kind: pa.DataType
    texts: pa.StringArray
    places: pa.Int32Array | None


class ColumnGroup(NamedTuple):
    """Neighbouring columns of which only few combinations occur: the texts of each combination, and its place for each row.

    A column with many distinct texts is a group of its own, without `places`.
    """

    columns: tuple[CellTexts, ...]
    places: pa.Int32Array | None

    def write_rows(self, write: Callable[[Sequence[CellTexts]], pa.StringArray]) -> pa.StringArray:
        """Return for each row what `write` makes of the texts of its combination."""
        written = write(self.columns)
        return written if self.places is None else written.take(self.places)


def spell_batch(batch: pa.RecordBatch, schema: Mapping[str, Any]) -> list[CellTexts]:
    """Return the columns of the schema's fields, in their order, in canonical spelling."""
    return [_spell_cells(field, batch.column(field["name"])) for field in schema["fields"]]


def group_columns(columns: Iterable[CellTexts], rows: int, apart: Collection[str]) -> list[ColumnGroup]:
    """Return the columns in their order, neighbours in one group while the rows have few combinations of them.

    Those named in `apart` are groups of their own.
    """
    groups: list[ColumnGroup] = []
    for column in columns:
        own = ColumnGroup((column,), column.places)
        alone = not groups or bool({column.name, groups[-1].columns[0].name} & {*apart})
        joined = None if alone else _join_groups(groups[-1], own, rows)
        if joined is None:
            groups.append(own)
        else:
            groups[-1] = joined
    return [_unplace(group) if group.places is not None and len(group.columns) == 1 else group for group in groups]


def _unplace(group: ColumnGroup) -> ColumnGroup:
    """Return a group of one column with its texts as combinations, the places on the group alone."""
    return ColumnGroup((group.columns[0]._replace(places=None),), group.places)


def _spell_cells(field: Mapping[str, Any], cells: pa.Array) -> CellTexts:
    kind = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
    encoded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
    if len(encoded.dictionary) * MOST_DISTINCT_SHARE > len(cells):
        plain = cells.cast(kind) if pa.types.is_dictionary(cells.type) else cells
        return CellTexts(field["name"], kind, _spell(plain, field["type"]), None)
    texts = _spell(encoded.dictionary, field["type"])
    places = encoded.indices.cast(pa.int32())
    if places.null_count:
        places = pc.fill_null(places, len(texts))
        texts = pa.concat_arrays([texts, pa.nulls(1, pa.string())])
    return CellTexts(field["name"], kind, texts, places)


def _spell(cells: pa.Array, kind: str) -> pa.StringArray:
    return spell_column(pa.chunked_array([cells]), kind).combine_chunks()


def _join_groups(one: ColumnGroup, other: ColumnGroup, rows: int) -> ColumnGroup | None:
    """Return both as one group; None if either has no places, or there are too many combinations."""
    if one.places is None or other.places is None:
        return None
    width = len(other.columns[0].texts)
    if len(one.columns[0].texts) * width > _MOST_COMBINATIONS:
        return None
    combined = pc.add(pc.multiply(one.places, pa.scalar(width, pa.int32())), other.places).dictionary_encode()
    if len(combined.dictionary) * MOST_DISTINCT_SHARE > rows:
        return None
    first = pc.divide(combined.dictionary, width)
    second = pc.subtract(combined.dictionary, pc.multiply(first, pa.scalar(width, pa.int32())))
    columns = [
        column._replace(texts=column.texts.take(places), places=None)
        for group, places in ((one, first), (other, second))
        for column in group.columns
    ]
    return ColumnGroup(tuple(columns), combined.indices.cast(pa.int32()))
