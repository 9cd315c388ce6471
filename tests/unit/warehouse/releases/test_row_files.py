"""CSV and GeoJSON of a Parquet file in one pass."""

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.policy import Coordinates
from warehouse.canonical import canonical_digest
from warehouse.releases import row_files, row_lines
from warehouse.releases.row_files import write_row_files

AT = Coordinates(lon="lon", lat="lat", datum="CGCS2000")
SCHEMA = {
    "fields": [{"name": "id", "type": "string"}, {"name": "lon", "type": "number"}, {"name": "lat", "type": "number"}],
    "primaryKey": ["id"],
}


def table_of(rows):
    return pa.table({"id": [f"F{n:05}" for n in range(rows)], "lon": [n / 8 or None for n in range(rows)], "lat": [41.0] * rows})  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1, 100])
def test_bytes_and_digest_do_not_depend_on_how_the_rows_are_cut(tmp_path, monkeypatch, rows):
    table = table_of(rows) if rows else table_of(1).slice(0, 0)
    found = []
    for size in (1 << 13, 7):
        monkeypatch.setattr(row_files, "BATCH", size)
        monkeypatch.setattr(row_lines, "JOINED", size // 2)
        parquet = tmp_path / str(size) / "place.parquet"
        parquet.parent.mkdir()
        pq.write_table(table, parquet)
        found.append(write_row_files(parquet, SCHEMA, AT))
        for name, told in found[-1].sums.items():
            content = (parquet.parent / name).read_bytes()
            assert told == (len(content), hashlib.sha256(content).hexdigest())
        read = json.loads((parquet.parent / "place.geojson").read_text(encoding="utf-8"))
        assert [feature["id"] for feature in read["features"]] == table.column("id").to_pylist()
    assert found[0] == found[1]
    assert found[0].digest == canonical_digest(table, SCHEMA)


def test_without_coordinates_there_is_no_geojson(tmp_path):
    pq.write_table(table_of(3), tmp_path / "place.parquet")
    assert list(write_row_files(tmp_path / "place.parquet", SCHEMA, None).sums) == ["place.csv"]
    assert not (tmp_path / "place.geojson").exists()
