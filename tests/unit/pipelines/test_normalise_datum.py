"""Places from web maps back to CGCS2000, to the centimetre."""

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise import normalise
from pipelines.normalise.datum import FORWARD, back
from support.contracts import contract_with

CONTRACT = contract_with(
    ["id", "lon:number", "lat:number", {"name": "crs", "sportlake": {"codelist": "crs"}}],
    policy={"coordinates": {"lon": "lon", "lat": "lat"}},
)
METRES = 111_320.0


def metres(one, other):
    return math.hypot((one[0] - other[0]) * METRES * math.cos(math.radians(one[1])), (one[1] - other[1]) * METRES)


def table(*points):
    return pa.table(
        {
            name: pa.array(column, pa.string())
            for name, column in zip(("id", "lon", "lat", "crs"), zip(*points, strict=True), strict=True)
        }
    )


@pytest.mark.parametrize(("datum", "size"), [("GCJ02", 576), ("BD09", 1400)])
def test_the_shift_at_shenyang_is_as_large_as_measured(datum, size):
    point = (123.43, 41.8)
    assert metres(point, FORWARD[datum](point)) == pytest.approx(size, rel=0.05)


@given(st.sampled_from(sorted(FORWARD)), st.floats(118.8, 125.8), st.floats(38.7, 43.5))
def test_a_shifted_point_comes_back_to_the_centimetre(datum, lon, lat):
    found = back(FORWARD[datum]((lon, lat)), FORWARD[datum])
    assert found is not None
    assert metres((lon, lat), found) < 0.01


@given(st.sampled_from(sorted(FORWARD)), st.floats(118.8, 125.8), st.floats(38.7, 43.5))
def test_a_reported_place_is_stored_in_the_published_datum_within_a_centimetre(datum, lon, lat):
    there = FORWARD[datum]((lon, lat))
    given_ = table(("a", f"{there[0]:.9f}", f"{there[1]:.9f}", datum))
    done = normalise(given_, pa.array([2], pa.int64()), CONTRACT)
    row = done.table.to_pylist()[0]
    assert metres((lon, lat), (float(row["lon"]), float(row["lat"]))) < 0.02
    assert row["crs"] == "CGCS2000"
    assert [(rewrite.field, rewrite.why) for rewrite in done.rewrites] == [
        ("lon", "datum"),
        ("lat", "datum"),
        ("crs", "datum"),
    ]


@pytest.mark.parametrize(
    "point",
    [
        ("a", "123.4", "41.8", "CGCS2000"), ("a", "123.4", "41.8", "WGS84"), ("a", "123.4", "41.8", "UNKNOWN"), ("a", "123.4", "41.8", None),
        ("a", None, "41.8", "GCJ02"), ("a", "东经", "41.8", "GCJ02"), ("a", "41.8", "123.4", "GCJ02"), ("a", "0", "0", "BD09"),
        ("a", "NaN", "41.8", "BD09"), ("a", "inf", "41.8", "BD09"),
    ],
)  # fmt: skip
def test_a_place_that_needs_or_allows_no_conversion_stays(point):
    done = normalise(table(point), pa.array([2], pa.int64()), CONTRACT)
    assert done.table.column("crs").to_pylist() == [point[3]]
    assert not [rewrite for rewrite in done.rewrites if rewrite.why == "datum"]


def test_a_converted_table_is_not_converted_again():
    once = normalise(
        table(("a", "123.42", "41.79", "BD09"), ("b", "123.42", "41.79", "CGCS2000")), pa.array([2, 3]), CONTRACT
    )
    again = normalise(once.table, pa.array([2, 3]), CONTRACT)
    assert (again.rewrites, again.table.equals(once.table)) == ([], True)


def test_a_contract_without_a_datum_field_converts_nothing():
    contract = contract_with(["id", "lon:number", "lat:number"], policy={"coordinates": {"lon": "lon", "lat": "lat"}})
    given_ = pa.table({"id": ["a"], "lon": ["123.4"], "lat": ["41.8"]})
    assert normalise(given_, pa.array([2]), contract).rewrites == []
