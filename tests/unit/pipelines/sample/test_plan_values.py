"""Each kind of value of a sample plan, as a typed cell; the same seed gives the same cell."""

from datetime import date

import pytest

from pipelines.sample.plan_values import KINDS, RowScope, make_value
from pipelines.sample.random_values import RandomSource
from support.judged import findings_of

START = date(2026, 9, 29)


def scope(seed=1, **row):
    names = {"county": "210102", "division": "210100", "period": "2026", "year": 2026, "n": 3}
    return RowScope(
        RandomSource.seeded_by(seed),
        names,
        lambda stated: {"id": f"{stated['from']}-{seed}", "city": "沈阳"},
        dict(row),
    )


@pytest.mark.parametrize(
    ("stated", "cell"),
    [
        ("固定", "固定"),
        ("GC-{county}-{n:04d}-{kind}", "GC-210102-0003-a"),
        (7, 7),
        (None, None),
        ({"county": "own"}, "210102"),
        ({"sum": ["a", "b", 1]}, 151),
        ({"difference": ["a", "b"]}, 50),
        ({"product": ["a", 0.015]}, 1.5),
        ({"percentage": ["b", "a"], "decimals": 1}, 50.0),
        ({"copy": "kind"}, "a"),
        ({"from": "facility", "field": "id"}, "facility-1"),
        ({"when": {"field": "kind", "is_in": ["a"]}, "then": "x", "otherwise": "y"}, "x"),
        ({"when": {"field": "kind", "is_in": ["b"]}, "then": "x", "otherwise": "y"}, "y"),
        ({"when": {"field": "empty"}, "then": "x"}, None),
        ({"days_after": "start", "from": 7, "to": 7}, date(2026, 10, 6)),
        ({"days_after": "start", "from": 7, "to": 7, "working": True}, date(2026, 10, 14)),
        ({"days_after": "empty", "from": 1, "to": 2}, None),
        ({"day": ["2026-03-01", "2026-03-01"]}, date(2026, 3, 1)),
        ({"day": ["start", "{year}-09-29"]}, START),
    ],
)
def test_a_value_is_made_as_it_is_stated(stated, cell):
    assert make_value(stated, scope(a=100, b=50, kind="a", empty=None, start=START)) == cell


def test_numbers_lie_in_their_range_on_a_step_and_whole_ones_are_whole():
    for seed in range(50):
        whole = make_value({"number": [1000, 9000], "step": 500}, scope(seed))
        part = make_value({"part_of": "whole", "share": [0.2, 0.5], "step": 0.1}, scope(seed, whole=whole))
        assert isinstance(whole, int)
        assert 1000 <= whole <= 9000
        assert whole % 500 == 0
        assert whole * 0.2 - 0.1 <= part <= whole * 0.5
        assert round(part, 1) == part


def test_choices_may_be_weighted_and_may_be_values_themselves():
    drawn = {make_value({"choose": {"a": 1, "b": 0}}, scope(seed)) for seed in range(20)}
    assert drawn == {"a"}
    assert {make_value({"choose": ["{n}", 4]}, scope(seed)) for seed in range(20)} == {"3", 4}


def test_a_credit_code_is_valid_and_the_same_for_the_same_name():
    codes = [make_value({"credit_code": "91", "of": "{name}"}, scope(seed, name="示例公司")) for seed in (1, 2)]
    assert codes[0] == codes[1]
    free = make_value({"credit_code": "12"}, scope())
    assert free.startswith("12210102")
    rows = [{"code": code} for code in (*codes[:1], free)]
    assert findings_of(["code"], {"kind": "credit_code", "field": "code"}, rows) == []


def test_a_row_draws_one_row_of_a_dataset_however_often_it_asks():
    drawn = iter(range(10))
    one = RowScope(RandomSource.seeded_by(1), {}, lambda _: {"id": next(drawn)})
    assert [make_value({"from": "facility", "field": "id"}, one) for _ in range(3)] == [0, 0, 0]


def test_the_same_seed_gives_the_same_cell():
    for kind in ({"number": [1, 10**6]}, {"day": ["2026-01-01", "2026-12-31"]}, {"credit_code": "12"}):
        assert next(iter(kind)) in KINDS
        assert make_value(kind, scope(5)) == make_value(kind, scope(5))
