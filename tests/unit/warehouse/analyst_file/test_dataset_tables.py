"""A dataset's table: public fields, department and period, all described."""

from dataclasses import replace

import duckdb

from schemas.disclosure_rules import MaskRule
from support.stocks import FACILITY, NOW, stock_at
from warehouse.analyst_file.database import rebuild_database
from warehouse.analyst_file.dataset_tables import dataset_schema
from warehouse.layout import Layout


def ask(layout, query):
    with duckdb.connect(str(layout.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def test_the_columns_are_the_public_fields_and_the_slice_in_their_types(tmp_path):
    layout = Layout(tmp_path)
    assert rebuild_database(layout, stock_at(tmp_path), NOW).rows["facility"] == 3
    assert [(name, kind) for name, kind, *_ in ask(layout, "describe facility")] == [
        ("id", "VARCHAR"), ("kind", "VARCHAR"), ("opened", "DATE"), ("opens", "TIME"), ("seats", "BIGINT"),
        ("department", "VARCHAR"), ("period", "VARCHAR"),
    ]  # fmt: skip


def test_the_rows_are_those_that_the_lake_reads_in_its_order(tmp_path):
    stock, layout = stock_at(tmp_path), Layout(tmp_path)
    rebuild_database(layout, stock, NOW)
    read = stock.lake.read_current(FACILITY).select(dataset_schema(FACILITY).names)
    assert ask(layout, "from facility") == [tuple(row.values()) for row in read.to_pylist()]


def test_the_query_of_a_version_gives_the_rows_of_that_version(tmp_path):
    stock = stock_at(tmp_path)
    version = stock.lake.current_version(FACILITY)
    stock.lake.replace_slices(FACILITY, dict.fromkeys(stock.lake.count_slice_rows(FACILITY)), {}, NOW)
    for wanted, rows in ((version, 3), (None, 0)):
        found = duckdb.sql(stock.lake.current_rows_query(FACILITY, wanted)).to_arrow_table()
        assert (found.num_rows, found.schema.names) == (rows, stock.lake.read_current(FACILITY, wanted).schema.names)


def test_cells_that_the_contract_withholds_are_withheld_and_the_rest_is_the_same(tmp_path):
    rules = FACILITY.policy.disclosure.model_copy(update={"masked": (MaskRule(field="kind", keep=1),)})
    masked = FACILITY.model_copy(update={"policy": FACILITY.policy.model_copy(update={"disclosure": rules})})
    found = {}
    for name, contract in (("plain", FACILITY), ("masked", masked)):
        stock, layout = stock_at(tmp_path / name), Layout(tmp_path / name)
        rebuild_database(layout, replace(stock, contracts={**stock.contracts, "facility": contract}), NOW)
        found[name] = ask(layout, "select * exclude kind from facility"), ask(layout, "select kind from facility")
    assert found["plain"][0] == found["masked"][0]
    assert found["plain"][1] != found["masked"][1]
    assert all(set(kind[1:]) == {"*"} for (kind,) in found["masked"][1] if kind)


def test_every_column_is_described_in_both_languages():
    assert all(b" / " in field.metadata[b"comment"] for field in dataset_schema(FACILITY))
