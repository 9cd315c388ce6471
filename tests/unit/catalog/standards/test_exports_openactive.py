"""Sites and facilities are places of OpenActive: the rules that it demands, restated, and its own validator where it is installed."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.entry import stable_id
from support.exports import export_document

SUPPORT = Path(__file__).parents[3] / "support" / "openactive"
PACKAGES = Path(sys.prefix) / "openactive" / "node_modules"
SITE = {
    "site_id": "LN-210102-S00001", "site_name": "和平区示例体育公园", "address": "沈阳市和平区示例街1号", "admin_code": "210102",
    "status": "active", "open_status": "open", "crs": "CGCS2000", "lon": "123.41812", "lat": "41.79655",
    "lighting": "1", "toilet": "1", "shower": "0", "parking": "2", "accessible": "2",
}  # fmt: skip
PITCH = {**SITE, "facility_id": "LN-210102-FB01-00001", "facility_name": "1号足球场", "type_code": "FB01"}
COURT = {
    **SITE,
    "facility_id": "LN-210102-BB01-00002",
    "facility_name": "2号篮球场",
    "type_code": "BB01",
    "toilet": "0",
}
HOURS = {
    "facility_id": "LN-210102-FB01-00001", "opening_kind": "regular", "day_of_week": "6", "opens": "08:00:00", "closes": "24:00:00",
    "valid_from": "2026-10-01", "valid_to": "2026-12-31", "audience": "everyone", "phone": "024-12345678",
}  # fmt: skip
OPENINGS = [
    HOURS,
    {**HOURS, "day_of_week": "PH", "opens": "09:00", "closes": "17:30", "valid_to": ""},
    {**HOURS, "day_of_week": "7", "audience": "senior"},
    {**HOURS, "opening_kind": "adjusted", "day_of_week": "1", "opens": "10:00", "closes": "12:00", "valid_to": "2026-10-07"},
    {**HOURS, "opening_kind": "closed", "day_of_week": "", "opens": "", "closes": "", "valid_from": "2026-11-01", "valid_to": "2026-11-03"},
]  # fmt: skip


def places_of(tmp_path, *facilities, openings=()):
    return export_document(tmp_path, "facility", facility=facilities, facility_opening=openings)["dataFeedElement"]


def hours(opens, closes, since, until=None, day=None):
    made = {"@type": "OpeningHoursSpecification", "opens": opens, "closes": closes, "validFrom": since}
    named = {"dayOfWeek": [f"https://schema.org/{day}"]} if day else {}
    return {**made, **named, **({"validThrough": until} if until else {})}


def test_the_facilities_of_a_site_are_one_place(tmp_path):
    [place] = places_of(tmp_path, PITCH, COURT, openings=OPENINGS)
    inside = place.pop("containsPlace")
    assert place == {
        "@type": "Place",
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "site_id", "value": "LN-210102-S00001"},
            {"@type": "PropertyValue", "propertyID": "urn", "value": f"urn:uuid:{stable_id('site', SITE['site_id'])}"},
        ],
        "name": "和平区示例体育公园",
        "address": "沈阳市和平区示例街1号",
        "geo": {"@type": "GeoCoordinates", "latitude": 41.79655, "longitude": 123.41812},
        "amenityFeature": [{"@type": "Toilets", "name": "卫生间", "value": True}],
    }
    assert [(one["@type"], one["name"], one["description"], one.get("telephone")) for one in inside] == [
        ("SportsActivityLocation", "1号足球场", "十一人制足球场", "024-12345678"),
        ("SportsActivityLocation", "2号篮球场", "篮球场", None),
    ]


def test_hours_for_everybody_are_given_and_changes_of_them_are_special_hours(tmp_path):
    [place] = places_of(tmp_path, PITCH, openings=OPENINGS)
    [pitch] = place["containsPlace"]
    assert pitch["openingHoursSpecification"] == [
        hours("08:00", "23:59", "2026-10-01", "2026-12-31", "Saturday"),
        hours("09:00", "17:30", "2026-10-01", day="PublicHolidays"),
    ]
    assert pitch["specialOpeningHoursSpecification"] == [
        hours("10:00", "12:00", "2026-10-01", "2026-10-07", "Monday"),
        hours("00:00", "00:00", "2026-11-01", "2026-11-03"),
    ]


def test_what_a_facility_has_or_lacks_is_told_and_what_is_not_known_is_not(tmp_path):
    [place] = places_of(tmp_path, COURT)
    features = place["containsPlace"][0]["amenityFeature"]
    assert [(one["name"], one["value"]) for one in features] == [("夜间照明", True), ("卫生间", False), ("淋浴", False)]


def test_changing_rooms_are_told_of_the_facility_and_of_its_site(tmp_path):
    [place] = places_of(tmp_path, {**COURT, "shower": "2", "changing_room": "1"})
    assert place["amenityFeature"] == [{"@type": "ChangingFacilities", "name": "更衣室", "value": True}]
    assert place["containsPlace"][0]["amenityFeature"][-1] == place["amenityFeature"][0]


@pytest.mark.parametrize("crs", ["GCJ02", "BD09", "UNKNOWN", ""])
def test_coordinates_of_another_datum_are_not_given(tmp_path, crs):
    [place] = places_of(tmp_path, {**PITCH, "crs": crs})
    assert "geo" not in place


@pytest.mark.parametrize(
    "closed",
    [{"status": "removed"}, {"status": "building"}, {"status": "closed_temporarily"}, {"open_status": "closed"}],
)
def test_a_facility_that_nobody_may_use_is_left_out(tmp_path, closed):
    [place] = places_of(tmp_path, {**PITCH, **closed}, COURT)
    assert [one["name"] for one in place["containsPlace"]] == ["2号篮球场"]


def test_without_opening_hours_places_are_told_all_the_same(tmp_path):
    document = export_document(tmp_path, "facility", facility=[PITCH])
    assert "openingHoursSpecification" not in document["dataFeedElement"][0]["containsPlace"][0]


def test_the_rules_of_the_standard_hold(tmp_path):
    """What Modelling Opportunity Data 2.0 demands of places, in our own words: names, an address or a point, times without seconds."""
    [place] = places_of(tmp_path, PITCH, COURT, openings=OPENINGS)
    assert place.keys() & {"address", "geo"}
    for one in (place, *place["containsPlace"]):
        assert one["name"]
        for feature in one.get("amenityFeature", []):
            assert isinstance(feature["value"], bool)
        for spec in (*one.get("openingHoursSpecification", []), *one.get("specialOpeningHoursSpecification", [])):
            assert re.fullmatch(r"\d\d:\d\d", spec["opens"])
            assert re.fullmatch(r"\d\d:\d\d", spec["closes"])
        assert all(spec["dayOfWeek"] for spec in one.get("openingHoursSpecification", []))
        assert all(spec["validThrough"] for spec in one.get("specialOpeningHoursSpecification", []))
    assert not any(one.keys() & {"address", "geo"} for one in place["containsPlace"])


def published_failures(places):
    """What OpenActive's own validator objects to: (number of the place, path, message)."""
    node = shutil.which("node")
    if node is None or not PACKAGES.is_dir():
        pytest.skip("OpenActive's validator is not installed: `make system` does so where node and npm are at hand")
    ran = subprocess.run(
        [node, SUPPORT / "validate.js"],
        input=json.dumps(places),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NODE_PATH": str(PACKAGES)},
    )
    return json.loads(ran.stdout)


def test_the_places_are_valid_by_the_published_validator(tmp_path):
    bare = {**PITCH, "site_id": "LN-210102-S00002", "lon": "", "lat": "", "crs": ""}
    places = places_of(tmp_path, PITCH, COURT, bare, openings=OPENINGS)
    assert len(places) == 2
    assert published_failures(places) == []


def test_the_published_validator_finds_errors(tmp_path):
    [place] = places_of(tmp_path, PITCH, openings=OPENINGS)
    del place["name"]
    place["geo"]["latitude"] = 410
    place["containsPlace"][0]["openingHoursSpecification"][0]["opens"] = "25:00"
    assert {path for _, path, _ in published_failures([place])} == {
        "$.name",
        "$.geo.latitude",
        "$.containsPlace[0].openingHoursSpecification[0].opens",
    }
