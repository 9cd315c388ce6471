"""What the next analysts' file may take from the one that is there."""

import os
from dataclasses import replace

import duckdb
import pytest

from support.contracts import contract_with
from support.stocks import EMPTY, FACILITY, NOW, rows, stock_at
from warehouse.analyst_file.database import BLOCK_BYTES, rebuild_database
from warehouse.analyst_file.previous_file import attach_previous
from warehouse.layout import Layout


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path)


def ask(layout, query):
    with duckdb.connect(str(layout.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def facts_of(layout):
    told = dict(ask(layout, "select name, value from meta.build"))
    return {name: told[name] for name in ("duckdb", "storage", "form")}


def build_next(layout, stock):
    """Builds the file again after an entry of the ledger, which changes nothing that is copied."""
    stock.ledger.append_entry("approval", now=NOW, actor="t", reason="seen", facts={})
    rebuild_database(layout, stock, NOW)


def test_only_a_dataset_that_changed_is_read_from_the_lake(layout, monkeypatch):
    stock, read = stock_at(layout.home), []
    rebuild_database(layout, stock, NOW)
    plain = stock.lake.current_rows_query
    monkeypatch.setattr(
        stock.lake,
        "current_rows_query",
        lambda contract, version: read.append(contract.name) or plain(contract, version),
    )
    before = ask(layout, "select * from facility order by id")
    build_next(layout, stock)
    assert (read, ask(layout, "select * from facility order by id")) == ([], before)
    stock.lake.replace_slices(FACILITY, rows("F9", department="210200"), {}, NOW)
    rebuild_database(layout, stock, NOW)
    assert (read, ask(layout, "select count(*) from facility")) == (["facility"], [(4,)])


def test_a_copied_table_has_its_comments(layout):
    stock = stock_at(layout.home)
    rebuild_database(layout, stock, NOW)
    query = "select table_name, column_name, comment from duckdb_columns() where not internal order by all"
    before = ask(layout, query)
    build_next(layout, stock)
    assert ask(layout, query) == before


STRUCTURE = (
    "select schema_name, table_name, sql, comment from duckdb_tables() order by all",
    "select view_name, sql, comment from duckdb_views() where not internal order by all",
    "select function_name, parameters, macro_definition, comment from duckdb_functions() where not internal order by all",
)


def test_views_and_macros_are_those_of_a_file_built_from_scratch(layout):
    stock = stock_at(layout.home)
    rebuild_database(layout, stock, NOW)
    before = [ask(layout, query) for query in STRUCTURE]
    build_next(layout, stock)
    assert [ask(layout, query) for query in STRUCTURE] == before


def test_a_damaged_block_of_the_file_before_does_not_stop_the_next(layout):
    stock = stock_at(layout.home)
    rebuild_database(layout, stock, NOW)
    before = ask(layout, "from facility order by all")
    blocks = ask(layout, "select block_id from pragma_storage_info('facility') where persistent and block_id >= 0")
    written = layout.warehouse.stat()
    with layout.warehouse.open("r+b") as file:
        # Three headers of 4096 bytes come before the first block.
        file.seek(3 * 4096 + blocks[0][0] * BLOCK_BYTES + 8)
        file.write(b"\xa5" * 64)
    # As a failing disk leaves it: the time of writing is that of the build.
    os.utime(layout.warehouse, ns=(written.st_atime_ns, written.st_mtime_ns))
    with pytest.raises(duckdb.Error, match="Corrupt"):
        ask(layout, "from facility")
    build_next(layout, stock)
    assert ask(layout, "from facility order by all") == before


def test_what_somebody_wrote_into_the_file_is_in_none_of_the_next(layout):
    stock = stock_at(layout.home)
    rebuild_database(layout, stock, NOW)
    before = [ask(layout, query) for query in STRUCTURE]
    with duckdb.connect(str(layout.warehouse)) as con:
        con.execute("create view mine as select 1 as a; create table ours (a int); drop view facility_labelled")
    build_next(layout, stock)
    assert [ask(layout, query) for query in STRUCTURE] == before


def test_a_changed_contract_has_its_table_built_again(layout):
    stock = stock_at(layout.home)
    rebuild_database(layout, stock, NOW)
    narrower = contract_with(["id", "seats:integer"], name="facility")
    rebuild_database(layout, replace(stock, contracts={"facility": narrower, "grant": EMPTY}), NOW)
    assert len(ask(layout, "describe facility")) == 4


@pytest.mark.parametrize("content", [None, b"", b"not a database"])
def test_a_file_that_is_not_ours_gives_nothing(layout, content):
    if content is not None:
        layout.warehouse.write_bytes(content)
    with duckdb.connect() as con:
        assert attach_previous(con, layout.warehouse, {}) == {}
        assert con.execute("select count(*) from duckdb_databases() where database_name = 'previous'").fetchone() == (
            0,
        )


def test_a_file_of_other_code_gives_nothing(layout):
    rebuild_database(layout, stock_at(layout.home), NOW)
    facts = facts_of(layout)
    with duckdb.connect() as con:
        assert attach_previous(con, layout.warehouse, {**facts, "form": "0"}) == {}
        assert set(attach_previous(con, layout.warehouse, facts)) == {"facility", "grant"}


def test_what_was_replaced_is_in_no_byte_of_the_next_file(layout):
    stock = stock_at(layout.home)
    stock.lake.replace_slices(FACILITY, rows("SECRET-NAME-1"), {}, NOW)
    rebuild_database(layout, stock, NOW)
    assert b"SECRET-NAME-1" in layout.warehouse.read_bytes()
    stock.lake.replace_slices(FACILITY, rows("F9"), {}, NOW)
    rebuild_database(layout, stock, NOW)
    assert b"SECRET-NAME-1" not in layout.warehouse.read_bytes()
