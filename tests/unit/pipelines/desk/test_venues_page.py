import pytest

from pipelines.desk.venues_page import measure_distance
from quality.venues.venue_record import VenueRecord


def record(lon, lat):
    return VenueRecord("facility", "1", "南湖体育馆", "210102", "", lon, lat)


def test_distance_is_in_metres():
    assert measure_distance(record(123.4, 41.8), record(123.4, 41.801)) == pytest.approx(111, abs=2)
    assert measure_distance(record(123.4, 41.8), record(123.401, 41.8)) == pytest.approx(83, abs=2)
    assert measure_distance(record(123.4, 41.8), record(123.4, 41.8)) == 0


@pytest.mark.parametrize("point", [(None, None), (None, 41.8), (123.4, None)])
def test_without_coordinates_there_is_no_distance(point):
    assert measure_distance(record(*point), record(123.4, 41.8)) is None
