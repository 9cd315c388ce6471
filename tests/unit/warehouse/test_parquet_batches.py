"""Parquet files in batches."""

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.parquet_batches import find_encoded, read_batches


def test_rows_come_in_order_with_codes_as_dictionaries_and_no_batch_crosses_a_row_group(tmp_path):
    table = pa.table({"id": [f"F{n}" for n in range(10)], "kind": ["A", None] * 5, "n": range(10)})
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=6, use_dictionary=["kind"])
    batches = list(read_batches(tmp_path / "rows.parquet", 4))
    assert [batch.num_rows for batch in batches] == [4, 2, 4]
    assert pa.types.is_dictionary(batches[0].schema.field("kind").type)
    assert pa.types.is_string(batches[0].schema.field("id").type)
    assert [row for batch in batches for row in batch.to_pylist()] == table.to_pylist()
    assert next(read_batches(tmp_path / "rows.parquet", 4, ["n"])).schema.names == ["n"]


def test_an_empty_file_has_no_batches(tmp_path):
    pq.write_table(pa.table({"id": pa.array([], pa.string())}), tmp_path / "rows.parquet")
    assert list(read_batches(tmp_path / "rows.parquet", 4)) == []


def test_texts_of_which_most_differ_are_no_dictionary_though_the_file_begins_with_one(tmp_path):
    table = pa.table({"id": [f"{n:0100}" for n in range(12_000)], "kind": ["A"] * 12_000})
    pq.write_table(table, tmp_path / "rows.parquet")
    (batch,) = read_batches(tmp_path / "rows.parquet", 12_000)
    assert [pa.types.is_dictionary(field.type) for field in batch.schema] == [False, True]
    assert batch.to_pylist() == table.to_pylist()


def test_only_columns_that_are_dictionaries_in_every_file_are_so_throughout(tmp_path):
    table = pa.table({"kind": ["A", "B"], "name": ["x", "y"], "n": [1, 2]})
    files = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    pq.write_table(table, files[0], row_group_size=1)
    pq.write_table(table, files[1], use_dictionary=["kind"])
    assert find_encoded(files[:1], table.column_names) == {"kind", "name"}
    assert find_encoded(files, table.column_names) == {"kind"}
