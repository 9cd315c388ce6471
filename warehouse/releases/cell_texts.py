"""Cells of a batch of rows as texts; a column, or several columns together, with few distinct texts holds each of them only once.

Grain: one `CellTexts` per column of the batch, one `ColumnGroup` per run of neighbouring columns that are written as one piece. Most
columns of a release are codes and their labels, so a release is much cheaper if work is done once per distinct text instead of once per
row. Not here: the spelling of values (`warehouse/canonical.py`), what CSV and GeoJSON make of the texts (`row_lines.py`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.canonical import spell_column

MOST_DISTINCT_SHARE = 4
"""A column has few distinct cells if there are at least this many rows for each."""
_MOST_COMBINATIONS = 1 << 30


class RowTexts(NamedTuple):
    """One text for each row: the one at the row's index in `places` (int32, no nulls) among `texts`; without `places`, `texts` row by row."""

    texts: pa.StringArray
    places: pa.Int32Array | None

    def take_rows(self, first: int, rows: int) -> pa.StringArray:
        """Returns the texts of at most so many rows, from the row `first` on."""
        if self.places is None:
            return self.texts.slice(first, rows)
        return self.texts.take(self.places.slice(first, rows))


class CellTexts(NamedTuple):
    """The canonical texts of one column: `texts`, and in `places` for each row the index among them; without `places`, `texts` row by row.

    A null is an element of `texts` like any other; `places` (int32) has no nulls. `kind`: the type of the values.
    """

    name: str
    kind: pa.DataType
    texts: pa.StringArray
    places: pa.Int32Array | None

    def write_rows(self, write: Callable[["CellTexts"], pa.StringArray]) -> pa.StringArray:
        """Calls `write` once for all distinct texts, and returns its result for each row."""
        written = write(self)
        return written if self.places is None else written.take(self.places)


class ColumnGroup(NamedTuple):
    """Neighbouring columns of which only few combinations of texts occur.

    `columns`: the columns with one row for each combination. `places`: for each row of the batch the index of its combination. A column
    with many distinct texts is a group of its own, without `places`.
    """

    columns: tuple[CellTexts, ...]
    places: pa.Int32Array | None

    def write_rows(self, write: Callable[[Sequence[CellTexts]], pa.StringArray]) -> RowTexts:
        """Calls `write` once for all combinations, and returns its result for each row."""
        return RowTexts(write(self.columns), self.places)


def spell_batch(batch: pa.RecordBatch, schema: Mapping[str, Any]) -> list[CellTexts]:
    """Returns the columns of the schema's fields, in their order, in canonical spelling."""
    return [_spell_cells(field, batch.column(field["name"])) for field in schema["fields"]]


def group_columns(columns: Iterable[CellTexts], rows: int, apart: Collection[str]) -> list[ColumnGroup]:
    """Groups the columns in their order: neighbours share a group as long as few combinations of their texts occur.

    `rows`: number of rows of the batch. `apart`: names of columns that are groups of their own.
    """
    groups: list[_GrowingGroup] = []
    for column in columns:
        alone = not groups or bool({column.name, groups[-1].links[0].column.name} & {*apart})
        if alone or not groups[-1].add_column(column, rows):
            groups.append(_GrowingGroup([_Link(column, None, None)], column.places, len(column.texts)))
    return [ColumnGroup(tuple(group.list_columns()), group.places) for group in groups]


class _Link(NamedTuple):
    """A column that joined a group: for each new combination the index among the texts of the column, and among the group's combinations before."""

    column: CellTexts
    texts: pa.Int32Array | None
    before: pa.Int32Array | None


@dataclass
class _GrowingGroup:
    """A group to which columns are added; its combinations are computed only once, when it is complete."""

    links: list[_Link]
    places: pa.Int32Array | None
    combinations: int

    def add_column(self, column: CellTexts, rows: int) -> bool:
        """Adds a column, unless it or the group has no `places`, or there would be too many combinations; returns whether it was added."""
        width = len(column.texts)
        if self.places is None or column.places is None or self.combinations * width > _MOST_COMBINATIONS:
            return False
        wide = pa.scalar(width, pa.int32())
        combined = pc.add(pc.multiply(self.places, wide), column.places).dictionary_encode()
        if len(combined.dictionary) * MOST_DISTINCT_SHARE > rows:
            return False
        before = pc.divide(combined.dictionary, wide)
        texts = pc.subtract(combined.dictionary, pc.multiply(before, wide))
        self.links.append(_Link(column, texts, before))
        self.places, self.combinations = combined.indices, len(combined.dictionary)
        return True

    def list_columns(self) -> list[CellTexts]:
        """Returns the columns with a row for each combination."""
        found, back = list[CellTexts](), None
        for link in reversed(self.links):
            at = back if link.texts is None else link.texts if back is None else link.texts.take(back)
            found.append(link.column._replace(places=at))
            if link.before is not None:
                back = link.before if back is None else link.before.take(back)
        return found[::-1]


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
