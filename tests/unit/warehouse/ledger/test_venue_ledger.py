from datetime import date

import pytest

from support.workspaces import NOW
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger
from warehouse.ledger.venue_ledger import VenueLedger


@pytest.fixture
def ledger(tmp_path):
    return Ledger(Layout(tmp_path))


def add(ledger, kind, **facts):
    return ledger.append_entry(kind, now=NOW, actor="tester", reason="why", facts=facts)


def test_numbers_go_on_where_they_ended(ledger):
    venues = VenueLedger(ledger)
    assert venues.next_number() == 1
    add(ledger, "venue_registration", first=1, records=["a", "b"])
    assert venues.next_number() == 3
    add(ledger, "venue_registration", first=3, records=["c"])
    assert venues.list_numbers() == {"a": 1, "b": 2, "c": 3}
    assert venues.find_day(3) == date(2026, 11, 25)


def test_a_revoked_decision_is_in_force_no_more(ledger):
    venues = VenueLedger(ledger)
    facts = {"left": 1, "right": 2, "contents": ["x", "y"], "reason": "r"}
    same = add(ledger, "venue_same", **facts)
    apart = add(ledger, "venue_different", **{**facts, "right": 3})
    assert [(one.seq, one.is_same, one.right) for one in venues.list_decisions()] == [(1, True, 2), (2, False, 3)]
    add(ledger, "venue_revocation", decision=same.seq)
    assert [one.seq for one in venues.list_decisions()] == [apart.seq]
