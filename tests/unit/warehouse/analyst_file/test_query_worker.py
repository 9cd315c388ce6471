"""The worker answers one query that reads and nothing else; here in this process, its limits in `test_confined_query.py`."""

import pytest

from support.stocks import write_place_file
from warehouse.analyst_file.query_worker import Refused, answer_query


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_place_file(tmp_path_factory.mktemp("stock") / "w.duckdb")


def ask(file, query):
    return answer_query({"path": str(file), "sql": query, "rows": 5, "characters": 99, "seconds": 60, "memory": 2**28})


@pytest.mark.parametrize(
    "query", ["from big", "select name from numbered(3)", "with a as (from place) from a", "pivot place on id % 2 using count(*)", "describe place"]
)  # fmt: skip
def test_the_tables_behind_views_macros_and_pivots_are_named(file, query):
    assert [table.removeprefix("main.") for table in ask(file, query)["tables"]] == ["place"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("select 1; select 2", "statements"),
        ("from place; attach '/tmp/a.duckdb'", "statements"),
        ("  ", "statements"),
        ("attach '/tmp/a.duckdb'", "statement"),
        ("copy place to '/tmp/a.csv'", "statement"),
        ("pragma database_list", "statement"),
        ("set memory_limit = '9GB'", "statement"),
        ("install httpfs", "statement"),
        ("load httpfs", "statement"),
        ("insert into place values (1, '')", "statement"),
        ("create temp table t as select 1", "statement"),
        ("explain analyze from place", "statement"),
        ("from read_csv('/etc/passwd')", "outside"),
        ("select content from read_text('/etc/passwd')", "outside"),
        ("from glob('/etc/*')", "outside"),
        ("from read_parquet('https://example.org/a.parquet')", "outside"),
        ("from '/etc/passwd'", "sql"),
        ("select 1) ; attach '/tmp/a.duckdb' ; from (select 2", "sql"),
        ("from query('attach ''/tmp/a.duckdb''')", "sql"),
        ("select getenv('HOME')", "sql"),
        ("from sys", "sql"),
        ("selct 1", "sql"),
    ],
)  # fmt: skip
def test_what_does_more_than_read_this_file_is_refused(file, query, kind):
    with pytest.raises(Refused) as refused:
        ask(file, query)
    assert refused.value.kind == kind
