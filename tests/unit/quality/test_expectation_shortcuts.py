"""Great Expectations is imported only where a table's own figures leave a doubt. That what they clear would have passed: `tests/integration`."""

import subprocess
import sys
from math import nan

import pyarrow as pa
import pytest

from quality.expectation_shortcuts import certainly_met, observe_failure


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


@pytest.mark.parametrize(
    ("values", "count"), [([1.0, 2.0, 2.0], None), ([1.0, 1.0, None], 1), ([1.0, nan], None), ([None], 0), ([], None)]
)
def test_a_count_outside_its_bounds_is_certain_but_for_nan_and_nothing_at_all(values, count):
    table = pa.table({"n": pa.array(values, pa.float64())})
    asked = {"column": "n", "min_value": 2, "max_value": None}
    assert observe_failure("ExpectColumnUniqueValueCountToBeBetween", asked, table) == count
    assert observe_failure("ExpectColumnMeanToBeBetween", asked, table) is None


def test_zero_with_and_without_a_minus_is_one_number():
    table, name = pa.table({"n": [0.0, -0.0]}), "ExpectColumnUniqueValueCountToBeBetween"
    assert observe_failure(name, {"column": "n", "min_value": 2, "max_value": None}, table) == 1
    assert certainly_met(name, {"column": "n", "min_value": 1, "max_value": 1}, table)


@pytest.mark.parametrize(
    ("values", "percent"), [([1.0, None], None), ([1.0, None, None], 200 / 3), ([nan, None], None)]
)
def test_nulls_in_excess_are_certain_but_for_nan_and_a_share_on_its_limit(values, percent):
    table = pa.table({"n": pa.array(values, pa.float64())})
    found = observe_failure("ExpectColumnValuesToNotBeNull", {"column": "n", "mostly": 0.5}, table)
    assert found == (None if percent is None else pytest.approx(percent))


def test_a_table_beyond_doubt_is_judged_without_importing_great_expectations():
    script = """
import sys, pyarrow as pa
from quality.expectations import judge_table
from support.contracts import contract_with
said = {"message": {"zh": "x", "en": "x"}, "source": "test"}
expected = [{"id": "a", "kind": "nulls", "field": "s", "max_share": 0.5} | said, {"id": "b", "kind": "volume", "max_change": 0.5} | said]
table = pa.table({"s": ["a", "b"]})
contract = contract_with(["s"], policy={"expectations": expected})
assert judge_table(table, table, contract) == []
assert [(one.type, one.value) for one in judge_table(table, pa.table({"s": ["a"] * 9}), contract)] == [("b", "2")]
assert "great_expectations" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": ":".join(sys.path)})
