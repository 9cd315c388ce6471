"""Slices as partitions: names back and forth, and the stretches that one run can take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.partitions import build_partitions_def, contiguous_ranges, parse_partition, partition_key
from schemas.slices import SliceKey

KEYS = [f"21{n:02d}00|2026" for n in range(1, 15)]


def test_a_slice_and_its_partition_name_each_other():
    key = SliceKey(dataset="facility", department="210100", period="2026-Q3")
    assert partition_key(key) == "210100|2026-Q3"
    assert parse_partition("facility", partition_key(key)) == key


@pytest.mark.parametrize("wrong", ["", "210100", "210100|2026|x"])
def test_what_is_no_partition_key_is_no_slice(wrong):
    with pytest.raises(ValueError, match="unpack"):
        parse_partition("facility", wrong)


def test_every_dataset_has_its_own_set():
    assert build_partitions_def("facility").name != build_partitions_def("event").name


def test_an_unbroken_stretch_is_one_run():
    assert contiguous_ranges(KEYS, set(KEYS)) == [(KEYS[0], KEYS[-1])]


def test_a_gap_makes_two_stretches():
    assert contiguous_ranges(KEYS, {KEYS[0], KEYS[1], KEYS[3]}) == [(KEYS[0], KEYS[1]), (KEYS[3], KEYS[3])]


def test_unknown_keys_are_left_out():
    assert contiguous_ranges(KEYS, {"219900|2026"}) == []


@given(st.sets(st.sampled_from(KEYS)))
def test_the_stretches_hold_exactly_what_is_wanted(wanted):
    held = [
        key for first, last in contiguous_ranges(KEYS, wanted) for key in KEYS[KEYS.index(first) : KEYS.index(last) + 1]
    ]
    assert held == [key for key in KEYS if key in wanted]
