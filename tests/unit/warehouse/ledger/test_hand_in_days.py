"""What came on a day, and how many hand-ins each department has; followed while the ledger grows."""

from datetime import timedelta

from support.workspaces import NOW
from warehouse.layout import Layout
from warehouse.ledger.hand_in_days import HandInDays
from warehouse.ledger.ledger import Ledger

NEXT = NOW + timedelta(days=1)


def receive(ledger, number, department="210100", now=NOW, **more):
    facts = {"number": number, "place": f"sample/{department}/2026", "department": department, **more}
    ledger.append_entry("submission", now=now, actor="tester", reason="received", facts=facts)


def numbers(view, now):
    found = view.list_newest_on(now.date(), 10)
    assert (len(found), view.list_newest_on(now.date(), 1)) == (view.count_received_on(now.date()), found[:1])
    return [entry.facts["number"] for entry in found[::-1]]


def test_each_day_has_its_own_and_other_judgements_are_no_hand_ins(tmp_path):
    ledger = Ledger(Layout(tmp_path))
    view = ledger.open_view(HandInDays)
    assert numbers(view, NOW) == []
    assert view.count_hand_ins("210100") is None
    receive(ledger, "A")
    receive(ledger, "B", "210200")
    receive(ledger, "C", rejudges="A")
    assert numbers(view, NOW) == ["A", "B"]
    receive(ledger, "D", now=NEXT)
    assert (numbers(view, NOW), numbers(view, NEXT)) == (["A", "B"], ["D"])
    assert view.count_hand_ins("210100") == (2, NEXT.date())
    assert view.count_hand_ins("210200") == (1, NOW.date())
