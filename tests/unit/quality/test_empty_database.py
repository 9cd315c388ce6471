"""The database of the checks: nothing outside can be reached, and one cursor does not see what another one has."""

import duckdb
import pyarrow as pa
import pytest

from quality.empty_database import open_cursor


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
