"""warehouse.duckdb: everything an analyst needs in one file, made again only when something changed."""

import threading

import duckdb
import pytest

from support.stocks import FACILITY, NOW, rows, stock_at
from warehouse.analyst_file.database import rebuild_database
from warehouse.layout import Layout


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path / "数据")


def ask(layout, query):
    with duckdb.connect(str(layout.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def test_current_rows_with_department_and_period_and_no_protected_field(layout):
    built = rebuild_database(layout, stock_at(layout.home), NOW)
    assert (dict(built.rows), built.written, built.path) == ({"facility": 3, "grant": 0}, True, layout.warehouse)
    assert ask(layout, "select column_name, data_type from duckdb_columns() where table_name = 'facility'") == [
        ("id", "VARCHAR"), ("kind", "VARCHAR"), ("opened", "DATE"), ("opens", "TIME"), ("seats", "BIGINT"),
        ("department", "VARCHAR"), ("period", "VARCHAR"),
    ]  # fmt: skip
    assert ask(layout, "select id, department, period from facility order by id")[0] == ("F1", "210100", "2026")
    assert b"13800000000" not in layout.warehouse.read_bytes()


def test_every_table_and_column_has_a_comment_in_both_languages(layout):
    rebuild_database(layout, stock_at(layout.home), NOW)
    said = ask(layout, "select comment from duckdb_tables() union all select comment from duckdb_columns() where not internal")  # fmt: skip
    assert len(said) > 60
    assert all(comment and " / " in comment for (comment,) in said)
    assert ask(layout, "select comment from duckdb_columns() where table_name = 'facility' and column_name = 'kind'") == [
        ("类型：场地类型 / Kind: kind of facility [codelist.kind]",)
    ]  # fmt: skip


def test_code_lists_and_departments_join_to_the_rows(layout):
    rebuild_database(layout, stock_at(layout.home), NOW)
    query = """
        select f.id, k.zh, d.zh from facility f
        join codelist.kind k on k.code = f.kind join department d on d.code = f.department order by 1 limit 1
    """
    assert ask(layout, query) == [("F1", "甲", "沈阳市体育局")]


def test_meta_tells_datasets_fields_releases_submissions_freshness(layout):
    rebuild_database(layout, stock_at(layout.home), NOW)
    assert ask(layout, "select name, rows, lake_version from meta.dataset order by 1") == [("facility", 3, 1), ("grant", 0, None)]  # fmt: skip
    assert ask(layout, "select name, title_zh, codelist from meta.field where dataset = 'facility' and position = 2") == [("kind", "类型", "kind")]  # fmt: skip
    assert ask(layout, "select dataset, number, rows, released_at from meta.release") == [("facility", "2026.11.1", 3, NOW.replace(tzinfo=None))]  # fmt: skip
    assert ask(layout, "select number, outcome, accepted, landed_version from meta.submission order by 1") == [
        ("S-1", "accept", 3, 1),
        ("S-2", "refused", 0, None),
    ]
    assert ask(layout, "select dataset, department, newest_period from meta.freshness") == [("facility", "210100", "2026")]  # fmt: skip


def test_nothing_is_written_when_nothing_changed(layout):
    stock = stock_at(layout.home)
    first = rebuild_database(layout, stock, NOW)
    before = layout.warehouse.stat()
    again = rebuild_database(layout, stock, NOW.replace(hour=23))
    assert (again.written, again.rows) == (False, first.rows)
    assert (layout.warehouse.stat().st_mtime_ns, layout.warehouse.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_change_of_lake_or_ledger_makes_it_anew(layout):
    stock = stock_at(layout.home)
    rebuild_database(layout, stock, NOW)
    stock.lake.replace_slices(FACILITY, rows("F9", department="210200"), {}, NOW)
    assert rebuild_database(layout, stock, NOW).rows["facility"] == 4
    stock.ledger.append_entry("approval", now=NOW, actor="t", reason="seen", facts={})
    assert rebuild_database(layout, stock, NOW).written


def test_a_reader_of_the_old_file_is_not_locked_out_and_not_disturbed(layout):
    stock = stock_at(layout.home)
    rebuild_database(layout, stock, NOW)
    with duckdb.connect(str(layout.warehouse), read_only=True) as reader:
        stock.lake.replace_slices(FACILITY, rows("F9"), {}, NOW)
        assert rebuild_database(layout, stock, NOW).written
        assert reader.execute("select count(*) from facility").fetchall() == [(3,)]
    assert ask(layout, "select count(*) from facility") == [(1,)]


def test_small_tables_take_small_blocks(layout):
    """A quarter of DuckDB's own: the columns of a hundred small tables make the size of the file."""
    rebuild_database(layout, stock_at(layout.home), NOW)
    assert ask(layout, "select block_size from pragma_database_size()") == [(65_536,)]


@pytest.mark.parametrize("rubbish", [b"", b"not a database", b"\0" * 20000])
def test_a_file_that_is_not_ours_is_replaced(layout, rubbish):
    stock = stock_at(layout.home)
    layout.warehouse.write_bytes(rubbish)
    assert rebuild_database(layout, stock, NOW).written
    assert ask(layout, "select count(*) from facility") == [(3,)]


def test_what_a_killed_build_left_is_not_built_upon(layout):
    stock = stock_at(layout.home)
    left = layout.home / ".warehouse.part"
    with duckdb.connect(config={"checkpoint_threshold": "1GB"}) as con:
        con.execute(f"attach '{left}' as part (storage_version 'v1.0.0')")
        con.execute("create table part.stray as select 1 as a")
        torn = {path.name: path.read_bytes() for path in layout.home.glob(".warehouse.part*")}
    assert set(torn) == {".warehouse.part", ".warehouse.part.wal"}
    for name, content in torn.items():
        (layout.home / name).write_bytes(content)
    rebuild_database(layout, stock, NOW)
    assert ask(layout, "select count(*) from duckdb_tables() where table_name = 'stray'") == [(0,)]
    assert not list(layout.home.glob(".warehouse.part*"))


def test_two_builders_at_once_build_one_after_the_other(layout):
    stock = stock_at(layout.home)
    built = []
    builders = [
        threading.Thread(target=lambda: built.append(rebuild_database(layout, stock, NOW).written)) for _ in range(3)
    ]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert sorted(built) == [False, False, True]
