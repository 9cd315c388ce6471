"""What one row ends with the next begins with, in the order that a column gives."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import ContractError
from support.judged import findings_of, places

CHAIN = {"kind": "chain", "group": ["contract"], "order": "number", "opening": "old", "closing": "new"}
MONEY = ["id", "contract", "number:integer", "old:number", "new:number"]
DATES = ["id", "contract", "number:integer", "old:date", "new:date"]


def changes(*lines):
    return [dict(zip(("contract", "number", "old", "new"), line, strict=True)) for line in lines]


def test_a_row_that_does_not_begin_where_the_last_ended_is_found_and_names_it():
    rows = changes(("x", 2, 110.0, 120.0), ("x", 1, 100.0, 110.0), ("x", 3, 121.0, 130.0), ("y", 4, 5.0, 6.0))
    (found,) = findings_of(MONEY, CHAIN | {"message": {"zh": "{other_row}", "en": "{other_row}"}}, rows)
    assert (found.row, found.field, found.message.en) == (4, "old", "2")


def test_the_tolerance_is_forgiven_and_no_more():
    rows = changes(("x", 1, 0.0, 100.0), ("x", 2, 100.5, 100.5))
    assert findings_of(MONEY, CHAIN | {"tolerance": 0.5}, rows) == []
    assert places(findings_of(MONEY, CHAIN | {"tolerance": 0.4}, rows)) == [(3, "old")]


def test_an_empty_end_says_nothing_and_a_row_outside_the_order_is_no_link():
    rows = changes(
        ("x", 1, 0.0, None), ("x", 2, 7.0, 8.0), ("x", None, 1.0, 1.0), (None, 3, 9.0, 9.0), ("x", 3, None, 4.0)
    )
    assert findings_of(MONEY, CHAIN, rows) == []


def test_days_are_linked_too():
    rows = changes(("x", 1, date(2026, 1, 1), date(2026, 2, 1)), ("x", 2, date(2026, 2, 2), date(2026, 3, 1)))
    assert places(findings_of(DATES, CHAIN, rows)) == [(3, "old")]


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=20))
def test_amounts_that_were_strung_together_hold_in_whatever_order_they_come(amounts):
    links = [("x", at, old / 100, new / 100) for at, (old, new) in enumerate(pairwise(amounts))]
    assert findings_of(MONEY, CHAIN, changes(*reversed(links))) == []


def test_a_number_and_a_text_are_no_chain():
    with pytest.raises(ContractError):
        findings_of(["id", "contract", "number:integer", "old:number", "new"], CHAIN, changes(("x", 1, 1.0, "1")))
