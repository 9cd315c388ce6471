"""Tables, views and macros of the analysts' file are written with their comments."""

import duckdb
import pytest

from schemas.errors import ContractError
from warehouse.analyst_file.database_writer import DescribedMacro, DescribedView, write_macro, write_table, write_view
from warehouse.analyst_file.meta import COUNT, describe_table


@pytest.fixture
def connection(tmp_path):
    with duckdb.connect() as con:
        con.execute(f"attach '{tmp_path / 'w.duckdb'}' as fresh; use fresh")
        yield con


def test_a_table_keeps_its_rows_and_any_text_as_a_comment(connection):
    said = "数 ' ; -- / Number"
    assert write_table(connection, "main", describe_table("t", said, {"a b": (COUNT, said)}, [[1], [None]])) == 2
    assert connection.execute("from t").fetchall() == [(1,), (None,)]
    found = connection.execute(
        "select comment from duckdb_tables() union all select comment from duckdb_columns() where not internal"
    )
    assert found.fetchall() == [(said,), (said,)]


def test_a_view_has_comments_on_itself_and_its_columns(connection):
    write_view(connection, DescribedView("v", "视 / View", "select 1 as a", {"a": "甲 / A"}))
    assert connection.execute("select comment from duckdb_views() where not internal").fetchall() == [("视 / View",)]
    assert connection.execute("select comment from duckdb_columns() where not internal").fetchall() == [("甲 / A",)]


def test_a_column_of_a_view_without_a_comment_is_an_error(connection):
    with pytest.raises(ContractError, match="view v does not fit"):
        write_view(connection, DescribedView("v", "视 / View", "select 1 as a", {"b": "乙 / B"}))


def test_macros_of_values_and_of_tables(connection):
    write_macro(connection, DescribedMacro("twice", "两倍 / Twice", ("x",), "2 * x"))
    write_macro(connection, DescribedMacro("up_to", "至 / Up to", ("n",), "SELECT * FROM range(n)", is_table=True))
    assert connection.execute("select twice(21), count(*) from up_to(3)").fetchall() == [(42, 3)]
    said = "select distinct comment from duckdb_functions() where function_name in ('twice', 'up_to') order by 1"
    assert connection.execute(said).fetchall() == [("两倍 / Twice",), ("至 / Up to",)]
