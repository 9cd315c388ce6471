"""Row rules on rows that have other errors: asked where the rule's own fields are sound, and only there."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.submissions.checks.row_rules import find_unsound_cells, judge_sound_cells
from quality.brief_findings import BriefFindings
from quality.findings import Finding
from schemas.text import Text
from support.contracts import contract_with
from support.judged import context_with, judged, places, typed_rows

FIELDS = ["id", "name", "start:integer", "end:integer"]
ORDER = {"kind": "compare", "id": "order", "left": "start", "op": "<=", "right": "end"}
ONCE = {"kind": "unique_together", "id": "once", "fields": ["name", "start"]}
ALIKE = {"kind": "consistent_within", "id": "alike", "key": "name", "fields": ["end"]}


def error(row: int | None, field: str | None, type_: str = "type-error", severity: str = "error") -> Finding:
    return Finding(judge="cell", type=type_, severity=severity, row=row, field=field, message=Text(zh="错", en="wrong"))


def asked(rules, rows, earlier):
    contract = contract_with(FIELDS, rules)
    numbers = pa.array(range(2, len(rows) + 2), pa.int64())
    found = BriefFindings(earlier)
    return judge_sound_cells(typed_rows(contract, rows), numbers, found, contract, context_with()).findings


BACKWARDS = {"id": "1", "name": "a", "start": 9, "end": 1}


def test_a_rule_is_asked_of_a_row_whose_error_is_in_another_field():
    assert places(asked([ORDER], [BACKWARDS], [error(2, "name")])) == [(2, "start")]


@pytest.mark.parametrize("field", ["start", "end"])
def test_a_rule_is_not_asked_where_one_of_its_own_cells_is_wrong(field):
    assert asked([ORDER], [BACKWARDS], [error(2, field)]) == []


@pytest.mark.parametrize("type_", ["extra-cell", "missing-cell", "swallowed-rows", "blank-row"])
def test_no_rule_is_asked_of_a_row_whose_cells_may_stand_in_other_columns(type_):
    assert asked([ORDER], [BACKWARDS], [error(2, "name", type_)]) == []


def test_no_rule_is_asked_of_a_row_that_is_wrong_as_a_whole():
    assert asked([ORDER], [BACKWARDS], [error(2, None, "row-error")]) == []


def test_a_repeated_key_leaves_the_other_fields_of_its_row_to_the_rules():
    assert places(asked([ORDER], [BACKWARDS], [error(2, None, "primary-key")])) == [(2, "start")]


def test_a_warning_leaves_a_cell_sound():
    assert places(asked([ORDER], [BACKWARDS], [error(2, "start", severity="warning")])) == [(2, "start")]


def test_a_date_with_which_a_program_says_nothing_is_compared_with_no_other():
    assert asked([ORDER], [BACKWARDS], [error(2, "start", "nothing-date", severity="warning")]) == []


def test_a_row_with_a_wrong_cell_makes_no_other_row_look_different_from_it():
    rows = [
        {"id": "1", "name": "a", "end": None},
        {"id": "2", "name": "a", "end": 5},
        {"id": "3", "name": "a", "end": 5},
    ]
    assert asked([ALIKE], rows, [error(2, "end")]) == []


def test_rows_are_compared_although_another_of_their_fields_is_wrong():
    rows = [{"id": "1", "name": "a", "start": 1}, {"id": "2", "name": "a", "start": 1}]
    assert places(asked([ONCE], rows, [error(2, "end"), error(3, "id")])) == [(3, "name")]


CELLS = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b"]), "start": st.integers(0, 3), "end": st.integers(0, 3)}
)


@settings(max_examples=25)
@given(st.lists(CELLS, min_size=1, max_size=8))
def test_without_errors_the_findings_are_those_of_the_judge_alone(rows):
    contract = contract_with(FIELDS, [ALIKE, ORDER, ONCE])
    assert asked([ALIKE, ORDER, ONCE], rows, []) == judged(contract, rows)


@settings(max_examples=25)
@given(st.lists(CELLS, min_size=1, max_size=6), st.data())
def test_an_error_takes_findings_away_only_from_rules_of_its_field(rows, data):
    row = data.draw(st.integers(2, len(rows) + 1))
    whole = asked([ORDER], rows, [])
    assert asked([ORDER], rows, [error(row, "name")]) == whole
    assert asked([ORDER], rows, [error(row, "end")]) == [finding for finding in whole if finding.row != row]


@settings(max_examples=25)
@given(st.lists(CELLS, min_size=1, max_size=6), st.data())
def test_a_rule_over_several_rows_finds_the_same_whole_or_field_by_field(rows, data):
    alike = {**ALIKE, "fields": ["end", "start"]}
    row = data.draw(st.integers(2, len(rows) + 1))
    whole = asked([alike], rows, [])
    assert asked([alike], rows, [error(row, "id")]) == whole
    nobody = asked([alike], [*rows, {"name": "z"}], [error(len(rows) + 2, "start")])
    assert nobody == whole


def test_findings_on_the_file_make_no_cell_unsound():
    contract = contract_with(FIELDS, [ORDER])
    found = BriefFindings([error(None, "name"), error(None, None)])
    assert not find_unsound_cells(found, contract, pa.array([2])).fields


ADDS_UP = {
    "kind": "sum_of_rows",
    "id": "adds-up",
    "field": "start",
    "group": ["name"],
    "total": {"field": "id", "is_in": ["1", "4"]},
}
GROUPS = [
    {"id": "1", "name": "a", "start": 9},
    {"id": "2", "name": "a", "start": 1},
    {"id": "3", "name": "a", "start": 1},
    {"id": "4", "name": "b", "start": 9},
    {"id": "5", "name": "b", "start": 1},
]


def test_a_group_with_a_wrong_cell_is_not_added_up_and_the_others_are():
    assert places(asked([ADDS_UP], GROUPS, [error(3, "end")])) == [(2, "start"), (5, "start")]
    assert places(asked([ADDS_UP], GROUPS, [error(3, "start")])) == [(5, "start")]


def test_no_group_is_added_up_where_one_row_may_belong_to_any_of_them():
    assert asked([ADDS_UP], GROUPS, [error(3, "name")]) == []


def test_a_rule_on_the_sum_of_a_file_is_not_asked_where_a_part_of_it_is_wrong():
    rule = {"kind": "per_head", "id": "heads", "field": "end", "maximum": 0.001}
    rows = [{"id": str(n), "end": 1000} for n in range(3)]
    assert places(asked([rule], rows, [error(2, "start")])) == [(2, "end")]
    assert asked([rule], rows, [error(3, "end")]) == []
