"""Rules that hold only where another field says so."""

import pytest

from schemas.errors import ContractError
from support.judged import findings_of, places

FIELDS = ["id", "status", "why", "until:date", "open:boolean", "n:integer"]


def found(rule, rows, fields=FIELDS):
    return places(findings_of(fields, rule, rows))


def required(when, *fields):
    return {"kind": "required_when", "fields": list(fields), "when": when}


def test_what_is_required_is_only_so_where_the_condition_holds():
    rule = required({"field": "status", "is_in": ["closed", "paused"]}, "why", "until")
    rows = [{"status": "closed"}, {"status": "open"}, {"status": "paused", "why": "修缮"}, {}]
    assert found(rule, rows) == [(2, "why"), (2, "until"), (4, "until")]


def test_empty_text_fills_in_nothing_and_holds_no_condition():
    assert found(required({"field": "status"}, "why"), [{"status": "x", "why": ""}, {"status": ""}]) == [(2, "why")]


def test_a_condition_without_values_holds_where_anything_is_filled_in():
    rule = {"kind": "empty_when", "fields": ["why", "until"], "when": {"field": "n"}}
    assert found(rule, [{"n": 0, "why": "x"}, {"why": "x"}, {"n": 1}]) == [(2, "why")]


def test_conditions_compare_in_the_type_of_their_field():
    assert found(required({"field": "n", "is_in": [1, "2", 3.0]}, "why"), [{"n": n} for n in (1, 2, 3, 4)]) == [
        (row, "why") for row in (2, 3, 4)
    ]
    assert found(required({"field": "status", "is_in": [1]}, "why"), [{"status": "1"}, {"status": "x"}]) == [(2, "why")]
    assert found(required({"field": "open", "is_in": ["true"]}, "why"), [{"open": True}, {"open": False}]) == [
        (2, "why")
    ]


def test_a_number_that_can_never_be_is_the_contracts_fault():
    with pytest.raises(ContractError, match="can never be"):
        found(required({"field": "n", "is_in": ["many"]}, "why"), [{"n": 1}])


def test_a_pattern_must_match_the_whole_text():
    rule = {"kind": "matches_when", "field": "why", "pattern": "ab|cd", "when": {"field": "status", "is_in": ["x"]}}
    texts = ["ab", "cd", "abd", "xab", "", None, "ab\n"]
    assert found(rule, [{"status": "x", "why": text} for text in texts]) == [(4, "why"), (5, "why"), (8, "why")]
    assert found(rule, [{"status": "y", "why": "abd"}]) == []


def test_numbers_are_matched_as_they_are_written():
    rule = {"kind": "matches_when", "field": "x", "pattern": r"\d+", "when": {"field": "id"}}
    assert found(rule, [{"id": "1", "x": 12.0}, {"id": "2", "x": 12.5}], ["id", "x:number"]) == [(3, "x")]


def test_a_broken_pattern_is_the_contracts_fault():
    rule = {"kind": "matches_when", "field": "why", "pattern": "(", "when": {"field": "status"}}
    with pytest.raises(ContractError, match="matches-when"):
        found(rule, [{"status": "x", "why": "y"}])


def test_a_text_begins_with_another_or_is_found_and_empty_is_no_question():
    rule = {"kind": "begins_with", "field": "why", "beginning": "status"}
    rows = [{"why": "AB12", "status": "AB"}, {"why": "A%12", "status": "A_"}, {"why": "AB"}, {"status": "AB"}]
    assert found(rule, rows) == [(3, "why")]


def test_a_number_begins_with_nothing():
    with pytest.raises(ContractError):
        found({"kind": "begins_with", "field": "why", "beginning": "n"}, [{"why": "1", "n": 1}])


LONG, NIGHT = {"field": "n", "above": 42195}, {"field": "open", "is_in": ["true"]}


def test_of_several_conditions_one_may_hold_though_the_fields_of_the_others_are_empty():
    rows = [{"n": 42195}, {"n": 42196}, {"open": True}, {"n": 1, "open": False}, {}, {"n": 50000, "open": True}]
    assert found(required({"any_of": [LONG, NIGHT]}, "why"), rows) == [(3, "why"), (4, "why"), (7, "why")]


def test_of_several_conditions_all_may_have_to_hold():
    rule = required({"all_of": [{"field": "status", "is_in": ["x"]}, {"any_of": [LONG, NIGHT]}]}, "why")
    rows = [{"status": "x", "n": 50000}, {"status": "y", "n": 50000}, {"status": "x"}, {"status": "x", "open": True}]
    assert found(rule, rows) == [(2, "why"), (5, "why")]


def test_bounds_of_a_condition_are_not_included():
    rule = required({"field": "n", "above": 1, "below": 4}, "why")
    assert found(rule, [{"n": n} for n in (1, 2, 3, 4, None)]) == [(3, "why"), (4, "why")]


def test_a_condition_looks_for_words_in_a_text():
    rule = required({"field": "status", "contains": ["简易程序", "it's"]}, "why")
    rows = [{"status": "以简易程序作出"}, {"status": "一般程序"}, {"status": "so it's"}, {}]
    assert found(rule, rows) == [(2, "why"), (4, "why")]


@pytest.mark.parametrize("when", [{"field": "status", "above": 1}, {"field": "n", "contains": ["1"]}])
def test_numbers_are_compared_and_texts_searched(when):
    with pytest.raises(ContractError, match="cannot judge field"):
        found(required(when, "why"), [{"n": 1}])
