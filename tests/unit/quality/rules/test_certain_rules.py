"""Rules that certainly hold: DuckDB is spared only what it would find right."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.rules import certain_rules, judge
from quality.rules.certain_rules import certainly_holds
from quality.rules.scope import RuleScope
from schemas.codelists import Code, CodeList
from schemas.text import Text
from support.contracts import contract_with
from support.judged import context_with, findings_of, typed_rows
from warehouse.types import arrow_schema

CODES = (
    Code(code="1", zh="一", en="one"),
    Code(code="old", zh="旧", en="old", valid_to=date(2020, 6, 30)),
    Code(code="new", zh="新", en="new", valid_from=date(2020, 7, 1)),
)
LISTS = {"kinds": CodeList(name="kinds", title=Text(zh="种类", en="kinds"), source="test", codes=CODES)}
LISTED = {"kind": "in_codelist", "field": "code", "codelist": "kinds"}
REFERRED = {"kind": "in_dataset", "fields": ["code"], "dataset": "other", "reference": ["known"]}


def holds(rule, codes, period="2026", **context):
    contract = contract_with(["id", "code", "day:date"], [rule])
    columns = {"id": [str(at) for at in range(len(codes))], "code": codes, "day": [None] * len(codes)}
    scope = RuleScope(contract, context_with(period=period, **context))
    return certainly_holds(contract.rules[0], pa.table(columns, schema=arrow_schema(contract)), scope)


@pytest.mark.parametrize(
    ("codes", "period", "certain"),
    [
        (["1", None, "", "new"], "2026", True),
        (["1", "2"], "2026", False),
        (["old"], "2026", False),
        (["old"], "2020-Q2", True),
        (["new"], "2020-Q2", False),
        ([" 1"], "2026", False),
        ([None, ""], "2026", True),
    ],
)
def test_codes_that_are_valid_at_the_end_of_the_period_are_certain(codes, period, certain):
    assert holds(LISTED, codes, period, codelists=LISTS) is certain


def test_with_a_day_of_its_own_only_a_code_without_limits_is_certain():
    rule = LISTED | {"as_of": "day"}
    assert holds(rule, ["1"], codelists=LISTS)
    assert not holds(rule, ["new"], codelists=LISTS)


def test_a_list_that_is_not_there_is_never_certain():
    assert not holds(LISTED, ["1"], codelists={})


def test_values_of_accepted_rows_are_certain():
    there = {"other": pa.table({"known": ["a", "b", None]})}
    assert holds(REFERRED, ["a", "b", None, ""], datasets=there)
    assert not holds(REFERRED, ["a", "c"], datasets=there)


@pytest.mark.parametrize("there", [{}, {"other": pa.table({"known": [1, 2]})}, {"other": pa.table({"else": ["1"]})}])
def test_what_cannot_be_compared_text_by_text_is_not_certain(there):
    assert not holds(REFERRED, ["1"], datasets=there)


@pytest.mark.parametrize(
    ("codes", "certain"),
    [
        (["91350100M000100Y43", None, ""] * 3, True),
        (["91350100M000100Y43", "91350100M000100Y44"], False),
        (["91350100m000100y43"], False),
        ([" "], False),
    ],
)
def test_few_credit_codes_are_checked_once_each(monkeypatch, codes, certain):
    rule = {"kind": "credit_code", "field": "code"}
    assert holds(rule, codes) is certain
    monkeypatch.setattr(certain_rules, "_FEW_CODES", 0)
    assert not holds(rule, codes)


FIELDS = ["id", "code", "place", "amount:number"]
GROUPED = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["a", "b", "", None]),
        "place": st.sampled_from(["x", "y", "", None]),
        "amount": st.sampled_from([0.0, -0.0, 1.0, None]),
    }
)
GROUP_RULES = [
    {"kind": "unique_together", "fields": ["code"]},
    {"kind": "unique_together", "fields": ["code", "place"]},
    {"kind": "unique_together", "fields": ["code", "amount"]},
    {"kind": "consistent_within", "key": "code", "fields": ["place", "amount"]},
    {"kind": "consistent_within", "key": "amount", "fields": ["place"]},
]


def is_certain(rule, rows):
    contract = contract_with(FIELDS, [rule])
    return certainly_holds(contract.rules[0], typed_rows(contract, rows), RuleScope(contract, context_with()))


@pytest.mark.parametrize("rule", GROUP_RULES)
@given(rows=st.lists(GROUPED, max_size=6))
def test_duckdb_finds_nothing_where_groups_are_certain(rule, rows):
    numbered = [row | {"id": str(at)} for at, row in enumerate(rows)]
    if is_certain(rule, numbered):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(judge, "certainly_holds", lambda *_: False)
            assert findings_of(FIELDS, rule, numbered) == []


@pytest.mark.parametrize("rule", GROUP_RULES[:2] + GROUP_RULES[3:4])
def test_rows_of_which_no_two_have_the_same_key_are_certain(rule):
    rows = [{"id": str(at), "code": f"c{at}", "place": "x", "amount": 1.0} for at in range(3)]
    assert is_certain(rule, rows)
    assert is_certain(rule, [*rows, rows[0]]) is (rule["kind"] == "consistent_within")
    assert not is_certain(rule, [*rows, rows[0] | {"place": "y"}, rows[0]])
