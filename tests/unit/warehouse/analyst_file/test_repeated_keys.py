"""`repeated_key`: what two departments both claim is told, with who does, for a table has its row twice."""

import duckdb

from support.contracts import contract_with
from support.stocks import NOW, stock_at
from warehouse.analyst_file.database import rebuild_database
from warehouse.analyst_file.repeated_keys import build_repeated_keys
from warehouse.layout import Layout

PLACES = contract_with(["id", "name"], name="place")
VISITS = contract_with(["year:year", "id", "n:integer"], name="visit", primary_key=["year", "id"])


def test_a_key_of_two_hand_ins_is_told_once_with_both():
    with duckdb.connect() as con:
        con.execute("create table place (id varchar, name varchar, department varchar, period varchar)")
        con.execute(
            "insert into place values ('A', '甲', '210200', '2026'), ('A', '甲', '210100', '2026'), ('B', '乙', '210100', '2026')"
        )
        con.execute("create table visit (year integer, id varchar, n integer, department varchar, period varchar)")
        con.execute(
            "insert into visit values (2025, 'A', 1, '210100', '2025'), (2026, 'A', 1, '210100', '2026'), (2026, 'A', 2, '210100', '2026-Q1')"
        )
        found = con.execute(f"{build_repeated_keys([PLACES, VISITS]).query} order by all").fetchall()
    assert found == [
        ("place", "A", 2, "210100/2026, 210200/2026"),
        ("visit", "2026|A", 2, "210100/2026, 210100/2026-Q1"),
    ]


def test_without_a_public_key_there_is_no_view():
    assert build_repeated_keys([]) is None


def test_the_file_has_the_view_with_comments_in_both_languages(tmp_path):
    layout = Layout(tmp_path)
    rebuild_database(layout, stock_at(tmp_path), NOW)
    with duckdb.connect(str(layout.warehouse), read_only=True) as con:
        assert con.execute("from repeated_key").fetchall() == []
        (comment,) = con.execute("select comment from meta.relation where name = 'repeated_key'").fetchone()
    assert "重复的编码" in comment
    assert "holds their rows out" in comment
