"""Rules that look at several rows at once."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from support.judged import findings_of, places

SEES = {"zh": "与第 {other_row} 行冲突", "en": "see row {other_row}"}
UNIQUE = {"kind": "unique_together", "fields": ["a", "b"], "message": SEES}
WITHIN = {"kind": "consistent_within", "key": "key", "fields": ["a", "b"], "message": SEES}
APART = {"kind": "no_overlap", "key": ["key"], "start": "start", "end": "end", "message": SEES}
SPANS = ["id", "key", "start:integer", "end:integer"]


def seen(findings):
    return [(f.row, f.field, f.value, f.message.en) for f in findings]


def test_the_second_and_later_of_a_kind_are_found_and_told_which_was_first():
    rows = [{"a": "x", "b": 1}, {"a": "x", "b": 2}, {"a": "x", "b": 1}, {"a": "x", "b": 1}]
    found = findings_of(["id", "a", "b:integer"], UNIQUE, rows)
    assert seen(found) == [(4, "a", "x / 1", "see row 2"), (5, "a", "x / 1", "see row 2")]


def test_rows_with_something_empty_are_never_the_same():
    rows = [{"a": "x"}, {"a": "x"}, {"b": 1}, {"b": 1}, {"a": "", "b": 1}, {"a": "", "b": 1}, {}, {}]
    assert findings_of(["id", "a", "b:integer"], UNIQUE, rows) == []


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["x", "y", None]), st.sampled_from([1, 2, 3, None])), min_size=1, max_size=60)
)
def test_repetition_is_what_a_set_would_see(pairs):
    met, expected = set(), []
    for row, pair in enumerate(pairs, 2):
        expected += [row] if pair in met and None not in pair else []
        met.add(pair)
    found = findings_of(["id", "a", "b:integer"], UNIQUE, [{"a": a, "b": b} for a, b in pairs])
    assert [finding.row for finding in found] == expected


def test_rows_that_differ_from_the_first_of_their_key_are_found():
    rows = [
        {"key": "k", "a": "x", "b": 1.0},
        {"key": "k", "a": "x", "b": 1.0},
        {"key": "k", "a": "y", "b": None},
        {"key": "l", "a": None, "b": 2.0},
        {"key": "l", "a": "z", "b": 2.0},
        {"key": None, "a": "1"},
        {"key": None, "a": "2"},
        {"key": "m", "a": None},
        {"key": "m", "a": None},
    ]
    found = findings_of(["id", "key", "a", "b:number"], WITHIN, rows)
    assert seen(found) == [
        (4, "a", "y", "see row 2"),
        (4, "b", None, "see row 2"),
        (6, "a", "z", "see row 5"),
    ]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["k", "l", None]), st.sampled_from(["x", "y", None])), min_size=1, max_size=60)
)
def test_consistency_is_what_a_dictionary_of_firsts_would_see(pairs):
    firsts, expected = {}, []
    for row, (key, value) in enumerate(pairs, 2):
        expected += [row] if key is not None and firsts.setdefault(key, value) != value else []
    found = findings_of(["id", "key", "a"], WITHIN | {"fields": ["a"]}, [{"key": k, "a": a} for k, a in pairs])
    assert [finding.row for finding in found] == expected


def test_an_interval_that_begins_before_another_is_over_is_found():
    rows = [{"key": "k", "start": s, "end": e} for s, e in [(1, 5), (5, 6), (2, 3), (9, 10), (8, 12), (9, 10)]]
    found = findings_of(SPANS, APART, rows)
    assert seen(found) == [
        (4, "start", "2 / 3", "see row 2"),
        (5, "start", "9 / 10", "see row 6"),
        (7, "start", "9 / 10", "see row 6"),
    ]


def test_intervals_of_other_keys_empty_ones_and_backward_ones_collide_with_nothing():
    rows = [
        {"key": "k", "start": 1, "end": 9},
        {"key": "l", "start": 1, "end": 9},
        {"key": None, "start": 1, "end": 9},
        {"key": "k", "start": 2, "end": None},
        {"key": "k", "start": None, "end": 3},
        {"key": "k", "start": 5, "end": 5},
        {"key": "k", "start": 6, "end": 4},
    ]
    assert findings_of(SPANS, APART, rows) == []


def test_days_and_clock_times_are_intervals_too():
    days = [{"key": "k", "start": date(2026, 1, d), "end": date(2026, 1, d + 2)} for d in (1, 3, 4)]
    assert places(findings_of(["id", "key", "start:date", "end:date"], APART, days)) == [(4, "start")]
    hours = [
        {"key": "k", "start": a, "end": b} for a, b in (("08:00", "12:00"), ("11:59", "13:00"), ("13:00", "14:00"))
    ]
    assert places(findings_of(["id", "key", "start", "end"], APART, hours)) == [(3, "start")]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("kl"), st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=30))
def test_no_overlap_is_found_if_and_only_if_two_intervals_share_a_moment(spans):
    taken, clash = set(), False
    for key, start, length in spans:
        moments = {(key, moment) for moment in range(start, start + length)}
        clash, taken = clash or bool(taken & moments), taken | moments
    rows = [{"key": key, "start": start, "end": start + length} for key, start, length in spans]
    assert bool(findings_of(SPANS, APART, rows)) == clash


PRICE = {"kind": "outlier_within", "field": "price", "group": ["kind"], "rows": 8}


def priced(*prices, kind="a"):
    return [{"kind": kind, "price": price} for price in prices]


def test_a_number_far_from_those_of_its_group_is_found_in_both_directions():
    usual = priced(*range(100, 110))
    rows = [*usual, *priced(140, 70, 120, None), *priced(2680, kind="b")]
    assert places(findings_of(["id", "kind", "price:number"], PRICE, rows)) == [(12, "price"), (13, "price")]


def test_where_all_are_alike_a_small_difference_is_none():
    found = findings_of(["id", "kind", "price:number"], PRICE, priced(*[100] * 10, 129, 131))
    assert places(found) == [(13, "price")]


def test_groups_of_few_rows_and_numbers_that_are_none_are_not_judged():
    assert findings_of(["id", "kind", "price:number"], PRICE, priced(*[100] * 6, 1e9)) == []
    assert findings_of(["id", "kind", "price:number"], PRICE, priced(*[100] * 9, float("nan"), float("inf"))) == []
