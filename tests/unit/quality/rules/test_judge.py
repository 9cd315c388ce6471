"""The judge of rows as a whole: order, hostile names and values, messages, and that no kind is forgotten."""

from typing import get_args

import duckdb
import pyarrow as pa
import pytest

from quality.rules import judge, rule_queries
from quality.rules.compilers import COMPILERS
from quality.rules.judge import cell_text, fill_in, judge_rows
from quality.rules.violations import Violation, quote_identifier, to_literal
from schemas.execution import spilled_table
from schemas.rules.rules import RowRule
from schemas.text import Text
from support.contracts import contract_with
from support.judged import context_with, judged, places, typed_rows

HOSTILE = [
    '"',
    "'",
    '"; DROP TABLE rows_of_the_file; --',
    "a' OR 1=1",
    "position",
    "A",
    "a",
    "两 个",
    "{id}",
    "0:x",
    "\\",
    "%s",
]


def compare(field, **more):
    return {"kind": "compare", "left": field, "op": ">", "value": 0, **more}


def test_every_kind_of_rule_has_a_compiler():
    kinds = {get_args(model.model_fields["kind"].annotation)[0] for model in get_args(get_args(RowRule)[0])}
    assert set(COMPILERS) == kinds


def test_findings_come_in_the_order_of_the_rules_then_of_the_rows():
    rules = [
        compare("b", id="z-first"),
        compare("a", id="a-second", severity="warning", mend={"zh": "改", "en": "mend"}),
    ]
    found = judged(
        contract_with(["id", "a:integer", "b:integer"], rules), [{"a": 0, "b": 0}, {"a": 1, "b": 0}, {"a": -1, "b": 1}]
    )
    assert [(f.type, f.row) for f in found] == [("z-first", 2), ("z-first", 3), ("a-second", 2), ("a-second", 4)]
    assert {f.judge for f in found} == {"row"}
    assert found[0].severity == "error"
    assert found[0].mend.en == 'check "b"', "that of its kind"
    assert found[2].severity == "warning"
    assert found[2].mend == Text(zh="改", en="mend")


@pytest.mark.parametrize("few", [0, 1000])
def test_a_small_table_and_a_large_one_have_the_same_findings(monkeypatch, few):
    for module in (judge, rule_queries):
        monkeypatch.setattr(module, "FEW_ROWS", few)
    rules = [compare("a", id="positive"), {"kind": "unique_together", "id": "once", "fields": ["name", "a"]}]
    rows = [{"a": 0, "name": ""}, {"a": 1, "name": "甲"}, {"a": 1, "name": "甲"}, {"a": None, "name": None}]
    found = judged(contract_with(["id", "a:integer", "name"], rules), rows)
    assert [(f.type, f.row) for f in found] == [("positive", 2), ("once", 4)]


def test_a_large_table_is_judged_in_slices_and_rules_that_compare_rows_see_all_of_it(monkeypatch):
    for module in (judge, rule_queries):
        monkeypatch.setattr(module, "FEW_ROWS", 0)
    monkeypatch.setattr(spilled_table, "SLICE_ROWS", 2)
    rules = [
        {"kind": "credit_code", "id": "coded", "field": "code"},
        compare("a", id="positive", severity="warning"),
        {"kind": "unique_together", "id": "once", "fields": ["name"]},
    ]
    good, wrong = "91350100M000100Y43", "91350100M000100Y44"
    codes = [good, wrong, None, good, wrong, good, wrong]
    rows = [{"code": code, "a": at % 3, "name": f"{at % 5}"} for at, code in enumerate(codes)]
    found = judged(contract_with(["id", "code", "a:integer", "name"], rules), rows)
    assert [(f.type, f.row) for f in found] == [
        ("coded", 3), ("coded", 6), ("coded", 8), ("positive", 2), ("positive", 5), ("positive", 8), ("once", 7), ("once", 8)
    ]  # fmt: skip


def test_rows_in_doubt_are_copied_without_columns_that_no_rule_names():
    table = pa.table({"position": [0], "0:a": [1], "10:a": [1], '1:"': ["x"], "2:b": ["y"]})
    asked = [(0, [Violation("a", '"10:a" > 0', value='"1:""" || 0')])]
    assert rule_queries._list_columns(asked, table) == '"position", "10:a", "1:"""'


def test_an_empty_table_has_no_findings():
    contract = contract_with(["id", "a:integer"], [compare("a")])
    assert judge_rows(typed_rows(contract, []), pa.array([], pa.int64()), contract, context_with()) == []


