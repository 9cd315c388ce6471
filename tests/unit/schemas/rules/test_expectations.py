import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.rules.expectations import TableExpectation

EXPECTATION = TypeAdapter(TableExpectation)
SAID = {"id": "an-expectation", "message": {"zh": "变化过大", "en": "too much change"}, "source": "test"}


def test_an_expectation_is_a_warning_unless_it_says_otherwise():
    assert EXPECTATION.validate_python({**SAID, "kind": "volume", "max_change": 0.3}).severity == "warning"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "median", "field": "a"},
        {"kind": "volume", "max_change": 0},
        {"kind": "mean", "field": "a"},
        {"kind": "nulls", "field": "a", "max_share": 1.1},
        {"kind": "distinct", "field": "a", "minimum": -1},
        {"kind": "unit_slip", "field": "a", "max_change": 2},
    ],
)
def test_an_expectation_that_cannot_be_judged_is_refused_when_it_is_read(wrong):
    with pytest.raises(ValidationError):
        EXPECTATION.validate_python({**SAID, **wrong})
