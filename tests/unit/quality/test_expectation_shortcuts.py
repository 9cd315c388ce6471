"""What the table's own figures clear, Great Expectations would have passed; it is imported for nothing but doubts."""

import subprocess
import sys
from math import nan

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality import expectations
from quality.expectation_shortcuts import certainly_met
from support.contracts import contract_with

NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0, 2.0, 1e9, nan]))
COLUMNS = st.lists(st.tuples(NUMBERS, st.sampled_from([None, "a", "b", ""])), min_size=1, max_size=12)
MESSAGE = {"zh": "{observed} {expected} {previous}", "en": "{observed}"}
KINDS = [
    {"kind": "nulls", "field": "n", "max_share": 0.25},
    {"kind": "nulls", "field": "s", "max_share": 0.5},
    {"kind": "distinct", "field": "n", "minimum": 2, "maximum": 3},
    {"kind": "distinct", "field": "s", "minimum": 2},
    {"kind": "volume", "max_change": 0.5},
    {"kind": "mean", "field": "n", "max_change": 0.5},
    {"kind": "unit_slip", "field": "n"},
]
EXPECTED = [{"id": f"e{at}", "message": MESSAGE, "source": "test", **kind} for at, kind in enumerate(KINDS)]


def table_of(rows):
    return pa.table(
        {"n": pa.array([n for n, _ in rows], pa.float64()), "s": pa.array([s for _, s in rows], pa.string())}
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(now=COLUMNS, before=COLUMNS)
def test_findings_are_those_of_great_expectations_alone(now, before):
    contract = contract_with(["s", "n:number"], policy={"expectations": EXPECTED})
    now, before = table_of(now), table_of(before)
    found = expectations.judge_table(now, before, contract)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expectations, "certainly_met", lambda *_: False)
        assert found == expectations.judge_table(now, before, contract)


@pytest.mark.parametrize(
    ("values", "sure"), [([1.0, 2.0], True), ([1.0, nan], False), ([None, None], False), ([1.0], False)]
)
def test_a_mean_on_its_bound_nothing_at_all_and_nan_are_doubts(values, sure):
    table = pa.table({"n": pa.array(values, pa.float64())})
    asked = {"column": "n", "min_value": 1.0, "max_value": 2.0}
    assert certainly_met("ExpectColumnMeanToBeBetween", asked, table) is sure


def test_an_expectation_of_another_kind_is_a_doubt():
    assert not certainly_met("ExpectColumnValuesToBeUnique", {"column": "n"}, pa.table({"n": [1]}))
    assert not certainly_met(
        "ExpectColumnValuesToNotBeNull", {"column": "n", "mostly": 0.1}, pa.table({"n": pa.array([], pa.int64())})
    )


def test_a_table_beyond_doubt_is_judged_without_importing_great_expectations():
    script = """
import sys, pyarrow as pa
from quality.expectations import judge_table
from support.contracts import contract_with
said = {"message": {"zh": "x", "en": "x"}, "source": "test"}
expected = [{"id": "a", "kind": "nulls", "field": "s", "max_share": 0.5} | said, {"id": "b", "kind": "volume", "max_change": 0.5} | said]
table = pa.table({"s": ["a", "b"]})
assert judge_table(table, table, contract_with(["s"], policy={"expectations": expected})) == []
assert "great_expectations" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": ":".join(sys.path)})
