"""Tables in files: the same rows as in memory, whatever was let go; nothing of them is left behind."""

import gc
import tempfile

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.execution import spilled_table
from schemas.execution.spilled_table import TableSpill, drop_resident_pages, filter_table, list_columns, list_slices

SCHEMA = pa.schema([("name", pa.string()), ("area", pa.float64())])
ROWS = st.lists(st.tuples(st.none() | st.text(max_size=5), st.none() | st.floats(allow_nan=False)), max_size=20)


def batch_of(rows):
    return pa.RecordBatch.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)


def spill(batches, spill_from):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spilled_table, "SPILL_FROM", spill_from)
        collected = TableSpill(SCHEMA)
    for batch in batches:
        collected.add_batch(batch)
    return collected.finish_table()


@given(st.lists(ROWS, max_size=4), st.sampled_from([0, 50, 10**6]))
def test_a_table_in_a_file_has_the_rows_of_one_in_memory(parts, spill_from):
    batches = [batch_of(rows) for rows in parts]
    table = spill(batches, spill_from)
    drop_resident_pages()
    assert table.equals(pa.Table.from_batches(batches, SCHEMA))


def test_no_file_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    table = spill([batch_of([("体育馆", 1.5)])], 0)
    assert list(tmp_path.iterdir()) == []
    assert table.num_rows == 1


def test_the_memory_of_a_table_that_is_gone_is_not_kept():
    before = len(spilled_table._MAPS)
    table = spill([batch_of([("体育馆", 1.5)])], 0)
    assert len(spilled_table._MAPS) == before + 1
    del table
    gc.collect()
    assert len(spilled_table._MAPS) == before


@given(ROWS, st.data())
def test_filtering_gives_the_rows_of_arrows_filter(rows, data):
    table = pa.Table.from_batches([batch_of(rows[:7]), batch_of(rows[7:])], SCHEMA)
    keep = pa.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), pa.bool_())
    assert filter_table(table, keep).equals(table.filter(keep))


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_slices_and_columns_make_up_the_table(rows, monkeypatch):
    monkeypatch.setattr(spilled_table, "SLICE_ROWS", 2)
    table = spill([batch_of([(f"n{at}", float(at)) for at in range(rows)])], 0)
    assert pa.concat_tables(list_slices(table)).equals(table)
    assert [column.to_pylist() for column in list_columns(table)] == [column.to_pylist() for column in table.columns]
