"""The views of `schemas/analyst_views/` on the datasets as they are, and on rows that show what they count."""

from shutil import copyfile

import duckdb
import pytest

from schemas.analyst_views import AnalystView, read_analyst_views
from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from schemas.departments import read_departments
from schemas.errors import ContractError
from schemas.text import Text
from support.stocks import FACILITY, NOW
from warehouse.analyst_file.database import WarehouseInputs, rebuild_database
from warehouse.analyst_file.database_writer import DescribedMacro, DescribedView, write_view
from warehouse.analyst_file.declared_views import build_declared_views
from warehouse.lake.lake import Lake
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory):
    """The analysts' file of all datasets without a row."""
    layout = Layout(tmp_path_factory.mktemp("home"))
    stock = WarehouseInputs(read_contracts(), open_codelists(), read_departments(), Lake(layout), Ledger(layout))
    return rebuild_database(layout, stock, NOW).path


@pytest.fixture
def connection(empty_file, tmp_path):
    """A copy of the empty file, to put rows into."""
    with duckdb.connect(copyfile(empty_file, tmp_path / empty_file.name)) as con:
        yield con


def add(connection, table, *rows):
    for row in rows:
        names = ", ".join(row)
        connection.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(row))})", list(row.values()))


def test_every_view_and_column_has_a_comment_and_every_macro_too(empty_file):
    with duckdb.connect(str(empty_file), read_only=True) as con:
        told = con.execute(
            "select comment from duckdb_views() where not internal union all select comment from duckdb_columns() where not internal"
        )
        assert all(comment and " / " in comment for (comment,) in told.fetchall())
        macros = [view.name for view in read_analyst_views().values() if view.parameters]
        found = con.execute(
            "select distinct function_name, comment from duckdb_functions() where list_contains(?, function_name)",
            [macros],
        )
        assert [(name, " / " in comment) for name, comment in found.fetchall()] == [(name, True) for name in macros]


def test_an_account_counts_once_however_many_lines_it_has(connection):
    year = {
        "account_id": "A",
        "fiscal_year": 2025,
        "admin_code": "210100",
        "spent_cny": 30.0,
        "department": "210100",
        "period": "2025",
    }
    add(connection, "lottery_fund", *({**year, "line_no": n, "item_amount_cny": 10.0} for n in (1, 2, 3)))
    assert connection.execute("select account_id, spent_cny, items, items_cny from lottery").fetchall() == [
        ("A", 30.0, 3, 30.0)
    ]
    assert connection.execute("select city_name, source, amount_cny, payments from money_by_city").fetchall() == [
        ("沈阳市", "lottery_fund", 30.0, 1)
    ]


def test_facilities_count_for_their_county_city_and_province_once_each(connection):
    place = {"area_m2": 1000.0, "department": "210100", "period": "2026", "lon": 123.4, "lat": 41.8}
    add(
        connection,
        "facility",
        {**place, "facility_id": "1", "admin_code": "210102", "status": "active"},
        {**place, "facility_id": "2", "admin_code": "210000", "status": "closed_temporarily"},
        {**place, "facility_id": "3", "admin_code": "210102", "status": "removed"},
    )
    query = "select admin_code, level, facilities, population, area_m2_per_10k from facility_per_capita order by 1"
    assert connection.execute(query).fetchall() == [
        ("210000", "province", 2, 42_591_407, 0.5),
        ("210100", "city", 1, 9_070_093, 1.1),
        ("210102", "county", 1, None, None),
    ]


def test_events_and_permits_find_each_other_or_say_what_is_missing(connection):
    slice_ = {"department": "210100", "period": "2026"}
    days = {"start_date": "2026-06-04", "end_date": "2026-06-09", **slice_}
    add(
        connection,
        "event",
        {"event_id": "E1", "permit_no": "P1", **days},
        {"event_id": "E2", "permit_no": "P9", **days},
        {"event_id": "E3", "high_risk_item": "HR301", **days},
        {"event_id": "E4", **days},
    )
    valid = {"valid_from": "2026-06-03", "valid_to": "2026-06-07", **slice_}
    add(connection, "event_permit", {"permit_no": "P1", **valid}, {"permit_no": "P2", **valid})
    query = "select link, event_id, permit_no, held_within_permit from event_with_permit order by event_id nulls last"
    assert connection.execute(query).fetchall() == [
        ("matched", "E1", "P1", False),
        ("permit_missing", "E2", "P9", None),
        ("no_permit", "E3", None, None),
        ("event_missing", None, "P2", None),
    ]


def test_what_is_due_on_the_day_of_the_file_is_not_overdue(connection):
    hazard = {"hazard_count": 2, "mended_count": 1, "department": "210100", "period": "2026-11", "admin_code": "210102"}
    today = NOW.date().isoformat()
    add(
        connection,
        "safety_inspection",
        {"inspection_id": "late", "mend_by_date": "2026-11-20", **hazard},
        {"inspection_id": "today", "mend_by_date": today, **hazard},
        {"inspection_id": "mended", "mend_by_date": "2026-11-20", **hazard, "mended_count": 2},
    )
    assert connection.execute("select kind, key, days_overdue from overdue_inspection").fetchall() == [
        ("hazard", "late", 5)
    ]


def test_metres_between_two_cities(connection):
    # Source: Vincenty's formula on WGS 84 between 123.4315 E 41.8057 N and 121.6147 E 38.9140 N: 356 236 m.
    (metres,) = connection.execute("select metres(123.4315, 41.8057, 121.6147, 38.9140)").fetchone()
    assert metres == pytest.approx(356_236, rel=0.006)
    assert connection.execute("select metres(1, 2, 1, 2), metres(null, 2, 1, 2)").fetchone() == (0, None)


def test_the_datasets_of_today_have_all_that_the_views_need():
    built = build_declared_views(read_analyst_views().values(), read_contracts())
    assert [one.name for one in built] == list(read_analyst_views())


def test_a_view_without_one_of_its_datasets_or_fields_is_left_out():
    title, contracts = Text(zh="视", en="View"), {"facility": FACILITY}
    needs = [{"absent": ()}, {"facility": ("absent",)}, {"facility": ("phone",)}]
    views = [AnalystView(name="v", title=title, needs=need, sql="SELECT 1 AS a") for need in needs]
    macro = AnalystView(name="m", title=title, parameters=("x",), sql="x + 1")
    assert build_declared_views([*views, macro], contracts) == [DescribedMacro("m", "视 / View", ("x",), "x + 1")]


@pytest.mark.parametrize("query", ["SELECT absent FROM department", "SELECT 1 AS undescribed"])
def test_a_view_that_does_not_fit_is_named(tmp_path, query):
    with duckdb.connect() as con:
        con.execute(
            f"attach '{tmp_path / 'w.duckdb'}' as fresh; use fresh; create table department as select 1 as code"
        )
        with pytest.raises(ContractError, match="view v does not fit"):
            write_view(con, DescribedView("v", "视 / View", query, {}))
