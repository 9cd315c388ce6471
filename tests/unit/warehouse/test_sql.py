"""Quoting: whatever is in a name or a value, it stays one name or one value."""

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import sql

ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


def test_a_quote_does_not_end_a_name_or_a_value():
    assert sql.quote_name('a" from b --') == '"a"" from b --"'
    assert sql.quote_text("o'clock") == "'o''clock'"
    assert sql.quote_names(["a", "b"]) == '"a", "b"'


def test_duckdb_reads_back_what_was_quoted(tmp_path):
    with sql.open_connection(tmp_path / "spill") as con:

        @given(ANY, ANY)
        @settings(max_examples=60, deadline=None)
        def read_back(name, value):
            relation = con.sql(f"select {sql.quote_text(value)} as {sql.quote_name(name)}")
            assert (relation.columns, relation.fetchall()) == ([name], [(value,)])

        read_back()


def test_no_extension_is_fetched_and_memory_is_bounded(tmp_path):
    with sql.open_connection(tmp_path / "spill") as con:
        settings_ = dict(con.execute("select name, value from duckdb_settings()").fetchall())
    assert (settings_["autoinstall_known_extensions"], settings_["autoload_known_extensions"]) == ("false", "false")
    assert settings_["memory_limit"] == "384.0 MiB"
    assert not (tmp_path / "spill").exists()


def test_what_one_small_connection_registers_no_other_sees():
    with sql.open_small_connection() as one, sql.open_small_connection() as other:
        one.register("cells", pa.table({"a": [1]}))
        assert one.execute("from cells").fetchall() == [(1,)]
        with pytest.raises(duckdb.CatalogException, match="cells"):
            other.execute("from cells")
    with sql.open_small_connection() as later, pytest.raises(duckdb.CatalogException, match="cells"):
        later.execute("from cells")
