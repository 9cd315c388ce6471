"""The findings of a file, of which the first of each kind are made: what is left out is counted, and its rows are known."""

import numpy as np
import pyarrow as pa

from quality import brief_findings
from quality.brief_findings import FindingCounter, collect_findings, count_unlisted
from quality.conformance.table import conform
from quality.findings import Finding, FindingKind
from quality.rules import judge_rows, judge_rows_briefly
from schemas.text import Text
from support.contracts import contract_with
from support.judged import context_with, typed_rows

POSITIVE = {"kind": "compare", "id": "positive", "left": "a", "op": ">", "value": 0, "severity": "warning"}
SURE = POSITIVE | {"id": "sure", "severity": "error"}
ALIKE = {"kind": "consistent_within", "id": "alike", "key": "name", "fields": ["id", "a"]}
MOST = 3


def finding(row, type_="a", severity="error", field="x"):
    return Finding(judge="cell", type=type_, severity=severity, row=row, field=field, message=Text(zh="错", en="wrong"))


def judge_both(rules, count, gone=()):
    contract = contract_with(["id", "a:integer", "name"], rules)
    rows = typed_rows(contract, [{"id": f"{at}", "a": -at, "name": "甲"} for at in range(count)])
    numbers = pa.array(range(2, count + 2), pa.int64())
    marks = brief_findings.mark_numbers([pa.array(gone, pa.int64()).to_numpy()], count + 2)
    told = judge_rows(rows, numbers, contract, context_with())
    return told, judge_rows_briefly(rows, numbers, contract, context_with(), most=MOST, exempt=lambda _: marks)


def test_findings_beyond_the_first_of_a_kind_are_counted_and_placed():
    found = collect_findings([*map(finding, range(2, 8)), finding(3, field="y")], MOST)
    assert [(one.row, one.field) for one in found.findings] == [(2, "x"), (3, "x"), (4, "x"), (3, "y")]
    assert count_unlisted(found.unlisted) == {"a": 3}
    assert found.list_error_rows().tolist() == [2, 3, 4, 5, 6, 7]
    assert ("a", 6, "x") in found.list_places([6, 9])
    assert ("a", 7, "x") not in found.list_places([6, 9])


def test_findings_on_no_row_are_always_made():
    assert len(collect_findings([finding(None)] * 5, 1).findings) == 5


def test_warnings_make_no_row_wrong():
    assert collect_findings([finding(row, severity="warning") for row in range(9)], MOST).list_error_rows().size == 0


def test_rows_that_do_not_fit_into_memory_are_kept_in_their_order(monkeypatch):
    monkeypatch.setattr(brief_findings, "_HELD", 4)
    counter = FindingCounter(0)
    kind = FindingKind("cell", "a", "error", "x")
    assert not any(counter.is_made(kind, row) for row in range(11))
    assert counter.list_unlisted()[0].rows.to_pylist() == list(range(11))


def test_rows_in_which_a_finding_follows_from_another_one_are_neither_made_nor_counted():
    kind, other = FindingKind("cell", "a", "error", "x"), FindingKind("cell", "a", "error", "y")
    gone = {kind: [2, 4, 5], other: []}
    counter = FindingCounter(2, lambda one: np.array(gone[one], np.int64))
    assert counter.choose_made(kind, np.arange(1, 8)).tolist() == [0, 2]
    assert not counter.is_made(kind, 5)
    assert counter.choose_made(other, np.arange(1, 3)).tolist() == [0, 1]
    assert [(one.kind, one.rows.to_pylist()) for one in counter.list_unlisted()] == [(kind, [6, 7])]


def test_rows_are_skipped_in_any_order_and_at_both_ends():
    kind, rows = FindingKind("cell", "a", "error", "x"), np.array([9, 1, 5, 5, 3, 2_000, 0], np.int64)
    for gone in ([], [5], [3, 9, 3, 1], [0, 2_000], [7, 8]):
        counter = FindingCounter(None, lambda _, gone=gone: np.array(gone, np.int64))
        assert counter.choose_made(kind, rows).tolist() == [at for at, row in enumerate(rows) if row not in gone]
        assert [counter.is_made(kind, row) for row in rows.tolist()] == [row not in gone for row in rows.tolist()]


def test_a_rule_keeps_its_first_findings_and_the_rows_of_the_others():
    for rule in (POSITIVE, SURE):
        told, brief = judge_both([rule], 5)
        assert brief.findings == told[:MOST]
        assert [(one.kind.type, one.kind.field, one.rows.to_pylist()) for one in brief.unlisted] == [
            (rule["id"], "a", [5, 6])
        ]


def test_a_rule_on_several_fields_keeps_the_first_of_each():
    told, brief = judge_both([ALIKE], 6)
    assert [one.field for one in brief.findings].count("a") == MOST
    assert len(brief.findings) + sum(len(one.rows) for one in brief.unlisted) == len(told)
    assert brief.findings == [one for one in told if one in brief.findings]


def test_exempt_rows_do_not_take_the_place_of_those_that_are_listed():
    told, brief = judge_both([POSITIVE], 7, [2, 3])
    assert brief.findings == [one for one in told if one.row not in {2, 3}][:MOST]
    assert count_unlisted(brief.unlisted) == {"positive": 2}


def test_few_findings_are_all_made():
    assert judge_both([POSITIVE], MOST)[1].unlisted == ()


def test_wrong_cells_beyond_the_first_of_a_column_are_rows_only():
    contract = contract_with(["id", "a:integer", "b:integer"])
    count = 60_000
    table = pa.table(
        {"id": [f"{at}" for at in range(count)], "a": ["x"] * count, "b": [f"y{at}" for at in range(count)]}
    )
    found = conform(table, pa.array(range(2, count + 2)), contract, [].append, FindingCounter(MOST))
    assert [(one.row, one.field) for one in found.findings] == [(row, name) for row in (2, 3, 4) for name in ("a", "b")]
    assert {one.kind.field: len(one.rows) for one in found.unlisted} == {"a": count - MOST, "b": count - MOST}
    assert found.unlisted[0].rows[-1].as_py() == count + 1
