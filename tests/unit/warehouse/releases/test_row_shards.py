"""Rows of parts go into files by the number that a query gives them, and the types of the lake stay theirs."""

from datetime import UTC, date, datetime, time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.slices import SliceKey
from support.contracts import contract_with
from warehouse.lake.lake import Lake
from warehouse.layout import Layout
from warehouse.releases.row_shards import open_part_rows, write_shards
from warehouse.types import arrow_schema

CONTRACT = contract_with(["id", "n:integer", "day:date", "at:time"])
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def files(tmp_path):
    """Two parts, of one row and of two."""
    lake = Lake(Layout(tmp_path))
    rows = [("a", 1, date(2026, 1, 2), time(8, 30)), ("b", 2, None, None), ("c", 3, None, time(20))]
    table = pa.Table.from_pylist([dict(zip(["id", "n", "day", "at"], row, strict=True)) for row in rows])
    table = table.cast(arrow_schema(CONTRACT))
    keys = [SliceKey(dataset=CONTRACT.name, department=code, period="2026") for code in ("210100", "210200")]
    lake.replace_slices(CONTRACT, dict(zip(keys, [table.slice(0, 1), table.slice(1)], strict=True)), {}, NOW)
    folder = Layout(tmp_path).lake_folder(CONTRACT.name)
    return [folder / part.path for part in lake.list_standing_parts(CONTRACT)]


def test_rows_go_into_files_by_their_number_with_the_types_of_the_lake(files, tmp_path):
    with open_part_rows(files, CONTRACT, ["id", "n", "at"], "lake_rows", tmp_path) as con:
        found = write_shards(
            con, 'SELECT id, "at", department, n % 2 AS number FROM lake_rows ORDER BY id', "number", tmp_path
        )
    read = {number: pa.concat_tables(map(pq.read_table, written)) for number, written in found.items()}
    assert read[0].to_pylist() == [{"id": "b", "at": None, "department": "210200"}]
    assert read[1].column("id").to_pylist() == ["a", "c"]
    assert read[1].schema.field("at").type == pa.time64("us")


def test_without_rows_there_is_no_file(files, tmp_path):
    with open_part_rows(files, CONTRACT, ["id"], "lake_rows", tmp_path) as con:
        assert write_shards(con, "SELECT id, 1 AS number FROM lake_rows WHERE false", "number", tmp_path) == {}
    with open_part_rows([], CONTRACT, ["n"], "lake_rows", tmp_path) as con:
        assert con.sql("FROM lake_rows").types == ["BIGINT", "VARCHAR", "VARCHAR"]


def test_the_same_work_twice_mixes_no_files(files, tmp_path):
    with open_part_rows(files, CONTRACT, ["id"], "lake_rows", tmp_path) as con:
        one, two = (write_shards(con, "SELECT id, 0 AS number FROM lake_rows", "number", tmp_path) for _ in range(2))
    assert not set(one[0]) & set(two[0])
    assert [pq.read_table(file).num_rows for file in one[0]] == [3]