def test_rows_are_named_by_their_numbers_in_the_file():
    contract = contract_with(
        ["id", "a:integer"],
        [
            compare("a"),
            {"kind": "unique_together", "fields": ["a"], "message": {"zh": "{other_row}", "en": "{other_row}"}},
        ],
    )
    table = typed_rows(contract, [{"a": 1}, {"a": 0}, {"a": 0}])
    found = judge_rows(table, pa.array([3, 17, 40], pa.int64()), contract, context_with())
    assert places(found) == [(17, "a"), (40, "a"), (40, "a")]
    assert found[-1].message.en == "17"


def test_a_table_in_several_chunks_is_judged_as_one():
    contract = contract_with(["id", "a:integer"], [compare("a")])
    table = pa.concat_tables([typed_rows(contract, [{"a": 1}, {"a": 0}])] * 3)
    found = judge_rows(table, pa.array(range(2, 8), pa.int64()), contract, context_with())
    assert [f.row for f in found] == [3, 5, 7]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_field_name_is_only_a_name(name):
    rules = [
        {"kind": "required_when", "fields": [name], "when": {"field": name, "is_in": ["x' OR '1'='1"]}},
        {"kind": "unique_together", "fields": [name]},
        {"kind": "matches_when", "field": name, "pattern": "[^']*'", "when": {"field": name}},
        {"kind": "consistent_within", "key": "id", "fields": [name]},
    ]
    found = judged(
        contract_with(["id", {"name": name}, {"name": "n", "type": "integer"}], rules),
        [{"id": "1", name: name}, {"id": "1", name: name}],
    )
    assert ("unique-together", 3, name) in [(f.type, f.row, f.field) for f in found]
    assert {f.value for f in found} == {name}


def test_names_that_differ_only_in_case_are_two_fields():
    contract = contract_with(["id", "A:integer", "a:integer"], [compare("A")])
    assert places(judged(contract, [{"A": 0, "a": 1}, {"A": 1, "a": 0}])) == [(2, "A")]


@pytest.mark.parametrize(
    "value",
    ["'; DROP TABLE x; --", "{value.__class__}", "{id}", "%(id)s", "<script>", "=cmd|' /C calc'!A0", "\x00", "\ud7ff"],
)
def test_a_hostile_value_is_only_a_value(value):
    rule = {"kind": "unique_together", "fields": ["a"], "message": {"zh": "“{value}”、{a}", "en": '"{value}" {a}'}}
    found = judged(contract_with(["id", "a"], [rule]), [{"id": "secret", "a": value}] * 2)
    assert [f.value for f in found] == [value]
    assert found[0].message == Text(zh=f"“{value}”、{value}", en=f'"{value}" {value}')


@pytest.mark.parametrize("text", [*HOSTILE, "", "''", "\n"])
def test_quoting_has_an_inverse(text):
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {to_literal(text)}").fetchone() == (text,)
        if text:
            assert connection.execute(f"SELECT 1 AS {quote_identifier(text)}").description[0][0] == text


def test_a_message_is_filled_with_value_and_fields_and_what_is_missing_becomes_empty():
    message = {"zh": "{value}（{id}，{n}，{gone}{other_row}）", "en": "{value} ({id}, {n}, {gone}{other_row})"}
    contract = contract_with(["id", "n:number", "a:integer"], [compare("a", message=message)])
    found = judged(contract, [{"id": "甲", "n": 120000.0, "a": -3}, {"a": 0}])
    assert [f.message.zh for f in found] == ["-3（甲，120000，）", "0（，，）"]


def test_only_the_contract_is_a_template():
    values = {"a": Text(zh="{b}", en="{b}"), "b": Text(zh="2", en="2")}
    assert fill_in(Text(zh="{a}", en="{a} {b} {a.real} {}"), values) == Text(zh="{b}", en="{b} 2  {}")


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), (5.0, "5"), (0.1, "0.1"), (-0.0, "0"), (1e20, "1e+20"), (float("nan"), "nan"), (True, "true"), (7, "7"),
     ("x" * 200, "x" * 200), ("x" * 201, "x" * 199 + "…")],
)  # fmt: skip
def test_cells_are_written_as_a_person_would(cell, text):
    assert cell_text(cell) == text


def test_a_cut_never_lays_a_card_bare():
    card = "11010519491231002X"
    assert all(card[6:14] not in cell_text("x " + "y" * pad + " " + card) for pad in range(170, 200))
