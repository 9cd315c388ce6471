"""Units: spellings of the same unit, and exact powers of ten between units of one kind."""

import pytest

from pipelines.units import UNITS, exponent_between, unit_key


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
