from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pipelines.venues.identities import find_chain, find_separation, group_numbers
from warehouse.ledger.venue_ledger import VenueDecision

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def decision(left, right, *, is_same=True, seq=1):
    return VenueDecision(seq, is_same, left, right, "tester", NOW, "why", ("a", "b"))


PAIRS = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] < pair[1]), max_size=12)


@given(PAIRS, st.randoms())
def test_the_lowest_number_wins_whatever_the_order_of_decisions(pairs, chance):
    decisions = [decision(*pair) for pair in pairs]
    venue = group_numbers(decisions)
    shuffled = list(decisions)
    chance.shuffle(shuffled)
    assert group_numbers(shuffled) == venue
    for one in decisions:
        assert venue[one.left] == venue[one.right] <= one.left
    assert all(venue[lowest] == lowest for lowest in venue.values())


@given(PAIRS)
def test_a_chain_leads_from_one_to_the_other_just_if_they_are_one_venue(pairs):
    decisions = [decision(*pair, seq=at) for at, pair in enumerate(pairs, 1)]
    venue = group_numbers(decisions)
    for left in range(1, 10):
        chain = find_chain(decisions, 1, left)
        is_one = left != 1 and venue.get(1, 1) == venue.get(left, left)
        assert bool(chain) is is_one
        at = 1
        for one in chain:
            assert at in {one.left, one.right}
            at = one.left + one.right - at
        assert at == left or not chain


def test_a_separation_is_of_all_members_of_both_venues():
    apart = decision(2, 3, is_same=False, seq=3)
    decisions = [decision(1, 2), decision(3, 4), apart]
    assert find_separation(decisions, 1, 4) == apart
    assert find_separation(decisions, 1, 5) is None


def test_without_decisions_every_number_is_a_venue_of_its_own():
    assert group_numbers([]) == {}
    assert find_chain([], 1, 2) == []
