import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.contract import rule_fields
from schemas.rules.rules import RowRule

RULE = TypeAdapter(RowRule)
SAID = {"id": "a-rule", "message": {"zh": "错", "en": "wrong"}, "source": "test"}


def test_a_rule_is_an_error_unless_it_says_otherwise():
    assert RULE.validate_python({**SAID, "kind": "credit_code", "field": "uscc"}).severity == "error"


@pytest.mark.parametrize("sides", [{}, {"right": "b", "value": 1}])
def test_a_comparison_has_exactly_one_right_side(sides):
    with pytest.raises(ValidationError, match="a-rule: give either"):
        RULE.validate_python({**SAID, "kind": "compare", "left": "a", "op": "<", **sides})


def test_a_comparison_with_zero_has_a_right_side():
    assert RULE.validate_python({**SAID, "kind": "compare", "left": "a", "op": ">=", "value": 0}).value == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "no_such_kind", "field": "a"},
        {"kind": "credit_code"},
        {"kind": "credit_code", "field": "a", "fields": ["a"]},
        {"kind": "credit_code", "field": "a", "id": "Not A Slug"},
        {"kind": "credit_code", "field": "a", "severity": "fatal"},
        {"kind": "credit_code", "field": "a", "message": {"zh": "错"}},
        {"kind": "date_order", "fields": ["a"]},
        {"kind": "compare", "left": "a", "op": "<>", "right": "b"},
        {"kind": "product_near", "factors": ["a", "b"], "product": "c", "tolerance": 0},
        {"kind": "sum_of_columns", "total": "a", "parts": []},
        {"kind": "percentage", "part": "a", "whole": "b", "printed": "c", "tolerance": -1},
    ],
)
def test_a_rule_that_cannot_be_judged_is_refused_when_it_is_read(wrong):
    with pytest.raises(ValidationError):
        RULE.validate_python({**SAID, **wrong})


@pytest.mark.parametrize(
    ("kind", "lowest", "highest"),
    [
        ({"kind": "days_between", "first": "a", "last": "b"}, "at_least", "at_most"),
        ({"kind": "ratio", "part": "a", "whole": "b"}, "minimum", "maximum"),
        ({"kind": "count_within", "group": ["a"]}, "minimum", "maximum"),
        ({"kind": "per_head", "field": "a"}, "minimum", "maximum"),
        ({"kind": "distinct_within", "field": "b", "group": ["a"]}, "minimum", "maximum"),
    ],
)
def test_a_rule_with_bounds_has_one_of_them_and_they_are_in_order(kind, lowest, highest):
    RULE.validate_python(SAID | kind | {lowest: 2, highest: 2})
    for bounds in ({}, {lowest: 3, highest: 2}):
        with pytest.raises(ValidationError, match="a-rule"):
            RULE.validate_python(SAID | kind | bounds)


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"field": "a", "above": 2, "below": 1},
        {"field": "a", "contains": []},
        {"field": "a", "contains": [""]},
        {"field": "a", "is_in": ["x"], "above": 1},
        {"all_of": [{"field": "a"}]},
        {"all_of": [{"field": "a"}, {"field": "b"}], "any_of": [{"field": "a"}, {"field": "b"}]},
    ],
)
def test_a_condition_is_of_one_kind_and_says_something(when):
    with pytest.raises(ValidationError):
        RULE.validate_python({**SAID, "kind": "required_when", "fields": ["c"], "when": when})


def test_a_rule_uses_the_fields_of_all_its_conditions():
    when = {"all_of": [{"field": "a", "is_in": ["x"]}, {"any_of": [{"field": "b", "above": 1}, {"field": "a"}]}]}
    rule = RULE.validate_python({**SAID, "kind": "required_when", "fields": ["c"], "when": when})
    assert rule_fields(rule) == ("c", "a", "b")
