"""Lines of CSV as DuckDB writes them, and features as Python's json reads them."""

import json

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy import Coordinates
from warehouse.distributions import BOM
from warehouse.releases.cell_texts import group_columns, spell_batch
from warehouse.releases.row_lines import write_csv_header, write_csv_lines, write_features

AT = Coordinates(lon="lon", lat="lat", datum="CGCS2000")
HOSTILE = st.text(st.sampled_from("ab\",#;\r\n\t\\' 甲\x00\x1f\x7f\ufeff\u2028"), max_size=4) | st.none()


def schema_of(batch):
    kind = {"string": "string", "double": "number", "int64": "integer"}
    return {"fields": [{"name": field.name, "type": kind[str(field.type)]} for field in batch.schema]}


def grouped(batch, apart=()):
    return group_columns(spell_batch(batch, schema_of(batch)), batch.num_rows, apart)


@pytest.fixture(scope="module")
def database():
    """Opened once: opening costs more than what an example asks of it."""
    with duckdb.connect() as opened:
        yield opened


@given(rows=st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=30))
def test_lines_are_those_that_duckdb_writes(tmp_path_factory, database, rows):
    batch = pa.record_batch([pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)], names=["a", 'b,"'])
    path = tmp_path_factory.mktemp("csv") / "peer.csv"
    with database.cursor() as con:
        con.register("cells", pa.Table.from_batches([batch]))
        con.execute(f"copy (from cells) to '{path}' (format csv, header true)")
    assert (
        write_csv_header(batch.schema.names) + b"".join(write_csv_lines(grouped(batch), len(rows)).join_rows())
        == path.read_bytes()
    )


def test_the_file_begins_with_a_mark_that_spreadsheets_know():
    assert BOM == b"\xef\xbb\xbf"


@given(
    st.lists(
        st.tuples(HOSTILE, st.sampled_from([None, 1.5, float("nan"), float("inf"), 1e-7]), st.sampled_from([None, 3]))
    )
)
def test_features_are_json_with_every_value_as_it_is(rows):
    cells = list(zip(*rows, strict=True)) or [(), (), ()]
    batch = pa.record_batch(
        [pa.array(cells[0], pa.string()), pa.array(cells[1], pa.float64()), pa.array([2.0] * len(rows), pa.float64()), pa.array(cells[2], pa.int64())],
        names=["id", "lon", "lat", "n"],
    )  # fmt: skip
    written = b"".join(write_features(grouped(batch, ["lon", "lat"]), len(rows), ["id"], AT).join_rows()).decode()
    read = json.loads(f"[{written.removeprefix(',')}]") if rows else []
    finite = [lon if lon in {1.5, 1e-7} else None for _, lon, _ in rows]
    places = [None if lon is None else {"type": "Point", "coordinates": [lon, 2]} for lon in finite]
    assert [feature["geometry"] for feature in read] == places
    assert [(one["id"], one["properties"]) for one in read] == [(key, {"id": key, "n": n}) for key, _, n in rows]


@pytest.mark.parametrize("key", [[], ["id", "n"]])
def test_a_feature_has_no_id_without_a_key_of_one_column(key):
    batch = pa.record_batch({"id": ["a"], "lon": [1.0], "lat": [2.0], "n": [1]})
    (written,) = write_features(grouped(batch, ["lon", "lat"]), 1, key, AT).join_rows()
    assert b'"id":"a"' in bytes(written)
    assert b'{"type":"Feature","geometry"' in bytes(written)
