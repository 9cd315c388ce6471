"""`<dataset>_labelled`: the name beside every code, and never another number of rows."""

from datetime import date

import duckdb
import pytest

from schemas.codelists import Code, CodeGroup, CodeList, open_codelists
from schemas.contract import read_contracts
from schemas.label_columns import list_label_columns
from schemas.text import Text
from support.contracts import contract_with
from support.stocks import NOW, stock_at
from warehouse.analyst_file.code_tables import build_codelist_table
from warehouse.analyst_file.database import rebuild_database
from warehouse.analyst_file.labelled_views import build_labelled_view
from warehouse.layout import Layout

LISTS = {
    "kind": CodeList(
        name="kind",
        title=Text(zh="类型", en="Kind"),
        source="s",
        codes=(
            Code(code="1", zh="旧", en="Old", valid_to=date(2019, 12, 31)),
            Code(code="1", zh="新", en="New", valid_from=date(2020, 1, 1)),
        ),
    )
}


def coded(name, kind="string"):
    policy = {"title_en": "Kind", "description_en": "Kind", "codelist": "kind"}
    return {"name": name, "type": kind, "title": "类型", "description": "类型", "sportlake": policy}


@pytest.fixture
def connection():
    with duckdb.connect() as con:
        con.execute("create table department as select '210100' as code, '沈阳市体育局' as zh, 'Shenyang' as en")
        con.execute(
            "create schema codelist; create table codelist.kind (code varchar, zh varchar, en varchar, valid_to date)"
        )
        con.execute("insert into codelist.kind values ('1', '旧', 'Old', '2019-12-31'), ('1', '新', 'New', null)")
        yield con


def test_names_of_codes_and_of_the_department_stand_beside_them(tmp_path):
    layout = Layout(tmp_path)
    rebuild_database(layout, stock_at(tmp_path), NOW)
    with duckdb.connect(str(layout.warehouse), read_only=True) as con:
        found = con.execute("select * from facility_labelled order by id limit 1")
        assert [column[0] for column in found.description] == [
            "id", "kind", "kind_name", "kind_name_en", "opened", "opens", "seats",
            "department", "department_name", "department_name_en", "period",
        ]  # fmt: skip
        assert found.fetchall()[0][1:4] == ("A", "甲", "First")


def test_a_code_with_two_periods_gets_its_newest_name_and_no_second_row(connection):
    contract = contract_with(["id", coded("kind", "integer")], name="t")
    connection.execute("create table t as select 'a' as id, 1 as kind, '210100' as department, '2026' as period")
    assert connection.execute(build_labelled_view(contract, LISTS).query).fetchall() == [
        ("a", 1, "新", "New", "210100", "沈阳市体育局", "Shenyang", "2026")
    ]


def test_a_code_that_is_not_in_its_list_has_no_name_and_keeps_its_row(connection):
    contract = contract_with(["id", coded("kind")], name="t")
    connection.execute("create table t as select 'a' as id, 'X' as kind, 'nobody' as department, '2026' as period")
    assert connection.execute(build_labelled_view(contract, LISTS).query).fetchall() == [
        ("a", "X", None, None, "nobody", None, None, "2026")
    ]


def test_a_division_has_its_city_beside_it(connection):
    places = CodeList(
        name="place",
        title=Text(zh="地点", en="Place"),
        source="s",
        codes=(
            Code(code="21", zh="省", en="Province"),
            Code(code="2101", zh="市", en="City", parent="21"),
            Code(code="210102", zh="区", en="District", parent="2101"),
        ),
        group=CodeGroup(name="city", level=2, title=Text(zh="所属市名称", en="City")),
    )
    table = build_codelist_table(places).table
    assert table.column("city").to_pylist() == [None, "2101", "2101"]
    connection.register("listed", table)
    connection.execute("create table codelist.place as from listed")
    policy = {"title_en": "Place", "description_en": "Place", "codelist": "place"}
    contract = contract_with([{"name": "place_code", "sportlake": policy}], name="t")
    connection.execute("create table t as select unnest(['21', '210102', 'X']) as place_code, '1' as department, '' as period")  # fmt: skip
    view = build_labelled_view(contract, {"place": places})
    found = connection.execute(view.query)
    names = [column[0] for column in found.description]
    assert names == list(view.columns)
    assert names[:5] == ["place_code", "place_name", "place_name_en", "city_name", "city_name_en"]
    assert [row[1:5] for row in found.fetchall()] == [
        ("省", "Province", None, None), ("区", "District", "市", "City"), (None, None, None, None),
    ]  # fmt: skip


def test_columns_are_called_as_in_releases():
    codelists = open_codelists()
    for contract in read_contracts().values():
        view, labels = build_labelled_view(contract, codelists), list_label_columns(contract, codelists)
        assert {label.name for label in labels} <= view.columns.keys()
        assert not any(name.endswith(("_zh", "_code_en")) for name in view.columns.keys() - {"name_zh", "circumstance_zh"})  # fmt: skip
