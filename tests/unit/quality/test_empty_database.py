"""The database of the checks: nothing outside can be reached, and one cursor does not see what another one has."""

import resource
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from quality.empty_database import open_cursor, release_memory


def test_what_is_registered_at_a_cursor_is_seen_by_it_alone():
    with open_cursor() as one, open_cursor() as other:
        one.register("rows", pa.table({"n": [1]}))
        assert one.execute("select n from rows").fetchall() == [(1,)]
        with pytest.raises(duckdb.CatalogException):
            other.execute("select n from rows")


def test_no_file_can_be_read_or_written(tmp_path):
    (tmp_path / "a.csv").write_text("n\n1\n", encoding="utf-8")
    with open_cursor() as connection:
        for query in (f"from read_csv('{tmp_path}/a.csv')", f"copy (select 1) to '{tmp_path}/b.csv'"):
            with pytest.raises(duckdb.PermissionException):
                connection.execute(query)


def test_memory_of_a_large_query_is_given_back():
    with open_cursor() as connection:
        threads = connection.execute("select current_setting('threads')").fetchall()
        release_memory(connection)
        before = resident_mb()
        connection.execute(
            "select count(*) from (select distinct cast(i as varchar) from range(1000000) t(i))"
        ).fetchall()
        kept = resident_mb()
        release_memory(connection)
        assert resident_mb() - before < (kept - before) / 2
        assert connection.execute("select current_setting('threads')").fetchall() == threads


def resident_mb():
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() >> 20
