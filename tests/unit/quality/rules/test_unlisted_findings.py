"""Findings that no receipt lists: counted and placed without being made, and the same as all others when they are made."""

import pyarrow as pa
import pytest

from quality.rules import judge, judge_rows, judge_rows_briefly
from quality.rules.unlisted_findings import count_unlisted, list_in_full
from support.contracts import contract_with
from support.judged import context_with, typed_rows

POSITIVE = {"kind": "compare", "id": "positive", "left": "a", "op": ">", "value": 0, "severity": "warning"}
ONCE = {"kind": "unique_together", "id": "once", "fields": ["name"], "severity": "warning"}
SURE = POSITIVE | {"id": "sure", "severity": "error"}
MOST = 3


@pytest.fixture(autouse=True)
def limited(monkeypatch):
    monkeypatch.setattr(judge, "MOST_PROPOSALS", MOST)


def judge_both(rules, count, exempt=None):
    contract = contract_with(["id", "a:integer", "name"], rules)
    rows = typed_rows(contract, [{"a": -at, "name": "甲"} for at in range(count)])
    numbers = pa.array(range(2, count + 2), pa.int64())
    told = judge_rows(rows, numbers, contract, context_with())
    return told, judge_rows_briefly(rows, numbers, contract, context_with(), exempt=exempt)


def test_warnings_beyond_the_first_are_counted_and_placed():
    told, brief = judge_both([POSITIVE], 5)
    assert brief.findings == told[:MOST]
    assert count_unlisted(brief.unlisted) == {"positive": 2}
    assert brief.unlisted[0].list_places([2, 6, 9]) == [("positive", 6, "a")]


def test_all_findings_are_made_when_they_are_asked_for_in_their_order():
    told, brief = judge_both([POSITIVE, ONCE], 6)
    assert len(brief.findings) < len(told)
    assert list_in_full(brief.findings, brief.unlisted) == told


def test_errors_are_never_left_out():
    told, brief = judge_both([SURE], 6)
    assert (brief.findings, brief.unlisted) == (told, ())


def test_exempt_rows_do_not_take_the_place_of_those_that_are_listed():
    told, brief = judge_both([POSITIVE], 7, {"positive": [2, 3]})
    assert brief.findings == [finding for finding in told if finding.row not in {2, 3}][:MOST]
    assert count_unlisted(brief.unlisted) == {"positive": 2}


def test_few_warnings_are_all_listed():
    told, brief = judge_both([POSITIVE], MOST)
    assert (brief.findings, brief.unlisted) == (told, ())
