"""Rules of place: whose area, and whether a point can be in the province."""

from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.contracts import JILIN, contract_with
from support.judged import PROVINCE, SHENYANG, context_with, findings_of, judged, places

POINT = {"lon": "lon", "lat": "lat"}
FIELDS = ["id", "lon:number", "lat:number"]
NULL_ISLAND, TWICE, SHENYANG_AT, SWAPPED, BEIJING = (
    (0.0, 0.0),
    (41.8, 41.8),
    (123.43, 41.8),
    (41.8, 123.43),
    (116.4, 39.9),
)
POINTS = [NULL_ISLAND, TWICE, SHENYANG_AT, SWAPPED, BEIJING, (123.43, None), (None, 41.8), (None, None)]


def wrong(kind, points):
    rows = [{"lon": lon, "lat": lat} for lon, lat in points]
    return [(finding.row, finding.value) for finding in findings_of(FIELDS, POINT | {"kind": kind}, rows)]


def test_every_bad_point_is_told_by_exactly_one_rule():
    assert wrong("point_zero", POINTS) == [(2, "0 / 0"), (3, "41.8 / 41.8")]
    assert wrong("point_swapped", POINTS) == [(5, "41.8 / 123.43")]
    assert wrong("point_in_province", POINTS) == [(6, "116.4 / 39.9")]


def test_the_finding_points_at_the_longitude():
    assert places(findings_of(FIELDS, POINT | {"kind": "point_zero"}, [{"lon": 0.0, "lat": 0.0}])) == [(2, "lon")]


@pytest.mark.parametrize("corner", [(118.86, 38.69), (118.86, 43.46), (125.80, 38.69), (125.80, 43.46)])
def test_the_box_of_the_province_has_two_hundredths_of_a_degree_to_spare(corner):
    lon, lat = corner
    outwards = 0.001 if lon > 120 else -0.001
    upwards = 0.001 if lat > 40 else -0.001
    assert wrong("point_in_province", [(lon - outwards, lat - upwards)]) == []
    assert len(wrong("point_in_province", [(lon + outwards, lat), (lon, lat + upwards)])) == 2


def test_a_contract_of_another_province_judges_by_that_provinces_box():
    place = {"coordinates": {"lon": "lon", "lat": "lat"}}
    changchun, dandong = {"id": "1", "lon": 125.32, "lat": 43.9}, {"id": "2", "lon": 124.35, "lat": 40.0}
    ours, theirs = (contract_with(FIELDS, policy=place | more) for more in ({}, {"province": JILIN.model_dump()}))
    assert [(one.row, one.type) for one in judged(ours, [changchun, dandong])] == [(2, "point-in-province")]
    assert [(one.row, one.type) for one in judged(theirs, [changchun, dandong])] == [(3, "point-in-province")]
    exchanged = {"id": "3", "lon": 43.9, "lat": 125.32}
    assert [one.type for one in judged(theirs, [exchanged])] == ["point-swapped"]


def test_a_point_that_is_no_number_lies_nowhere():
    assert len(wrong("point_in_province", [(float("nan"), 41.8), (123.4, float("inf"))])) == 2


@pytest.mark.parametrize(
    ("department", "outside"),
    [(SHENYANG, ["210200", "220100", "21", "辽宁"]), (PROVINCE, ["220100", "辽宁"])],
)
def test_a_division_lies_in_the_area_of_the_department(department, outside):
    codes = ["210100", "210102", "210102001", "210200", "220100", "21", "辽宁", None, ""]
    found = findings_of(
        ["id", "code"],
        {"kind": "in_area", "field": "code"},
        [{"code": c} for c in codes],
        context_with(department=department),
    )
    assert [finding.value for finding in found] == outside


APART = POINT | {"kind": "apart", "metres": 20, "same": ["kind"], "differ": "site"}
SITED = [*FIELDS, "kind", "site"]
STEPS = st.integers(0, 25).map(lambda step: step * 0.00005)


def metres_between(one, other):
    """Great-circle distance by the haversine formula."""
    (lon, lat), (east, north) = ([radians(x) for x in point] for point in (one, other))
    half = sin((north - lat) / 2) ** 2 + cos(lat) * cos(north) * sin((east - lon) / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(half))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(STEPS, STEPS, st.sampled_from("ab"), st.sampled_from("xyz")), min_size=2, max_size=50))
@pytest.mark.parametrize("south_west", [(123.43, 41.8), (118.87, 38.70), (125.78, 43.44)])
def test_rows_too_near_are_those_that_comparing_all_pairs_finds(south_west, lines):
    rows = [
        {"lon": south_west[0] + east, "lat": south_west[1] + north, "kind": kind, "site": site}
        for east, north, kind, site in lines
    ]
    expected = []
    for at, row in enumerate(rows):
        near = [
            other
            for other, one in enumerate(rows[:at])
            if one["kind"] == row["kind"]
            and one["site"] != row["site"]
            and metres_between((one["lon"], one["lat"]), (row["lon"], row["lat"])) < APART["metres"]
        ]
        expected += [at + 2] if near else []
    assert [one.row for one in findings_of(SITED, APART, rows)] == expected


def test_the_finding_names_the_first_row_near_it():
    rows = [{"lon": 123.43, "lat": 41.8, "kind": "a", "site": site} for site in "xxyz"]
    rule = APART | {"message": {"zh": "近", "en": "near row {other_row}"}}
    found = findings_of(
        SITED, rule, [*rows, {"kind": "a", "site": "w"}, {"lon": 0.5, "lat": 0.5, "kind": "a", "site": "v"}][:5]
    )
    assert [(one.row, one.message.en) for one in found] == [(4, "near row 2"), (5, "near row 2")]


def test_thousands_of_rows_at_one_point_are_compared_with_a_few():
    rows = [{"lon": 123.43, "lat": 41.8, "kind": "a", "site": str(n)} for n in range(20_000)]
    assert len(findings_of(SITED, APART, rows)) == len(rows) - 1
