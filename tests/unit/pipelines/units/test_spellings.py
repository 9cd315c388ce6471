"""Units: spellings of the same unit, and exact powers of ten between units of one kind."""

import pytest

from pipelines.units.spellings import (
    UNITS,
    complete_unit,
    exponent_between,
    find_unit,
    larger_units,
    looks_like_unit,
    unit_key,
)


@pytest.mark.parametrize("spelling", ["㎡", "m²", "m2", "M2", "平方米", " 平米 "])
def test_spellings_of_one_unit_are_the_same_unit(spelling):
    assert exponent_between(spelling, "㎡") == 0


@pytest.mark.parametrize(
    ("reported", "stored", "exponent"),
    [
        ("万元", "元", 4), ("亿元", "元", 8), ("千元", "元", 3), ("元", "万元", -4), ("万㎡", "㎡", 4), ("公顷", "㎡", 4),
        ("平方公里", "㎡", 6), ("公里", "m", 3), ("km", "米", 3), ("厘米", "m", -2), ("万人次", "人次", 4), ("%", "%", 0),
    ],
)  # fmt: skip
def test_the_point_moves_by_the_power_of_ten_between_two_units(reported, stored, exponent):
    assert exponent_between(reported, stored) == exponent
    assert exponent_between(stored, reported) == -exponent


@pytest.mark.parametrize(
    ("reported", "stored"), [("亩", "㎡"), ("人", "人次"), ("元", "m"), ("个", "条"), ("光年", "m")]
)
def test_units_of_other_kinds_or_without_a_power_of_ten_never_become_each_other(reported, stored):
    assert exponent_between(reported, stored) is None


def test_every_unit_is_filed_under_its_own_key():
    assert all(unit_key(unit) == unit for unit in UNITS)


@pytest.mark.parametrize(
    ("text", "stored", "whole"), [("万", "元", "万元"), ("亿", "㎡", "亿㎡"), ("万元", "元", "万元"), ("", "元", ""), ("含税", "元", "含税")]
)  # fmt: skip
def test_a_bare_multiple_is_one_of_the_unit_of_the_field(text, stored, whole):
    assert complete_unit(text, stored) == whole


@pytest.mark.parametrize(
    ("text", "unit"),
    [("万元", "万元"), ("万元，截至年底", "万元"), ("含税 元", "元"), ("元、万元", None), ("含税", None)],
)
def test_the_only_unit_in_a_remark_is_found(text, unit):
    assert find_unit(text) == unit


@pytest.mark.parametrize("text", ["美元", "港币", "平方英尺", "坪", "USD", "$"])
def test_foreign_units_look_like_units(text):
    assert looks_like_unit(text)
    assert not looks_like_unit("含税")


def test_the_larger_units_of_a_field_are_units():
    for stored in ("元", "㎡", "m", "人", "人次"):
        for exponent, name in larger_units(stored).items():
            assert exponent_between(name, stored) == exponent
    assert larger_units("年") == {}
