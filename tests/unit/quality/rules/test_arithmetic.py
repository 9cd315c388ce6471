"""Rules of numbers, with the real published faults and the good ones beside them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import ContractError
from support.judged import findings_of, places

MONEY = st.decimals(min_value=0, max_value=10**9, places=2)
SUM = {"kind": "sum_of_columns", "total": "total", "parts": ["a", "b", "c"]}
SUMMED = ["id", "total:number", "a:number", "b:number", "c:number"]
BALANCE = {"kind": "balance", "closing": "closing", "plus": ["opening", "income"], "minus": ["spent"]}
BALANCED = ["id", "opening:number", "income:number", "spent:number", "closing:number"]
SHARE = {"kind": "percentage", "part": "part", "whole": "whole", "printed": "printed"}
SHARED = ["id", "part:number", "whole:number", "printed:number"]


def sums(*cells, **rule):
    row = dict(zip(("total", "a", "b", "c"), cells, strict=True))
    return [finding.field for finding in findings_of(SUMMED, SUM | rule, [row])]


def test_the_printed_total_of_guangdong_is_the_sum_of_its_parts():
    assert sums(62.07, 12.02, 27.46, 22.59) == []


def test_a_sum_off_by_the_last_digit_is_found_at_the_total():
    assert sums(62.08, 12.02, 27.46, 22.59) == ["total"]


def test_an_empty_part_counts_as_zero_and_an_empty_total_is_skipped():
    assert sums(5.0, 5.0, None, None) == []
    assert sums(None, 5.0, 1.0, 1.0) == []
    assert sums(0.0, None, None, 1.0) == ["total"]


def test_the_rounding_tolerance_passes_the_football_grounds_of_2022():
    rounded = 0.5 * 10**-2 * 4
    parts = {"a": 3.12, "b": 4.32, "c": 6.14, "d": 0.0140, "total": 13.59}
    rule = SUM | {"parts": ["a", "b", "c", "d"]}
    assert findings_of([*SUMMED, "d:number"], rule | {"tolerance": rounded}, [parts]) == []
    assert places(findings_of([*SUMMED, "d:number"], rule, [parts])) == [(2, "total")]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(MONEY, MONEY, MONEY, st.sampled_from(["0", "0.01", "-0.01"])), min_size=1, max_size=100))
def test_sums_are_judged_as_decimals_would_be(rows):
    cells = [(a + b + c + Decimal(off), a, b, c) for a, b, c, off in rows]
    found = findings_of(
        SUMMED, SUM, [dict(zip(("total", "a", "b", "c"), map(float, row), strict=True)) for row in cells]
    )
    assert [finding.row for finding in found] == [n for n, row in enumerate(rows, 2) if row[3] != "0"]


def test_whole_numbers_are_added_exactly_however_large():
    fields = ["id", "total:integer", "a:integer", "b:integer", "c:integer"]
    largest = 2**63 - 1
    rows = [{"total": 9007199254740993, "a": 9007199254740992, "b": 1}, {"total": 9007199254740993, "a": 9007199254740992},
            {"total": largest, "a": largest, "b": largest, "c": largest}]  # fmt: skip
    assert places(findings_of(fields, SUM, rows)) == [(3, "total"), (4, "total")]


def test_not_a_number_is_the_sum_of_nothing():
    assert sums(float("nan"), 1.0, 1.0, 1.0) == ["total"]
    assert sums(float("inf"), float("inf"), 1.0, 1.0) == ["total"]


def test_the_lottery_balance_of_yiliang_does_not_hold():
    row = {"opening": 91.6294, "income": 46.6784, "spent": 40.00}
    rows = [row | {"closing": 11.5765}, row | {"closing": 98.3078}, {}, {"closing": 1.0}]
    found = findings_of(BALANCED, BALANCE, rows)
    assert places(found) == [(2, "closing"), (5, "closing")]
    assert found[0].value == "11.5765"


def test_a_balance_within_its_tolerance_holds():
    row = {"opening": 10.0, "income": 0.0, "spent": 0.0, "closing": 10.5}
    assert findings_of(BALANCED, BALANCE | {"tolerance": 0.5}, [row]) == []
    assert findings_of(BALANCED, BALANCE | {"tolerance": 0.49}, [row]) != []


def test_the_percentage_of_shouxian_is_wrong_and_those_of_guangdong_and_hebei_are_right():
    rows = [
        {"part": 1.71, "whole": 3.00, "printed": 43.0},
        {"part": 1.71, "whole": 3.00, "printed": 57.0},
        {"part": 12.02, "whole": 62.07, "printed": 19.4},
        {"part": 27.46, "whole": 62.07, "printed": 44.2},
        {"part": 22.59, "whole": 62.07, "printed": 36.4},
        {"part": 271.0, "whole": 11420.0, "printed": 2.38},
    ]
    assert places(findings_of(SHARED, SHARE, rows)) == [(2, "printed")]


def test_a_percentage_of_nothing_or_of_something_empty_is_skipped():
    rows = [{"part": 1.0, "whole": 0.0, "printed": 3.0}, {"part": 1.0, "whole": 2.0}, {"printed": 5.0, "whole": 2.0}]
    assert findings_of(SHARED, SHARE, rows) == []


def test_a_percentage_just_at_its_tolerance_holds():
    rows = [{"part": 57.0, "whole": 100.0, "printed": 57.1}, {"part": 57.0, "whole": 100.0, "printed": 57.11}]
    assert places(findings_of(SHARED, SHARE, rows)) == [(3, "printed")]


def test_a_percentage_far_off_is_left_to_the_stricter_rule():
    rows = [{"part": 57.0, "whole": 100.0, "printed": 57.0 + off} for off in (0.1, 0.2, 0.5, 0.6, 20.0)]
    assert places(findings_of(SHARED, SHARE | {"up_to": 0.5}, rows)) == [(3, "printed"), (4, "printed")]
    assert places(findings_of(SHARED, SHARE | {"tolerance": 0.5}, rows)) == [(5, "printed"), (6, "printed")]


@pytest.mark.parametrize(
    ("op", "wrong"),
    [("<", [3, 4]), ("<=", [4]), ("=", [2, 4]), (">=", [2]), (">", [2, 3]), ("!=", [3])],
)
def test_left_stands_to_right_as_the_operator_says(op, wrong):
    rows = [{"a": 1, "b": 2.0}, {"a": 2, "b": 2.0}, {"a": 3, "b": 2.0}, {"a": None, "b": 2.0}, {"a": 1}]
    rule = {"kind": "compare", "left": "a", "op": op}
    assert [f.row for f in findings_of(["id", "a:integer", "b:number"], rule | {"right": "b"}, rows)] == wrong
    assert [
        f.row for f in findings_of(["id", "a:integer"], rule | {"value": 2}, [{"a": r["a"]} for r in rows[:4]])
    ] == wrong


def test_a_comparison_with_zero_is_a_comparison():
    rule = {"kind": "compare", "left": "a", "op": ">", "value": 0}
    assert places(findings_of(["id", "a:number"], rule, [{"a": 0.0}, {"a": 0.5}])) == [(2, "a")]


def test_both_or_neither_points_at_the_first_that_is_not_above_zero():
    rule = {"kind": "both_or_neither", "fields": ["a", "b", "c"]}
    rows = [
        {"a": 1, "b": 1.0, "c": 1},
        {},
        {"a": 1},
        {"b": 2.0, "c": 0},
        {"a": 0, "b": 0.0, "c": 0},
        {"a": 1, "b": 1.0},
    ]
    found = findings_of(["id", "a:integer", "b:number", "c:integer"], rule, rows)
    assert places(found) == [(4, "b"), (5, "a"), (7, "c")]


def test_a_product_may_differ_by_its_share_of_the_printed_one():
    rule = {"kind": "product_near", "factors": ["length", "width"], "product": "area", "tolerance": 0.3}
    fields = ["id", "length:number", "width:number", "area:number"]
    sides = {"length": 10.0, "width": 10.0}
    rows = [sides | {"area": area} for area in (100.0, 77.0, 76.0, 142.0, 143.0, 0.0, None, -100.0)]
    assert [finding.row for finding in findings_of(fields, rule, rows)] == [4, 6, 9]
    assert findings_of(fields, rule, [{"length": 1e300, "width": 1e300, "area": 1.0}]) != []


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        (["id", "total:string", "a", "b", "c"], SUM),
        (["id", "a:date", "b:number"], {"kind": "compare", "left": "a", "op": "<", "right": "b"}),
        (["id", "a"], {"kind": "compare", "left": "a", "op": "<", "value": 3}),
        (["id", "a", "b:number"], {"kind": "both_or_neither", "fields": ["a", "b"]}),
    ],
)
def test_a_rule_of_numbers_on_other_fields_is_the_contracts_fault(fields, rule):
    with pytest.raises(ContractError, match=r"cannot judge field"):
        findings_of(fields, rule, [{"id": "1"}])


RATIO = {"kind": "ratio", "part": "part", "whole": "whole"}
RATIO_FIELDS = ["id", "part:number", "whole:number", "status"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.none() | st.integers(-1000, 1000), st.none() | st.integers(-1000, 1000)), min_size=1),
    st.integers(-20, 10),
    st.integers(10, 30),
)
def test_a_ratio_is_what_exact_division_gives(pairs, lowest, highest):
    rows = [{"part": part and part / 10, "whole": whole and whole / 10} for part, whole in pairs]
    expected = [
        row
        for row, (part, whole) in enumerate(pairs, 2)
        if part is not None
        and whole
        and not lowest * abs(whole) <= 10 * part * (1 if whole > 0 else -1) <= highest * abs(whole)
    ]
    found = findings_of(RATIO_FIELDS, RATIO | {"minimum": lowest / 10, "maximum": highest / 10}, rows)
    assert [one.row for one in found] == expected


def test_a_ratio_with_nothing_below_or_empty_is_skipped_and_one_that_is_no_number_is_found():
    pairs = [
        (1.0, 0.0),
        (None, 1.0),
        (1.0, None),
        (float("nan"), 1.0),
        (float("inf"), 1.0),
        (0.1, 1.0),
        (1e300, 1e-300),
    ]
    rows = [{"part": part, "whole": whole} for part, whole in pairs]
    assert places(findings_of(RATIO_FIELDS, RATIO | {"maximum": 0.1}, rows)) == [(5, "part"), (6, "part"), (8, "part")]


def test_a_ratio_or_a_comparison_with_a_condition_is_asked_only_where_it_is_true():
    rows = [{"part": 2.0, "whole": 1.0, "status": said} for said in ("done", "open", None)]
    when = {"field": "status", "is_in": ["done"]}
    assert places(findings_of(RATIO_FIELDS, RATIO | {"maximum": 1, "when": when}, rows)) == [(2, "part")]
    comparison = {"kind": "compare", "left": "part", "op": "<=", "right": "whole", "when": when}
    assert places(findings_of(RATIO_FIELDS, comparison, rows)) == [(2, "part")]
