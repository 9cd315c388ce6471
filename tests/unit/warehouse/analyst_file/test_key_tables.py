"""`meta.key`, `meta.codelist`, `meta.relation`: how tables join, and which there are."""

import duckdb
import pytest

from schemas.contract import read_contracts
from support.contracts import contract_with
from support.stocks import FACILITY, KINDS, NOW, stock_at
from warehouse.analyst_file.database import rebuild_database
from warehouse.analyst_file.key_tables import codelist_table, key_table
from warehouse.layout import Layout


@pytest.fixture
def connection(tmp_path):
    layout = Layout(tmp_path)
    rebuild_database(layout, stock_at(tmp_path), NOW)
    with duckdb.connect(str(layout.warehouse), read_only=True) as con:
        yield con


def test_keys_of_a_dataset_with_codes():
    assert key_table({"facility": FACILITY}).table.to_pylist() == [
        {"dataset": "facility", "kind": kind, "columns": columns, "refers_to": to, "referred_columns": referred}
        for kind, columns, to, referred in [
            ("primary", "id", None, None),
            ("foreign", "department", "main.department", "code"),
            ("foreign", "kind", "codelist.kind", "code"),
        ]
    ]


def test_references_between_datasets_are_keys_where_both_are_there():
    contracts = read_contracts()
    found = {(row["dataset"], row["columns"], row["refers_to"]) for row in key_table(contracts).table.to_pylist()}
    assert ("event", "permit_no", "main.event_permit") in found
    alone = key_table({"event": contracts["event"]}).table.to_pylist()
    assert not [row for row in alone if row["refers_to"] == "main.event_permit"]


def test_a_key_that_is_not_public_is_not_told():
    contract = contract_with(["id", "name"], name="t", policy={"disclosure": {"protected": ["id"]}})
    assert [row["kind"] for row in key_table({"t": contract}).table.to_pylist()] == ["foreign"]


def test_code_lists_with_their_source():
    assert codelist_table({"kind": KINDS}).table.to_pylist() == [
        {"name": "kind", "title_zh": "类型", "title_en": "Kind", "source": "GB/T 1", "codes": 2}
    ]


def test_every_relation_is_listed_with_its_comment_and_so_is_the_list(connection):
    found = connection.execute("select schema, name, kind from meta.relation").fetchall()
    listed = set(found)
    assert len(found) == len(listed)
    there = connection.execute(
        "select schema_name, table_name, 'table' from duckdb_tables() union all "
        "select schema_name, view_name, 'view' from duckdb_views() where not internal union all "
        "select schema_name, function_name, 'macro' from duckdb_functions() where not internal and database_name = current_database()"
    )
    assert listed == set(there.fetchall())
    assert ("meta", "relation", "table") in listed
    assert connection.execute(
        "select count(*) from meta.relation where comment is null or comment not like '% / %'"
    ).fetchone() == (0,)
