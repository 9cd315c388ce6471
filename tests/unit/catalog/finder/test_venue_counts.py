import pytest

from catalog.finder.venue_counts import CodeCount, count_venues
from catalog.preview import open_database
from schemas.text import Text
from support.exports import real_entry
from support.finders import CLOSED, NOWHERE, PITCH, POOL


def counts_of(tmp_path, rows):
    return count_venues(open_database(), tmp_path, real_entry(tmp_path, "facility", rows))


def test_places_that_would_be_listed_are_counted_by_city_and_county_with_what_they_offer(tmp_path):
    found = counts_of(tmp_path, [PITCH, POOL, NOWHERE, CLOSED])
    assert (found.offers, found.all) == (("free", "paid", "accessible"), (3, 2, 1, 1))
    assert [one.group for one in found.divisions] == [
        CodeCount(Text(zh="沈阳市", en="Shenyang City"), (2, 2, 0, 1)),
        CodeCount(Text(zh="大连市", en="Dalian City"), (1, 0, 1, 0)),
    ]
    assert found.divisions[0].codes == (CodeCount(Text(zh="和平区", en="Heping District"), (2, 2, 0, 1)),)


def test_types_are_counted_in_their_groups_and_the_sums_agree(tmp_path):
    found = counts_of(tmp_path, [PITCH, POOL, NOWHERE])
    assert sum(one.group.numbers[0] for one in found.types) == found.all[0]
    assert all(sum(code.numbers[0] for code in one.codes) in (0, one.group.numbers[0]) for one in found.types)


def test_a_place_without_a_code_is_counted_as_not_stated_and_an_unknown_code_by_itself(tmp_path):
    found = counts_of(tmp_path, [{**PITCH, "admin_code": ""}, {**POOL, "admin_code": "<b>"}])
    assert [one.group.label.en for one in found.divisions] == ["Not stated", "<b>"]


def test_a_dataset_without_a_finder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="event"):
        count_venues(open_database(), tmp_path, real_entry(tmp_path, "event", [{}]))
