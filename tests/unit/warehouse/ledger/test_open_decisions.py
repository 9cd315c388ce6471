"""Decisions wait until their effect is on record, in the order in which they were taken."""

import pytest

from support.workspaces import NOW
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger
from warehouse.ledger.open_decisions import OpenDecisions

SLICE = "sample/210100/2026"


@pytest.fixture
def ledger(tmp_path):
    return Ledger(Layout(tmp_path))


def add(ledger, kind, **facts):
    return ledger.append_entry(kind, now=NOW, actor="tester", reason="why", facts=facts).seq


def test_an_acceptance_waits_until_its_submission_has_landed(ledger):
    decisions = ledger.open_view(OpenDecisions)
    assert decisions.list_acceptances() == []
    first, second = add(ledger, "acceptance", number="a"), add(ledger, "acceptance", number="b")
    assert [one.seq for one in decisions.list_acceptances()] == [first, second]
    add(ledger, "landing", number="a", slice=SLICE, version=1, rows=1)
    assert [one.seq for one in decisions.list_acceptances()] == [second]


def test_a_retraction_and_its_end_wait_until_the_lake_was_told(ledger):
    decisions = ledger.open_view(OpenDecisions)
    taken, given = add(ledger, "retraction", number="a", slice=SLICE), add(ledger, "reinstatement", number="a")
    assert [one.seq for one in decisions.list_restatements()] == [taken, given]
    add(ledger, "restatement", decision=taken, slice=SLICE)
    assert [one.seq for one in decisions.list_restatements()] == [given]
    add(ledger, "restatement", decision=given, slice=SLICE)
    assert decisions.list_restatements() == []


def test_retractions_are_found_by_dataset_and_since_an_entry(ledger):
    decisions = ledger.open_view(OpenDecisions)
    seqs = [add(ledger, "retraction", number=number, slice=f"{name}/1/2026") for number, name in ("ax", "by", "cx")]
    assert decisions.list_retracted_datasets() == ["x", "y"]
    assert [one.seq for one in decisions.list_retractions("x")] == [seqs[0], seqs[2]]
    assert [one.seq for one in decisions.list_retractions("x", seqs[0])] == [seqs[2]]
