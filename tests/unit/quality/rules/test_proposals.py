"""What a rule proposes makes the row keep the rule; where nothing follows, nothing is proposed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.rules.identities import CREDIT_CODE_ALPHABET, is_credit_code
from quality.rules.proposals import mend_credit_code, wrong_check_character
from support.judged import findings_of

CODE = "91350100M000100Y43"


def proposed(fields, rule, row):
    (found,) = findings_of(fields, rule, [{"id": "1", **row}])
    kept = {**row, found.field: type(row[found.field])(found.fix)} if found.fix and " / " not in found.fix else None
    if kept and rule["kind"] != "credit_code":
        assert findings_of(fields, rule, [{"id": "1", **kept}]) == []
    return found.fix


def test_a_wrong_total_gets_the_sum_of_its_parts():
    rule = {"kind": "sum_of_columns", "total": "t", "parts": ["a", "b"]}
    assert proposed(["id", "t:number", "a:number", "b:number"], rule, {"t": 1.0, "a": 0.1, "b": 0.2}) == "0.3"


def test_a_wrong_balance_gets_the_balance():
    rule = {"kind": "balance", "closing": "c", "plus": ["a"], "minus": ["b"]}
    assert proposed(["id", "c:number", "a:number", "b:number"], rule, {"c": 1.0, "a": 5.5, "b": 2.0}) == "3.5"


def test_a_wrong_percentage_is_worked_out_again():
    rule = {"kind": "percentage", "part": "a", "whole": "b", "printed": "p"}
    assert proposed(["id", "a:number", "b:number", "p:number"], rule, {"a": 1.0, "b": 3.0, "p": 0.3333}) == "33.33"


@pytest.mark.parametrize("odd", [float("inf"), float("nan")])
def test_no_number_is_proposed_out_of_infinity(odd):
    rule = {"kind": "sum_of_columns", "total": "t", "parts": ["a", "b"]}
    for found in findings_of(
        ["id", "t:number", "a:number", "b:number"], rule, [{"id": "1", "t": 1.0, "a": odd, "b": 2.0}]
    ):
        assert found.fix is None


def test_exchanged_coordinates_are_exchanged_back():
    rule = {"kind": "point_swapped", "lon": "lon", "lat": "lat"}
    assert proposed(["id", "lon:number", "lat:number"], rule, {"lon": 41.8, "lat": 123.4}) == "123.4 / 41.8"


def test_midnight_at_the_end_of_the_day_is_written_24_00():
    from datetime import time

    rule = {"kind": "date_order", "fields": ["opens", "closes"], "strict": True}
    hours = [{"name": name, "type": "time", "format": "%H:%M"} for name in ("opens", "closes")]
    (found,) = findings_of(["id", *hours], rule, [{"id": "1", "opens": time(6), "closes": time(0)}])
    assert found.fix == "24:00"
    (found,) = findings_of(["id", *hours], rule, [{"id": "1", "opens": time(6), "closes": time(5)}])
    assert found.fix is None


def test_a_wrong_last_character_is_named_with_its_place():
    wrong = CODE[:-1] + "7"
    rule = {"kind": "credit_code", "field": "code"}
    (found,) = findings_of(["id", "code"], rule, [{"id": "1", "code": wrong}])
    assert (found.fix, "第 18 位应为 3" in found.message.zh, "character 18 would be 3" in found.message.en) == (
        CODE,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (CODE.lower(), CODE),
        (CODE.replace("M0", "MO", 1), CODE),
        (CODE[:12] + CODE[13] + CODE[12] + CODE[14:], CODE),
        ("不详", None),
        ("", None),
        (CODE[:10], None),
    ],
)
def test_slips_of_the_pen_are_mended(written, meant):
    assert mend_credit_code(written) == meant


@pytest.mark.parametrize(
    "written",
    ["11210300MJX0000185", CODE[:4] + CODE[5] + CODE[4] + CODE[6:]],
    ids=[
        "the last character is wrong and an exchange fits too",
        "an exchange that a wrong last character explains too",
    ],
)
def test_nothing_is_proposed_where_two_slips_explain_a_code(written):
    place, right = wrong_check_character(written)
    (found,) = findings_of(["id", "code"], {"kind": "credit_code", "field": "code"}, [{"id": "1", "code": written}])
    assert (place, found.fix, f"第 18 位应为 {right}" in found.message.zh) == (18, None, True)


def test_a_message_names_no_place_that_its_proposal_does_not_mend():
    exchanged = CODE[:12] + CODE[13] + CODE[12] + CODE[14:]
    (found,) = findings_of(["id", "code"], {"kind": "credit_code", "field": "code"}, [{"id": "1", "code": exchanged}])
    assert (found.fix, "位应为" in found.message.zh, "would be" in found.message.en) == (CODE, False, False)


SIGNS = st.sampled_from(CREDIT_CODE_ALPHABET)


@given(
    st.tuples(SIGNS, SIGNS).map("".join), st.integers(0, 999999), st.lists(SIGNS, min_size=8, max_size=8).map("".join)
)
def test_a_code_made_right_by_its_check_characters_is_right(head, division, body):
    code = f"{head}{division:06d}{body}00"
    for _ in range(2):
        place, right = wrong_check_character(code) or (1, code[0])
        code = code[: place - 1] + right + code[place:]
    assert is_credit_code(code)
    assert mend_credit_code(code) == code
