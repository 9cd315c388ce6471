"""What of a field's limits Excel can hold."""

import re

import pytest

from pipelines.template.limits import column_validation, pattern_lengths
from schemas.text import Text
from support.contracts import contract_with

WORDS = Text(zh="数字", en="a number")


def limit(labels=(), source=None, **field):
    return column_validation(contract_with(["id", {"name": "x", **field}]).get_field("x"), labels, source, WORDS)


@pytest.mark.parametrize(
    ("pattern", "width"),
    [
        (r"LN-21\d{4}-[A-Z]{2}\d{2}-\d{5}", (20, 20)), (r"[0-9A-HJ-NP-RTUW-Y]{18}", (18, 18)), (r"\S{2,20}〔20\d{2}〕\d{1,5}号", (10, 32)),
        (r"\d{3}-?\d", (4, 5)), (r"a|bcd", None), (r"(ab)+", None), (r"\d*", None), (r"[a-z][a-z0-9_]*", None),
    ],
)  # fmt: skip
def test_a_plain_pattern_has_a_width_and_any_other_has_none(pattern, width):
    re.compile(pattern)
    assert pattern_lengths(pattern) == width


def test_short_lists_stand_in_place_and_long_ones_in_the_sheet():
    assert limit(labels=["否", "是", "不详"]).formula1 == '"否,是,不详"'
    assert limit(labels=["户外、航空", "a,b"], source="'代码表'!$A$3:$A$4").formula1 == "'代码表'!$A$3:$A$4"
    assert limit(labels=[f"{n:05d}" for n in range(60)], source="'代码表'!$A$3:$A$62").formula1 == "'代码表'!$A$3:$A$62"


def test_numbers_days_and_lengths_have_their_limits():
    number = limit(type="number", constraints={"minimum": 0, "maximum": 9})
    assert (number.type, number.formula1, number.formula2) == ("decimal", "0", "9")
    assert limit(type="integer").type == "whole"
    day = limit(type="date", constraints={"minimum": "2024-01-01"})
    assert (day.type, day.formula1) == ("date", "45292")
    text = limit(constraints={"maxLength": 20})
    assert (text.type, text.formula1, text.formula2, text.errorStyle) == ("textLength", "0", "20", "warning")
    assert limit() is None
