from itertools import combinations

import pytest

from quality.venues.scoring import score_pairs
from quality.venues.venue_record import VenueRecord
from schemas.codelists import read_codelist
from schemas.venues import read_venue_rules
from support.labelled_venues import read_labelled

RULES, DIVISIONS = read_venue_rules(), read_codelist("admin_division")


def scores(*records):
    return score_pairs(records, [one.place for one in records], RULES, DIVISIONS)


def record(key, name, address="", **more):
    return VenueRecord("facility", key, name, more.pop("admin_code", "210102"), address, **more)


@pytest.mark.parametrize("part", ["tuned", "unseen"])
def test_proposals_are_precise_and_find_nearly_all_that_is_one_venue(part):
    labelled = read_labelled(part)
    venue = {one.record.place: one.venue for one in labelled}
    pairs = scores(*(one.record for one in labelled))
    right = sum(venue[pair.left.place] == venue[pair.right.place] for pair in pairs)
    wanted = sum(one.venue == other.venue for one, other in combinations(labelled, 2))
    assert right / len(pairs) >= 0.98, [
        (pair.left.name, pair.right.name) for pair in pairs if venue[pair.left.place] != venue[pair.right.place]
    ]
    assert right / wanted >= 0.90, f"{right} of {wanted}"


def test_the_same_records_get_the_same_scores_in_any_order():
    records = [one.record for one in read_labelled("unseen")[:30]]
    assert scores(*records) == scores(*reversed(records))


def test_only_pairs_with_a_fresh_record_are_scored():
    one, two, three = (record(str(number), "和平区南湖体育馆") for number in range(3))
    found = score_pairs([one, two, three], [three.place], RULES, DIVISIONS)
    assert {(pair.left.key, pair.right.key) for pair in found} == {("0", "2"), ("1", "2")}


def test_nothing_is_scored_without_a_pair_or_without_a_fresh_record():
    one = record("1", "和平区南湖体育馆")
    assert scores(one) == []
    assert score_pairs([one, record("2", "南湖体育馆")], [], RULES, DIVISIONS) == []


def test_a_pair_says_for_each_comparison_which_level_holds():
    (pair,) = scores(record("1", "和平区南湖体育馆", "文化路6号"), record("2", "沈阳南湖体育馆", "和平区文化路6号"))
    told = [one.levels[at].text.en for one, at in zip(RULES.matching.comparisons, pair.levels, strict=True)]
    assert told[:2] == ["same name", "same kind"]
    assert "same address" in told


def test_hostile_names_are_values():
    assert scores(record("1", "'); drop table x; --体育馆"), record("2", '"南湖"体育馆\x00')) == []
