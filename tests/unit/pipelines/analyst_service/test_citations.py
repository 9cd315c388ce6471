"""Sources of an answer: the datasets behind its tables, their release and licence, and the keys of its rows."""

import duckdb
import pytest

from pipelines.analyst_service.citations import cite_datasets, find_read_datasets, list_row_keys
from support.stocks import NOW, stock_at
from warehouse.analyst_file.confined_query import QueryAnswer
from warehouse.analyst_file.database import rebuild_database
from warehouse.layout import Layout


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    rebuild_database(Layout(home), stock_at(home), NOW)
    with duckdb.connect(str(Layout(home).warehouse), read_only=True) as con:
        yield con


def answer(*names):
    columns = [{"name": name, "type": "VARCHAR"} for name in names]
    return QueryAnswer(columns, [[f"{name}1" for name in names]], 1, 0, ())


def test_datasets_are_those_of_tables_and_histories_and_nothing_else(connection):
    tables = ["main.facility", "main.grant_history", "meta.dataset", "main.department", "codelist.grant", "facility"]
    assert find_read_datasets(connection, tables) == ["facility", "grant"]


def test_a_dataset_without_a_release_in_the_histories_is_cited_without_one(connection):
    (facility, grant) = cite_datasets(connection, ["grant", "facility", "nonesuch"])
    assert (facility["dataset"], facility["contract_version"], facility["licence"]) == (
        "facility",
        "1.0.0",
        "CC-BY-4.0",
    )
    assert (grant["dataset"], grant["release"], grant["lake_version"]) == ("grant", None, None)


def test_rows_of_one_dataset_have_keys_where_the_key_is_among_the_columns(connection):
    assert list_row_keys(connection, ["facility"], answer("kind", "id")) == [{"id": "id1"}]
    assert list_row_keys(connection, ["facility"], answer("kind")) == []
    assert list_row_keys(connection, ["facility", "grant"], answer("id")) == []
    assert list_row_keys(connection, [], answer("id")) == []
