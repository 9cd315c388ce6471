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
