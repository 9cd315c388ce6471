"""Histories, changes and `as_of` say what each release had, read from the releases themselves."""

from dataclasses import replace
from datetime import date, timedelta
from shutil import rmtree

import duckdb
import pyarrow as pa
import pytest

from support.contracts import contract_with
from support.frozen_rows import rows_of
from support.older_release import drop_slice_columns
from support.stocks import NOW, stock_at
from support.typed import in_slice
from warehouse.analyst_file.database import rebuild_database
from warehouse.layout import Layout
from warehouse.releases.freezing import StatedFacts, freeze
from warehouse.releases.releases import list_numbers, read_release

FIELDS = ["id", "line:integer", "name", "valid_from:date", "size:number", "phone"]
PLACES = contract_with(
    FIELDS, name="place", primary_key=["id", "line"], policy={"disclosure": {"protected": ["phone"]}}
)
FIRST = [("a", 1, "甲", 1.5), ("b", 1, '乙|\n"', None), ("c", 2, "", 3.0)]
SECOND = [("a", 1, "甲", 2.5), ("c", 2, "", 3.0), ("d", 1, "丁", 4.0)]


@pytest.fixture
def stock(tmp_path):
    plain = stock_at(tmp_path)
    return replace(plain, contracts={"place": PLACES})


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path)


def release(layout, stock, rows, days=0, contract=PLACES, period="2026"):
    """The next release of these rows, on record in the ledger."""
    fields = {f.name: f for f in contract.fields}
    columns = dict(zip(("id", "line", "name", "size"), zip(*rows, strict=True), strict=True)) if rows else {}
    types = {"line": pa.int64(), "size": pa.float64(), "valid_from": pa.date32()}
    values = {
        name: pa.array(
            columns.get(name, [date(2026, 1, 1) if name == "valid_from" else None] * len(rows)),
            types.get(name, pa.string()),
        )
        for name in fields
    }
    made = list_numbers(layout.releases / contract.name)
    now, previous = NOW + timedelta(days=days), made[-1] if made else None
    slices = [
        {
            "department": "210100",
            "period": "2026",
            "rows": len(rows),
            "submission": "S",
            "sha256": "0" * 64,
            "received": "2026-11-25",
        }
    ]
    quality = {"rows_submitted": len(rows), "rows_held_back": 0, "findings": {}}
    shown = rows_of(in_slice(pa.table(values), period=period), contract, {}, {})
    stated = StatedFacts(1, quality, slices)
    done = freeze(layout, contract, shown, stated, now=now, previous=previous, codelists={})
    facts = {
        "dataset": contract.name,
        "number": done.number,
        "content_hash": done.content_hash,
        "lake_version": 1,
        "rows": done.rows,
    }
    stock.ledger.append_entry("release", now=now, actor="t", reason="changed", facts=facts)
    return done.number


@pytest.fixture(scope="module")
def released_twice(tmp_path_factory):
    """A home whose file was built after two releases; no test may change it."""
    home = tmp_path_factory.mktemp("twice")
    layout, stock = Layout(home), replace(stock_at(home), contracts={"place": PLACES})
    assert [release(layout, stock, FIRST), release(layout, stock, SECOND, days=1)] == ["2026.11.1", "2026.11.2"]
    rebuild_database(layout, stock, NOW)
    return layout


