"""`lake/_current`: a plain read of it counts every row once."""

from dataclasses import replace

import duckdb
import pyarrow.parquet as pq
import pytest

from schemas.slices import SliceKey
from support.stocks import EMPTY, FACILITY, NOW, rows, stock_at
from warehouse.analyst_file.database import rebuild_database
from warehouse.layout import Layout


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path)


@pytest.fixture
def stock(layout):
    return stock_at(layout.home)


def put(stock, period, *ids):
    key = SliceKey(dataset="facility", department="210100", period=period)
    stock.lake.replace_slices(FACILITY, {key: next(iter(rows(*ids).values()))}, {}, NOW)


def test_replaced_periods_count_once_although_the_delta_table_has_them_all(layout, stock):
    put(stock, "2027", "F1", "F2")
    rebuild_database(layout, stock, NOW)
    with duckdb.connect() as con:
        plain = con.execute(
            f"select count(*) from read_parquet('{layout.lake_folder('facility')}/department=*/*/*.parquet')"
        )
        assert plain.fetchone() == (5,)
        current = con.execute(f"select id, period from '{layout.current_file('facility')}' order by id")
        assert current.fetchall() == [("F1", "2027"), ("F2", "2027")]


def test_the_rule_of_the_documents_gives_the_same_rows(layout, stock):
    put(stock, "2027", "F1", "F2")
    rebuild_database(layout, stock, NOW)
    rule = "qualify period = max(period) over (partition by department)"
    with duckdb.connect() as con:
        parts = f"read_parquet('{layout.lake_folder('facility')}/department=*/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)"
        by_rule = con.execute(f"select id, period from (from {parts} {rule}) order by id").fetchall()
        assert (
            by_rule == con.execute(f"select id, period from '{layout.current_file('facility')}' order by id").fetchall()
        )


def test_it_has_the_public_columns_only_and_says_its_version(layout, stock):
    rebuild_database(layout, stock, NOW)
    schema = pq.read_schema(layout.current_file("facility"))
    assert schema.names == ["id", "kind", "opened", "opens", "seats", "department", "period"]
    assert (schema.metadata[b"lake_version"], str(schema.field("opens").type)) == (b"1", "string")


def test_only_the_file_of_a_changed_dataset_is_replaced(layout, stock):
    rebuild_database(layout, stock, NOW)
    before = {name: layout.current_file(name).stat().st_ino for name in ("facility", "grant")}
    stock.ledger.append_entry("approval", now=NOW, actor="t", reason="seen", facts={})
    assert rebuild_database(layout, stock, NOW).written
    assert {name: layout.current_file(name).stat().st_ino for name in before} == before
    put(stock, "2027", "F1")
    rebuild_database(layout, stock, NOW)
    now = {name: layout.current_file(name).stat().st_ino for name in before}
    assert (now["facility"] != before["facility"], now["grant"] == before["grant"]) == (True, True)


def test_a_file_that_somebody_deleted_is_made_again_by_the_next_build(layout, stock):
    rebuild_database(layout, stock, NOW)
    layout.current_file("facility").unlink()
    stock.ledger.append_entry("approval", now=NOW, actor="t", reason="seen", facts={})
    rebuild_database(layout, stock, NOW)
    assert pq.read_metadata(layout.current_file("facility")).num_rows == 3


def test_a_dataset_that_is_no_more_has_no_file(layout, stock):
    rebuild_database(layout, stock, NOW)
    rebuild_database(layout, replace(stock, contracts={"grant": EMPTY}), NOW)
    assert [path.name for path in layout.currents.iterdir()] == ["grant.parquet"]
