import sqlite3

import duckdb

from catalog.dataset_page import preview_columns
from catalog.entry import build_entry
from catalog.table.sample_query import FIRST_COLUMNS, LINES, sample_query
from support.frozen_facility import CONTRACT, SLICES, folder_of, frozen
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release
from warehouse.layout import Layout


def query_of(entry, lang="zh"):
    return sample_query(entry.dataset, preview_columns(entry.dictionary, lang), entry.dictionary)


def test_rows_are_counted_by_the_names_of_the_first_codes_in_the_language_of_the_page(tmp_path):
    layout = Layout(tmp_path)
    folder = folder_of(layout, frozen(layout, slices=[{**one, "department": "shenyang"} for one in SLICES]))
    entry = build_entry(CONTRACT, folder, DEPARTMENTS)
    assert '"kind_name"' in query_of(entry)
    assert '"kind_name_en"' in query_of(entry, "en")


def test_without_codes_the_first_rows_are_shown(tmp_path):
    contract = facility_contract()
    query = query_of(build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS))
    assert query.splitlines() == ['select "facility_id", "name", "area_m2", "lon"', 'from "facility"', f"limit {LINES}"]
    assert query.count(",") == FIRST_COLUMNS - 1


def test_sqlite_and_duckdb_answer_the_same(tmp_path):
    layout = Layout(tmp_path)
    folder = folder_of(layout, frozen(layout, slices=[{**one, "department": "shenyang"} for one in SLICES]))
    query = query_of(build_entry(CONTRACT, folder, DEPARTMENTS))
    with duckdb.connect() as duck, sqlite3.connect(":memory:") as lite:
        duck.execute(f"create table facility as from '{folder / 'facility.parquet'}'")
        rows = duck.execute("select kind_name from facility").fetchall()
        lite.execute("create table facility (kind_name)")
        lite.executemany("insert into facility values (?)", rows)
        assert sorted(duck.execute(query).fetchall(), key=str) == sorted(lite.execute(query).fetchall(), key=str)
    lite.close()