def ask(layout, query):
    with duckdb.connect(str(layout.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def history(layout):
    return ask(layout, "select id, line, name, size, since_release, until_release from place_history order by all")


def test_each_row_says_in_which_releases_it_was(released_twice):
    one, two = "2026.11.1", "2026.11.2"
    assert history(released_twice) == [
        ("a", 1, "甲", 1.5, one, two),
        ("a", 1, "甲", 2.5, two, None),
        ("b", 1, '乙|\n"', None, one, two),
        ("c", 2, "", 3.0, one, None),
        ("d", 1, "丁", 4.0, two, None),
    ]  # fmt: skip


def test_a_row_that_came_again_in_another_period_is_there_with_both(layout, stock):
    one = release(layout, stock, FIRST[:1])
    two = release(layout, stock, FIRST[:1], days=1, period="2027")
    three = release(layout, stock, FIRST[:1], days=2, period="2027")
    rebuild_database(layout, stock, NOW)
    query = "select period, department, since_release, until_release from place_history order by all"
    assert ask(layout, query) == [("2026", "210100", one, two), ("2027", "210100", two, None)]
    periods = [ask(layout, f"select period from place_as_of('{number}')") for number in (one, two, three)]
    assert periods == [[("2026",)], [("2027",)], [("2027",)]]
    assert ask(layout, "select count(*) from changes") == [(0,)], "the row is the same"


def test_rows_of_releases_from_before_there_were_slices_have_none(layout, stock):
    one = release(layout, stock, FIRST)
    drop_slice_columns(layout.release_folder("place", one))
    two = release(layout, stock, FIRST, days=1)
    rebuild_database(layout, stock, NOW)
    query = "select since_release, department, period, count(*) from place_history group by all order by all"
    assert ask(layout, query) == [(one, None, None, 3), (two, "210100", "2026", 3)]
    assert read_release(layout.release_folder("place", two)).previous == one


def test_changes_are_those_of_the_releases(released_twice):
    assert ask(released_twice, "from changes order by key") == [
        ("place", "2026.11.2", "changed", "a|1", "size", "1.5", "2.5"),
        ("place", "2026.11.2", "removed", "b|1", None, None, None),
        ("place", "2026.11.2", "added", "d|1", None, None, None),
    ]


@pytest.mark.parametrize(
    ("moment", "ids"),
    [("2026.11.1", "abc"), ("2026.11.2", "acd"), ("2026-11-24", ""), ("2026-11-25", "abc"), ("2026-11-30", "acd")],
)
def test_as_of_takes_a_release_or_a_day(released_twice, moment, ids):
    assert ask(released_twice, f"select coalesce(string_agg(id, '' order by id), '') from place_as_of('{moment}')") == [
        (ids,)
    ]
    columns = ask(released_twice, f"select string_agg(column_name, ' ') from (describe from place_as_of('{moment}'))")
    assert columns == [("id line name valid_from size department period",)]


def test_as_of_an_unknown_release_is_an_error_and_not_an_empty_answer(released_twice):
    with pytest.raises(duckdb.Error, match=r"no such release or day: 2026\.11\.9"):
        ask(released_twice, "from place_as_of('2026.11.9')")


def test_a_history_that_grew_release_by_release_is_that_of_one_built_at_once(layout, stock):
    states = [FIRST, SECOND, [], FIRST, [("a", 1, "甲", 2.5)]]
    for day, rows in enumerate(states):
        release(layout, stock, rows, days=day)
        rebuild_database(layout, stock, NOW)
    grown = history(layout), ask(layout, "from changes order by all")
    layout.warehouse.unlink()
    rebuild_database(layout, stock, NOW)
    assert (history(layout), ask(layout, "from changes order by all")) == grown
    for number, rows in zip(list_numbers(layout.releases / "place"), states, strict=True):
        assert ask(layout, f"select id, line, size from place_as_of('{number}') order by 1") == sorted(
            (r[0], r[1], r[3]) for r in rows
        )


def test_releases_that_the_file_knows_are_not_read_again(layout, stock):
    one = release(layout, stock, FIRST)
    release(layout, stock, SECOND, days=1)
    rebuild_database(layout, stock, NOW)
    known = history(layout)
    rmtree(layout.releases / "place" / one)
    stock.ledger.append_entry("approval", now=NOW, actor="t", reason="seen", facts={})
    assert rebuild_database(layout, stock, NOW).written
    assert history(layout) == known


def test_an_erasure_has_the_releases_read_again(layout, stock):
    one = release(layout, stock, FIRST)
    release(layout, stock, SECOND, days=1)
    rebuild_database(layout, stock, NOW)
    rmtree(layout.releases / "place" / one)
    erased = {"dataset": "place", "release": one, "content_hash": "e" * 64, "erasure": "E", "order": "O"}
    stock.ledger.append_entry("redaction", now=NOW, actor="t", reason="erased", facts=erased)
    rebuild_database(layout, stock, NOW)
    assert {row[4] for row in history(layout)} == {"2026.11.2"}


def test_a_column_that_is_new_is_told_of_every_row(layout, stock):
    older = contract_with(
        [f for f in FIELDS if f != "name"],
        name="place",
        primary_key=["id", "line"],
        policy={"disclosure": {"protected": ["phone"]}},
    )
    one = release(layout, stock, FIRST, contract=older)
    two = release(layout, stock, FIRST, days=1)
    rebuild_database(layout, stock, NOW)
    assert [(row[0], row[2], *row[4:]) for row in history(layout) if row[0] == "a"] == [
        ("a", "甲", two, None),
        ("a", None, one, two),
    ]


def test_a_field_that_is_protected_since_is_in_no_history(layout, stock):
    release(layout, stock, FIRST)
    release(layout, stock, SECOND, days=1)
    rebuild_database(layout, stock, NOW)
    narrower = contract_with(
        FIELDS, name="place", primary_key=["id", "line"], policy={"disclosure": {"protected": ["phone", "size"]}}
    )
    rebuild_database(layout, replace(stock, contracts={"place": narrower}), NOW)
    assert ask(
        layout, "select count(*) from duckdb_columns() where table_name = 'place_history' and column_name = 'size'"
    ) == [(0,)]
    assert ask(layout, "select count(*) from changes where field = 'size'") == [(0,)]


def test_what_is_masked_today_is_masked_in_old_releases_too(layout, stock):
    release(layout, stock, FIRST)
    release(layout, stock, [("a", 1, "欧阳锋", 1.5)], days=1)
    release(layout, stock, [("a", 1, "洪七公", 1.5)], days=2)
    rules = {"masked": [{"field": "name"}], "basis": "个人信息保护法 第二十八条", "protected": ["phone"]}
    masked = contract_with(FIELDS, name="place", primary_key=["id", "line"], policy={"disclosure": rules})
    rebuild_database(layout, replace(stock, contracts={"place": masked}), NOW)
    assert ask(layout, "select name from place_history where id = 'a' order by since_release") == [
        ("**",),
        ("欧**",),
        ("洪**",),
    ]
    assert ask(layout, "select count(*) from changes where field = 'name'") == [(0,)]
    assert "欧阳锋".encode() not in layout.warehouse.read_bytes()


def test_a_release_that_may_not_be_offered_is_in_no_history_and_no_changes(layout, stock):
    release(layout, stock, FIRST)
    two = release(layout, stock, [("a", 1, "SECRET-CELL-VALUE", 1.5)], days=1)
    three = release(layout, stock, SECOND, days=2)
    rebuild_database(layout, stock, NOW)
    assert b"SECRET-CELL-VALUE" in layout.warehouse.read_bytes()
    stock.ledger.append_entry("withdrawal", now=NOW, actor="t", reason="personal", facts={})
    rebuild_database(layout, replace(stock, find_hidden=lambda _: {two}), NOW)
    assert b"SECRET-CELL-VALUE" not in layout.warehouse.read_bytes()
    assert {(row[0], row[4], row[5]) for row in history(layout)} == {
        ("a", "2026.11.1", three), ("a", three, None), ("b", "2026.11.1", three), ("c", "2026.11.1", None), ("d", three, None),
    }  # fmt: skip
    assert ask(layout, "from changes") == []
    with pytest.raises(duckdb.Error, match="no such release or day"):
        ask(layout, f"from place_as_of('{two}')")


def test_a_dataset_without_a_release_has_an_empty_history(layout, stock):
    rebuild_database(layout, stock, NOW)
    assert history(layout) == []
    assert ask(layout, "select count(*) from place_as_of('2026-11-30')") == [(0,)]


def test_fields_with_the_names_of_the_bounds_keep_them(layout, stock):
    contract = contract_with(["id", "since_release"], name="place")
    release(layout, stock, [("a", 1, "x", 1.0)], contract=contract)
    rebuild_database(layout, replace(stock, contracts={"place": contract}), NOW)
    assert ask(layout, "select id, since_release, since_release_ from place_history") == [("a", None, "2026.11.1")]
    assert ask(layout, "from place_as_of('2026.11.1')")[0][:2] == ("a", None)
