"""A dataset's table: public fields, department and period, all described."""

from support.stocks import FACILITY, NOW, stock_at
from warehouse.dataset_tables import build_dataset_table, dataset_schema


def test_the_columns_are_the_public_fields_and_the_slice(tmp_path):
    stock = stock_at(tmp_path)
    table = build_dataset_table(stock.lake, FACILITY, None).table
    assert table.column_names == ["id", "kind", "opened", "opens", "seats", "department", "period"]
    assert table.num_rows == 3


def test_the_table_of_a_version_has_the_rows_of_that_version(tmp_path):
    stock = stock_at(tmp_path)
    version = stock.lake.current_version(FACILITY)
    stock.lake.replace_slices(FACILITY, dict.fromkeys(stock.lake.count_slice_rows(FACILITY)), {}, NOW)
    assert build_dataset_table(stock.lake, FACILITY, version).table.num_rows == 3
    assert build_dataset_table(stock.lake, FACILITY, None).table.num_rows == 0


def test_every_column_is_described_in_both_languages():
    assert all(b" / " in field.metadata[b"comment"] for field in dataset_schema(FACILITY))
