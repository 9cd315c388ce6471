"""Places from web maps back to CGCS2000, to the centimetre."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise import normalise_table
from pipelines.normalise.coordinates import FORWARD, ZONES, invert_shift, to_degrees
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
    point = np.float64(123.43), np.float64(41.8)
    assert metres(point, FORWARD[datum](point)) == pytest.approx(size, rel=0.05)


@given(st.sampled_from(sorted(FORWARD)), st.floats(118.8, 125.8), st.floats(38.7, 43.5))
def test_a_shifted_point_comes_back_to_the_centimetre(datum, lon, lat):
    there = FORWARD[datum]((np.array([lon]), np.array([lat])))
    found = invert_shift(there, FORWARD[datum])
    assert metres((lon, lat), (found[0][0], found[1][0])) < 0.01


def test_points_without_a_shift_are_not_a_number_and_leave_the_others_alone():
    there = FORWARD["BD09"]((np.array([123.0]), np.array([41.0])))
    found = invert_shift((np.array([2.3, there[0][0], np.nan]), np.array([48.9, there[1][0], 41.0])), FORWARD["BD09"])
    assert np.isnan(found[0]).tolist() == [True, False, True]
    assert found[0][1] == pytest.approx(123.0, abs=1e-8)


@given(st.sampled_from(sorted(FORWARD)), st.floats(118.8, 125.8), st.floats(38.7, 43.5))
def test_a_reported_place_is_stored_in_the_published_datum_within_a_centimetre(datum, lon, lat):
    there = FORWARD[datum]((np.float64(lon), np.float64(lat)))
    given_ = table(("a", f"{there[0]:.9f}", f"{there[1]:.9f}", datum))
    done = normalise_table(given_, pa.array([2], pa.int64()), CONTRACT)
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
    done = normalise_table(table(point), pa.array([2], pa.int64()), CONTRACT)
    assert done.table.column("crs").to_pylist() == [point[3]]
    assert not [rewrite for rewrite in done.rewrites if rewrite.why == "datum"]


def test_a_converted_table_is_not_converted_again():
    once = normalise_table(
        table(("a", "123.42", "41.79", "BD09"), ("b", "123.42", "41.79", "CGCS2000")), pa.array([2, 3]), CONTRACT
    )
    again = normalise_table(once.table, pa.array([2, 3]), CONTRACT)
    assert (again.rewrites, again.table.equals(once.table)) == ([], True)


def test_a_contract_without_a_datum_field_converts_nothing():
    contract = contract_with(["id", "lon:number", "lat:number"], policy={"coordinates": {"lon": "lon", "lat": "lat"}})
    given_ = pa.table({"id": ["a"], "lon": ["123.4"], "lat": ["41.8"]})
    assert normalise_table(given_, pa.array([2]), contract).rewrites == []


def zoned(code, lon, lat):
    """The easting with its zone before it, and the northing, by the projection itself and not by the EPSG numbers."""
    from pyproj import Proj

    width = 3 if code.endswith("3") else 6
    zone = round(lon / 3) if width == 3 else int(lon // 6) + 1
    middle = zone * 3 if width == 3 else zone * 6 - 3
    east, north = Proj(proj="tmerc", lon_0=middle, x_0=500_000, ellps="GRS80")(lon, lat)
    return zone * 1_000_000 + east, north


@given(st.sampled_from(sorted(ZONES)), st.floats(118.8, 125.8), st.floats(38.7, 43.5))
def test_a_place_in_a_zone_is_stored_in_degrees_within_a_centimetre(code, lon, lat):
    east, north = zoned(code, lon, lat)
    done = normalise_table(table(("a", f"{east:.3f}", f"{north:.3f}", code)), pa.array([2], pa.int64()), CONTRACT)
    row = done.table.to_pylist()[0]
    assert metres((lon, lat), (float(row["lon"]), float(row["lat"]))) < 0.02
    assert row["crs"] == "CGCS2000"
    assert [(rewrite.field, rewrite.raw, rewrite.why) for rewrite in done.rewrites] == [
        ("lon", f"{east:.3f}", "zone"),
        ("lat", f"{north:.3f}", "zone"),
        ("crs", code, "zone"),
    ]


def test_shenyang_in_its_zone_is_where_the_survey_has_it():
    lon, lat = to_degrees(np.array([41_535_742.0]), np.array([4_629_700.0]), "CGCS2000_GK3")
    assert (lon[0], lat[0]) == (pytest.approx(123.43, abs=0.01), pytest.approx(41.8, abs=0.01))


@pytest.mark.parametrize(
    "point",
    [
        ("523456", "4629700", "CGCS2000_GK3"), ("41523456", "46", "CGCS2000_GK6"), ("4629700", "41523456", "CGCS2000_GK3"),
        ("99523456", "4629700", "CGCS2000_GK3"), ("41999999", "4629700", "CGCS2000_GK3"), ("123.4", "41.8", "CGCS2000_GK3"),
        ("41523456", "-4629700", "CGCS2000_GK3"),
    ],
)  # fmt: skip
def test_metres_without_the_number_of_their_zone_stay_for_the_judge(point):
    done = normalise_table(table(("a", *point)), pa.array([2], pa.int64()), CONTRACT)
    assert done.rewrites == []


def test_rows_of_many_datums_are_converted_each_by_its_own():
    east, north = zoned("CGCS2000_GK3", 122.0, 41.0)
    shifted = FORWARD["GCJ02"]((np.float64(122.0), np.float64(41.0)))
    given_ = table(
        ("a", "122", "41", "CGCS2000"),
        ("b", f"{shifted[0]:.9f}", f"{shifted[1]:.9f}", "GCJ02"),
        ("c", "东经", "41", "GCJ02"),
        ("d", f"{east:.3f}", f"{north:.3f}", "CGCS2000_GK3"),
        ("e", None, None, None),
    )
    done = normalise_table(given_, pa.array([2, 3, 4, 6, 7]), CONTRACT)
    assert done.table.column("crs").to_pylist() == ["CGCS2000", "CGCS2000", "GCJ02", "CGCS2000", None]
    assert [rewrite.row for rewrite in done.rewrites] == [3, 3, 3, 6, 6, 6]
    for at in (1, 3):
        place = float(done.table.column("lon")[at].as_py()), float(done.table.column("lat")[at].as_py())
        assert metres((122.0, 41.0), place) < 0.02
