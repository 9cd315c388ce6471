"""Cells of a batch as texts, and neighbouring columns in groups."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from warehouse.canonical import to_canonical_text
from warehouse.releases.cell_texts import group_columns, spell_batch
from warehouse.releases.row_lines import write_csv_lines

KINDS = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def schema_of(kinds):
    return {"fields": [{"name": f"c{n}", "type": kind} for n, kind in enumerate(kinds)]}


def batch_of(columns, kinds):
    arrays = [pa.array(cells, KINDS[kind]) for cells, kind in zip(columns, kinds, strict=True)]
    return pa.record_batch(arrays, names=[f"c{n}" for n in range(len(arrays))])


def rows_of(column):
    return (column.texts if column.places is None else column.texts.take(column.places)).to_pylist()


def lines_of(groups, rows):
    return b"".join(write_csv_lines(groups, rows).join_rows())


@given(st.data())
def test_texts_are_those_of_the_whole_column_however_few_distinct_ones_there_are(data):
    kinds = data.draw(st.lists(st.sampled_from(["string", "integer", "number", "boolean"]), min_size=1, max_size=4))
    cells = {"string": st.text(max_size=3), "integer": st.integers(-3, 3), "number": st.sampled_from([0.5, 1e-7, 3.0, float("nan")]), "boolean": st.booleans()}  # fmt: skip
    rows = data.draw(st.integers(1, 40))
    columns = [data.draw(st.lists(st.none() | cells[kind], min_size=rows, max_size=rows)) for kind in kinds]
    batch, schema = batch_of(columns, kinds), schema_of(kinds)
    whole = to_canonical_text(pa.Table.from_batches([batch]), schema)
    encoded = pa.record_batch([c.dictionary_encode() if pa.types.is_string(c.type) else c for c in batch.columns], names=batch.schema.names)  # fmt: skip
    for one in (batch, encoded):
        spelt = spell_batch(one, schema)
        assert [rows_of(column) for column in spelt] == [column.to_pylist() for column in whole.columns]
        alone = group_columns(spelt, rows, [column.name for column in spelt])
        together = group_columns(spelt, rows, [])
        assert lines_of(together, rows) == lines_of(alone, rows)


def test_codes_and_their_labels_are_one_group_and_keys_are_groups_of_their_own():
    rows = 64
    batch = batch_of([[f"F{n}" for n in range(rows)], ["A", "B"] * 32, ["甲", "乙"] * 32, [None] * rows, [1.0] * rows], ["string", "string", "string", "string", "number"])  # fmt: skip
    groups = group_columns(spell_batch(batch, schema_of(["string"] * 4 + ["number"])), rows, ["c4"])
    assert [[column.name for column in group.columns] for group in groups] == [["c0"], ["c1", "c2", "c3"], ["c4"]]
    assert len(groups[1].columns[0].texts) == 2
