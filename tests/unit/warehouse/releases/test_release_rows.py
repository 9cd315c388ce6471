"""The file of a candidate's rows: the same bytes however the rows come, and true counts."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.frozen_facility import CONTRACT, DEPARTMENTS, LISTS, RELEASED, table_of
from warehouse.canonical import canonical_digest, sort_rows
from warehouse.distributions import write_parquet
from warehouse.released_columns import select_released_columns
from warehouse.releases import release_rows
from warehouse.releases.label_columns import build_release_schema, build_release_table, collect_labels
from warehouse.releases.release_rows import write_release_rows


def rows_of(count):
    return table_of([(f"F{n:04}", "AB"[n % 2], None, n / 8, n % 3 == 0, None, None, None, n, "1") for n in range(count)])  # fmt: skip


def cut(table, size, *, encoded):
    for start in range(0, max(table.num_rows, 1), size):
        part = table.slice(start, size)
        if encoded:
            part = pa.table({name: part.column(name).dictionary_encode() if pa.types.is_string(part.column(name).type) else part.column(name) for name in part.column_names})  # fmt: skip
        yield part


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("size", [3, 100])
def test_bytes_and_counts_are_those_of_the_table_as_a_whole(tmp_path, monkeypatch, size, encoded):
    monkeypatch.setattr(release_rows, "ROW_GROUP", 7)
    monkeypatch.setattr("warehouse.distributions.ROW_GROUP", 7)
    ordered = sort_rows(select_released_columns(rows_of(24), CONTRACT), ["id"])
    whole, schema = build_release_table(ordered, CONTRACT, LISTS, DEPARTMENTS), build_release_schema(CONTRACT, LISTS)
    parts = cut(ordered, size, encoded=encoded)
    made = write_release_rows(parts, tmp_path / "rows.parquet", CONTRACT, LISTS, DEPARTMENTS)
    about = pq.read_schema(made.parquet).metadata
    write_parquet(whole, tmp_path / "whole.parquet", {key: about[key.encode()].decode() for key in ("title", "contract")})  # fmt: skip
    assert made.parquet.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    counted = made.counted
    assert counted.content_hash == canonical_digest(whole, schema)
    assert (counted.rows, counted.slices) == (24, {"210100": {"2026": 24}})
    assert counted.filled == {name: 24 - ordered.column(name).null_count for name in counted.filled}
    assert counted.labels == collect_labels(whole, schema)
    assert counted.longest_text == len("Shenyang")


def test_without_rows_the_file_has_the_columns(tmp_path):
    made = write_release_rows([rows_of(1).slice(0, 0)], tmp_path / "rows.parquet", CONTRACT, LISTS, DEPARTMENTS)
    assert pq.read_schema(made.parquet).names == RELEASED
    assert (made.counted.rows, made.counted.slices) == (0, {})
    assert made.read_columns(["id"], 5).num_rows == 0


def test_the_first_rows_are_read_alone(tmp_path):
    made = write_release_rows([rows_of(9)], tmp_path / "rows.parquet", CONTRACT, LISTS, DEPARTMENTS)
    assert made.read_columns(["id"], 2).to_pylist() == [{"id": "F0000"}, {"id": "F0001"}]
    assert made.read_columns(["seats"]).num_rows == 9
