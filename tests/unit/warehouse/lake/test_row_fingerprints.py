"""Fingerprints of rows: equal for equal content in whatever spelling, type or order, different otherwise."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.contracts import contract_with
from warehouse.lake import row_fingerprints
from warehouse.lake.row_fingerprints import (
    Projection,
    collect_sets,
    count_common,
    draw_rows,
    estimate_share,
    fingerprint_rows,
    mark_common,
)

CONTRACT = contract_with(["id", "name", "place", "owner", "size:number", "seen:date", "opens:time"])
PROJECTION = Projection(
    key=CONTRACT.fields[:1],
    others=CONTRACT.fields[1:],
    content=frozenset({"name", "place", "owner", "size", "seen"}),
    moments=frozenset({"seen"}),
)
VALUES = st.lists(st.integers(1, 40), max_size=60)


def table(*rows):
    names = [field.name for field in CONTRACT.fields]
    columns = list(zip(*rows, strict=True)) if rows else [[]] * len(names)
    types = [pa.string()] * 4 + [pa.float64(), pa.string(), pa.string()]
    return pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=names)


def row(at, **cells):
    known = {
        "id": f"K{at}", "name": f"名{at}", "place": f"地{at}", "owner": "甲", "size": at + 0.5, "seen": "2026-01-02", "opens": "06:00:00",
    }  # fmt: skip
    return tuple({**known, **cells}.values())


def prints(*rows):
    return fingerprint_rows(table(*rows), PROJECTION)


def test_the_same_rows_in_another_order_have_the_same_sets():
    rows = [row(at) for at in range(30)]
    for one, other in zip(prints(*rows), prints(*reversed(rows)), strict=True):
        assert sorted(one) == sorted(other)


def test_blanks_and_case_make_no_difference_and_a_digit_does():
    (plain, spelt, other) = prints(row(1, place="Hall A"), row(1, place="hall　a "), row(1, place="Hall B")).exact
    assert plain == spelt != other


@pytest.mark.parametrize("few", [0, 2_000])
def test_keys_by_themselves_are_those_of_the_rows(monkeypatch, few):
    monkeypatch.setattr(row_fingerprints, "_FEW_ROWS", few)
    rows = [row(1), row(2, id="k 2"), row(3, id=""), row(4, id=None)]
    keys = fingerprint_rows(table(*rows), PROJECTION.key_alone).keys
    assert keys.tolist() == prints(*rows).keys.tolist()
    assert (keys == 0).tolist() == [False, False, True, True]


SPELT = st.text("aZ0é甲 \u3000\0", max_size=20)


@given(st.lists(SPELT, min_size=2, max_size=20), st.sampled_from([0, 2_000]))
def test_two_texts_have_one_fingerprint_if_they_differ_in_case_and_blanks_alone(texts, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_fingerprints, "_FEW_ROWS", few)
        found = prints(*(row(1, name=text) for text in texts)).whole.tolist()
    spellings = [text.lower().replace(" ", "").replace("\u3000", "") for text in texts]
    assert len(set(zip(found, spellings, strict=True))) == len(set(found)) == len(set(spellings))


def test_another_key_changes_the_key_only():
    one, other = (prints(row(1)), prints(row(1, id="Z")))
    assert one.keys != other.keys
    assert (one.whole, one.exact, one.loose) == (other.whole, other.exact, other.loose)


def test_another_day_is_seen_by_the_exact_one_and_not_by_the_loose():
    one, other = (prints(row(1)), prints(row(1, seen="2027-01-02")))
    assert one.exact != other.exact
    assert one.loose == other.loose


def test_a_letterhead_is_no_content_of_a_table_and_is_content_of_a_few_rows():
    many = [prints(*(row(at, owner=owner) for at in range(12))).loose for owner in "甲乙"]
    few = [prints(*(row(at, owner=owner) for at in range(3))).loose for owner in "甲乙"]
    assert list(many[0]) == list(many[1])
    assert not set(few[0]) & set(few[1])


def test_one_row_more_makes_no_other_letterhead():
    rows = [row(at, owner=None) for at in range(20)]
    assert set(prints(*rows).loose) <= set(prints(*rows, row(99, owner="丙")).loose)


def test_values_in_other_columns_are_other_rows():
    one, other = prints(row(1, name="甲", place="乙"), row(1, name="乙", place="甲")).exact
    assert one != other


def test_rows_that_say_little_and_keys_that_are_not_whole_are_0():
    found = prints(row(1, id=None, name=None, place="", size=0, owner="甲"))
    assert (list(found.keys), list(found.exact), list(found.loose)) == ([0], [0], [0])
    assert found.whole[0] != 0


def test_stored_times_are_equal_to_typed_ones():
    stored = table(row(1, opens="06:00:00.000000"))
    typed = stored.set_column(6, "opens", pa.array([6 * 3600 * 10**6], pa.time64("us")))
    assert fingerprint_rows(stored, PROJECTION).whole == fingerprint_rows(typed, PROJECTION).whole


def test_columns_that_a_table_lacks_count_as_empty():
    whole, without = table(row(1, opens=None)), table(row(1)).drop_columns(["opens"])
    assert fingerprint_rows(whole, PROJECTION).whole == fingerprint_rows(without, PROJECTION).whole


def test_no_rows_have_no_fingerprints():
    assert [len(each) for each in collect_sets(prints())[:4]] == [0, 0, 0, 0]


def test_another_choice_of_fields_has_another_digest():
    assert PROJECTION.digest != Projection(PROJECTION.key, PROJECTION.others, frozenset({"name"}), frozenset()).digest


@given(VALUES, VALUES)
def test_common_rows_are_counted_as_sets_count_them(mine, theirs):
    one, other = (collect_sets(prints(*map(row, values))) for values in (mine, theirs))
    assert count_common(one.keys, other.keys) == len(set(mine) & set(theirs))
    assert count_common(one.exact, other.exact) == len(set(mine) & set(theirs))


@given(VALUES, VALUES)
def test_marked_rows_are_those_that_the_other_table_has(mine, theirs):
    here, there = prints(*map(row, mine)), collect_sets(prints(*map(row, theirs)))
    assert list(mark_common(here.keys, there.keys)) == [at in set(theirs) for at in mine]


@given(st.sets(st.integers(1, 40)), st.sets(st.integers(1, 2**64 - 1) | st.integers(1, 40)), st.integers(1, 60))
def test_sets_of_any_lengths_are_counted_alike(mine, theirs, copies):
    one = np.array(sorted(mine), np.uint64)
    other = np.array(sorted(theirs | {2**32 + at for at in range(copies)}), np.uint64)
    assert count_common(one, other) == count_common(other, one) == len(mine & theirs)


@pytest.mark.parametrize("common", [0, 300, 1000])
def test_the_share_of_common_rows_is_estimated_by_a_sample_and_exact_in_small_sets(monkeypatch, common):
    one, other = (collect_sets(prints(*map(row, range(at, at + 1000)))).exact for at in (0, 1000 - common))
    assert estimate_share(one, other) == common / 1000
    monkeypatch.setattr(row_fingerprints, "SHARE_SAMPLE", 400)
    assert estimate_share(one, other) == pytest.approx(common / 1000, abs=0.1)
    assert estimate_share(one[:0], other) == 0


@pytest.mark.parametrize("rows", [0, 1, row_fingerprints.DRAWN])
def test_of_a_small_table_all_rows_are_drawn(rows):
    assert draw_rows(rows).tolist() == list(range(rows))


@pytest.mark.parametrize("rows", [row_fingerprints.DRAWN + 1, 65_536, 1_003_000, 50_000_000])
def test_rows_are_drawn_from_all_of_a_large_table_without_a_period(rows):
    drawn = draw_rows(rows)
    assert (drawn == draw_rows(rows)).all()
    assert 0 <= drawn.min() < rows * 0.01 < rows * 0.99 < drawn.max() < rows
    for period in (2, 3, 7, 64, 1000):
        assert (drawn % period < period / 2).mean() == pytest.approx(-(-period // 2) / period, abs=0.05)


@pytest.mark.parametrize(("share", "same"), [(0.85, False), (0.95, True)])
def test_a_column_of_a_large_table_is_a_letterhead_by_all_its_rows(share, same):
    owners = ["甲" if at % 100 < 100 * share else f"属{at}" for at in range(20_000)]
    found = [
        prints(*(row(at, owner=owner) for at, owner in enumerate(filled))).loose
        for filled in (owners, [None] * len(owners))
    ]
    assert (list(found[0]) == list(found[1])) is same


def test_0_is_never_common():
    assert not mark_common(np.array([0], np.uint64), np.array([0, 1], np.uint64)).any()


@given(st.lists(st.tuples(st.text(max_size=4), st.none() | st.floats(allow_nan=False)), min_size=1, max_size=30))
def test_columns_hashed_together_have_the_same_fingerprints_as_one_by_one(cells):
    rows = table(*(row(at, name=name, owner=None, size=size) for at, (name, size) in enumerate(cells)))
    together = fingerprint_rows(rows, PROJECTION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_fingerprints, "_FEW_ROWS", 0)
        alone = fingerprint_rows(rows, PROJECTION)
    assert [each.tolist() for each in together] == [each.tolist() for each in alone]
