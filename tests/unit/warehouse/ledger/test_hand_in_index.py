"""The index of hand-ins answers as a reading of the whole ledger would, and follows what is appended."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.lake.standing import find_standing, hand_in_order, list_hand_ins, list_sent_back, list_standing
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger

AT = datetime(2026, 11, 25, tzinfo=UTC)
PLACES = ("site/210100/2026", "site/210200/2026", "visit/210100/2026")


def tell(ledger: Ledger, kind: str, **facts: Any) -> None:
    ledger.append_entry(kind, now=AT, actor="tester", reason="test", facts=facts)


def hand_in(ledger: Ledger, number: str, place: str = PLACES[0], outcome: str = "accept", **more: Any) -> None:
    tell(ledger, "submission", number=number, place=place, department=place.split("/")[1], **more)
    tell(ledger, "verdict", number=number, outcome=outcome, accepted=int(outcome == "accept"))
    if outcome == "accept":
        tell(ledger, "landing", number=number, slice=place, version=1, rows=1)


def waiting(ledger: Ledger) -> list[str]:
    return [verdict.facts["number"] for verdict in list_sent_back(ledger)]


def test_what_was_sent_back_waits_until_something_else_is_handed_in(tmp_path):
    ledger = Ledger(Layout(tmp_path))
    hand_in(ledger, "a", outcome="quarantine")
    hand_in(ledger, "b", PLACES[1], outcome="refused")
    assert waiting(ledger) == ["a", "b"]
    hand_in(ledger, "c")
    assert waiting(ledger) == ["b"]
    assert find_standing(ledger, PLACES[0]).number == "c"


def test_another_judgement_of_an_old_hand_in_neither_waits_nor_stands(tmp_path):
    ledger = Ledger(Layout(tmp_path))
    hand_in(ledger, "a", outcome="quarantine")
    hand_in(ledger, "b")
    hand_in(ledger, "a2", outcome="quarantine", rejudges="a")
    assert waiting(ledger) == []
    assert [entry.facts["number"] for entry in list_hand_ins(ledger, PLACES[0])] == ["a", "a2", "b"]
    hand_in(ledger, "a3", rejudges="a2")
    assert find_standing(ledger, PLACES[0]).number == "b"
    assert hand_in_order(ledger, "a3")[0] == hand_in_order(ledger, "a")[0]


def test_a_verdict_by_decision_takes_the_place_of_the_one_before(tmp_path):
    ledger = Ledger(Layout(tmp_path))
    hand_in(ledger, "a", outcome="quarantine")
    tell(ledger, "verdict", number="a", outcome="accept", accepted=1)
    assert waiting(ledger) == []


def test_a_ledger_that_takes_the_place_of_another_is_read_anew(tmp_path):
    ledger = Ledger(Layout(tmp_path / "one"))
    hand_in(ledger, "a")
    hand_in(ledger, "b", PLACES[1])
    assert set(list_standing(ledger)) == {PLACES[0], PLACES[1]}
    other = Ledger(Layout(tmp_path / "two"))
    hand_in(other, "c", PLACES[2])
    Layout(tmp_path / "two").ledger.rename(Layout(tmp_path / "one").ledger)
    assert set(list_standing(ledger)) == {PLACES[2]}


STEPS = st.tuples(
    st.sampled_from(PLACES),
    st.sampled_from(["accept", "quarantine", "refused"]),
    st.sampled_from(["", "undo", "take back"]),
)


@settings(max_examples=25)
@given(steps=st.lists(STEPS, max_size=8))
def test_an_index_that_followed_says_the_same_as_one_that_is_built_now(tmp_path_factory, steps):
    layout = Layout(tmp_path_factory.mktemp("ledger"))
    ledger = Ledger(layout)
    for at, (place, outcome, then) in enumerate(steps):
        hand_in(ledger, f"n{at}", place, outcome)
        if then and outcome == "accept":
            tell(ledger, "retraction", number=f"n{at}", slice=place, reason="x")
        if then == "undo" and outcome == "accept":
            tell(ledger, "reinstatement", number=f"n{at}", slice=place, reason="x")
        assert (list_standing(ledger), waiting(ledger)) == (list_standing(Ledger(layout)), waiting(Ledger(layout)))
    for place in PLACES:
        landed = [
            at
            for at, (where, outcome, then) in enumerate(steps)
            if (where, outcome) == (place, "accept") and then != "take back"
        ]
        standing = find_standing(ledger, place)
        assert (standing.number if standing else None) == (f"n{landed[-1]}" if landed else None)
