"""Rules that count or add up the rows of a group, held to a loop over groups."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.departments import Department
from support.judged import PROVINCE, context_with, findings_of, places

SUM = {"kind": "sum_of_rows", "field": "amount", "group": ["unit"], "total": {"field": "line", "is_in": ["total"]}}
COUNT = {"kind": "count_within", "group": ["unit", "line"]}
NUMBER = ["id", "unit", "line", "amount:number"]
WHOLE = ["id", "unit", "line", "amount:integer"]
UNITS, LINES = st.sampled_from(["x", "y", None]), st.sampled_from(["total", "part", "other", None])
CENTS = st.integers(-10_000, 10_000).map(lambda cents: cents / 100)


def table(*lines):
    return [dict(zip(("unit", "line", "amount"), line, strict=True)) for line in lines]


def wrong_totals(rows, parts=None):
    """Numbers of the rows whose total is not the exact sum of the parts of its group."""
    found = []
    for number, row in enumerate(rows, 2):
        mates = [one for one in rows if one["unit"] == row["unit"] is not None and one["line"] != "total"]
        mates = [one for one in mates if parts is None or one["line"] in parts]
        if row["line"] != "total" or row["unit"] is None or row["amount"] is None or not mates:
            continue
        exact = sum(Fraction(str(one["amount"] or 0)) for one in mates)
        found += [number] if exact != Fraction(str(row["amount"])) else []
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(UNITS, LINES, st.none() | CENTS), min_size=1, max_size=40))
@pytest.mark.parametrize("parts", [None, ["part"]])
def test_a_total_is_what_exact_addition_gives(parts, lines):
    rows = table(*lines)
    rule = SUM if parts is None else SUM | {"parts": {"field": "line", "is_in": parts}}
    assert [one.row for one in findings_of(NUMBER, rule, rows)] == wrong_totals(rows, parts)


def test_decimals_that_binary_numbers_cannot_hold_still_add_up():
    rows = table(("x", "total", 100.0), *[("x", "part", 0.1)] * 1000)
    assert findings_of(NUMBER, SUM, rows) == []
    assert places(findings_of(NUMBER, SUM, [*table(("x", "total", 100.01)), *rows[1:]])) == [(2, "amount")]


def test_whole_numbers_are_added_exactly_however_large():
    rows = table(("x", "total", 2**63 - 1), ("x", "part", 2**62), ("x", "part", 2**62 - 1), ("y", "total", 2**63 - 1))
    assert findings_of(WHOLE, SUM, rows) == []
    rows[1]["amount"] -= 1
    assert places(findings_of(WHOLE, SUM, rows)) == [(2, "amount")]


def test_a_tolerance_is_in_the_unit_of_the_field():
    rows = table(("x", "total", 10.0), ("x", "part", 9.0), ("y", "total", 10.0), ("y", "part", 8.5))
    assert places(findings_of(NUMBER, SUM | {"tolerance": 1.0}, rows)) == [(4, "amount")]


def test_groups_without_a_total_or_without_parts_are_skipped_and_an_empty_part_is_0():
    rows = table(
        ("x", "total", 5.0),
        ("y", "part", 5.0),
        ("z", "total", 0.0),
        ("z", "part", None),
        ("w", "total", None),
        ("w", "part", 1.0),
    )
    assert findings_of(NUMBER, SUM, rows) == []


@pytest.mark.parametrize("strange", [float("nan"), float("inf"), 1e308])
def test_a_number_that_is_none_is_never_the_sum(strange):
    rows = table(("x", "total", strange), ("x", "part", 1.0), ("y", "total", 1.0), ("y", "part", strange))
    assert places(findings_of(NUMBER, SUM, rows)) == [(2, "amount"), (4, "amount")]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(UNITS, LINES, st.sampled_from([1, 2, None])), min_size=1, max_size=40),
    st.integers(0, 3),
    st.integers(3, 6),
)
@pytest.mark.parametrize("where", [None, [2]])
def test_groups_are_counted_as_a_dictionary_counts_them(where, lines, minimum, maximum):
    rows = table(*lines)
    firsts, counts = {}, {}
    for number, (unit, line, amount) in enumerate(lines, 2):
        if unit is not None and line is not None:
            firsts.setdefault((unit, line), number)
            counts[unit, line] = counts.get((unit, line), 0) + (where is None or amount in where)
    rule = COUNT | {"minimum": minimum, "maximum": maximum}
    found = findings_of(WHOLE, rule if where is None else rule | {"where": {"field": "amount", "is_in": where}}, rows)
    assert [one.row for one in found] == sorted(firsts[key] for key, n in counts.items() if not minimum <= n <= maximum)


def test_the_finding_names_the_group_at_its_first_row():
    found = findings_of(WHOLE, COUNT | {"maximum": 1}, table(("x", "part", 1), ("x", "other", 1), ("x", "part", 2)))
    assert [(one.row, one.field, one.value) for one in found] == [(2, "unit", "x / part")]


REPEATED = {"kind": "sum_of_group", "field": "amount", "group": ["unit"], "total": "whole"}
BESIDE = ["id", "unit", "amount:number", "whole:number"]


def beside(*lines):
    return [dict(zip(("unit", "amount", "whole"), line, strict=True)) for line in lines]


def test_rows_that_do_not_make_the_total_they_repeat_are_found_at_the_first():
    rows = beside(("x", 0.1, 0.3), ("y", 1.0, 3.0), ("x", 0.2, 0.3), ("y", 1.0, 3.0))
    assert places(findings_of(BESIDE, REPEATED, rows)) == [(3, "whole")]
    assert findings_of(BESIDE, REPEATED | {"tolerance": 1.0}, rows) == []


def test_a_sum_may_stay_below_an_envelope_but_not_exceed_it():
    rows = beside(("x", 1.0, 3.0), ("x", 1.0, 3.0), ("y", 2.0, 3.0), ("y", 1.5, 3.0))
    assert places(findings_of(BESIDE, REPEATED | {"op": "<="}, rows)) == [(4, "whole")]


def test_an_empty_part_counts_as_nothing_and_no_total_or_group_is_no_question():
    assert (
        findings_of(BESIDE, REPEATED, beside(("x", None, 1.0), ("x", 1.0, 1.0), ("y", 5.0, None), (None, 5.0, 1.0)))
        == []
    )


@given(st.lists(CENTS, min_size=1, max_size=40))
def test_the_sum_of_a_group_is_what_exact_addition_gives(amounts):
    exact = float(sum(Fraction(str(one)) for one in amounts))
    assert findings_of(BESIDE, REPEATED, beside(*[("x", one, exact) for one in amounts])) == []
    assert places(findings_of(BESIDE, REPEATED, beside(*[("x", one, exact + 0.01) for one in amounts]))) == [
        (2, "whole")
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(UNITS, LINES, st.sampled_from([1, 2, None])), min_size=1, max_size=40), st.integers(0, 2))
def test_different_values_of_a_group_are_counted_as_a_set_counts_them(lines, minimum):
    firsts, values = {}, {}
    for number, (unit, line, _) in enumerate(lines, 2):
        if unit is not None:
            firsts.setdefault(unit, number)
            values.setdefault(unit, set()).update({line} - {None})
    rule = {"kind": "distinct_within", "field": "line", "group": ["unit"], "minimum": minimum, "maximum": 2}
    found = findings_of(WHOLE, rule, table(*lines))
    assert [one.row for one in found] == sorted(firsts[key] for key, n in values.items() if not minimum <= len(n) <= 2)


BALANCE = {
    "kind": "rows_balance",
    "field": "amount",
    "group": ["unit"],
    "plus": {"field": "line", "is_in": ["total"]},
    "minus": {"field": "line", "is_in": ["part"]},
}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(UNITS, LINES, st.none() | CENTS), min_size=1, max_size=40))
def test_two_sides_are_equal_where_exact_addition_says_so(lines):
    wrong, firsts = [], {}
    for number, (unit, _, _) in enumerate(lines, 2):
        firsts.setdefault(unit, number)
    for unit, first in firsts.items():
        sides = [
            [Fraction(str(n or 0)) for u, kind, n in lines if (u, kind) == (unit, side)] for side in ("total", "part")
        ]
        wrong += [first] if unit and all(sides) and sum(sides[0]) != sum(sides[1]) else []
    assert [one.row for one in findings_of(NUMBER, BALANCE, table(*lines))] == sorted(wrong)


def test_the_finding_shows_both_sums_and_a_tolerance_is_in_the_unit_of_the_field():
    rows = table(("x", "total", 10.0), ("x", "part", 4.0), ("x", "part", 5.5), ("x", "other", 99.0))
    (found,) = findings_of(NUMBER, BALANCE, rows)
    assert (found.row, found.field, found.value) == (2, "amount", "10 / 9.5")
    assert findings_of(NUMBER, BALANCE | {"tolerance": 0.5}, rows) == []


HEADS = {"kind": "per_head", "field": "amount", "where": {"field": "line", "is_in": ["part"]}}


def test_a_figure_of_the_file_is_held_to_the_residents_of_the_department():
    rows = table(("x", "other", 1e9), ("x", "part", 4535.0), ("y", "part", 4535.0), ("y", "part", None))
    bounds = {"minimum": 1, "maximum": 10}
    assert findings_of(NUMBER, HEADS | bounds, rows) == []
    (found,) = findings_of(NUMBER, HEADS | {"maximum": 10}, [*rows, *table(("z", "part", 1.0))])
    assert (found.row, found.field, found.value) == (3, "amount", "10")
    assert places(findings_of(NUMBER, HEADS | {"minimum": 11}, rows)) == [(3, "amount")]


def test_without_rows_that_count_or_a_figure_of_the_area_nothing_is_held_to_residents():
    assert findings_of(NUMBER, HEADS | {"minimum": 1}, table(("x", "other", 1.0))) == []
    county = Department(code="210102", zh="和平区", en="Heping", kind="county_bureau", admin_code="210102")
    rows = table(("x", "part", 1.0))
    assert findings_of(NUMBER, HEADS | {"minimum": 1}, rows, context_with(department=county)) == []
    assert len(findings_of(NUMBER, HEADS | {"minimum": 1}, rows, context_with(department=PROVINCE))) == 1
