"""What the table's own figures clear, Great Expectations would have passed: on generated tables both find the same."""

from math import nan

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality import expectations
from support.contracts import contract_with

NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.0, 1e9, nan]))
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
        patch.setattr(expectations, "observe_failure", lambda *_: None)
        assert found == expectations.judge_table(now, before, contract)
