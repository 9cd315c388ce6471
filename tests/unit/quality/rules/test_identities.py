"""Identity cards are seen however they are written, and never repeated; credit codes are judged whole.

Every contract has the rule against identity cards, so most contracts here need not name it.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.rules.identities import FOLD, join_card_digits
from schemas.errors import ContractError
from support.contracts import contract_with
from support.judged import findings_of, judged, places

CARD, STARRED = "21010219900307125X", "210102********125X"
OTHER, OTHER_STARRED = "11010519491231002X", "110105********002X"
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CODE = "91110000600037341L"
# A credit code of digits alone that is shaped like a card and passes the check of one as well (found by search).
BOTH = "911101199001012379"


def cards_in(*texts):
    return [finding.value for finding in judged(contract_with(["id"]), [{"id": text} for text in texts])]


def test_the_cards_of_this_test_are_right_by_the_other_formula():
    assert [(2 * int(card[:17], 13) + "0123456789X".index(card[17])) % 11 for card in (CARD, OTHER)] == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        CARD.lower(),
        CARD.translate(WIDE),
        f"张三{CARD}，电话",
        f"身份证：{CARD}。",
        "210102 19900307 125X",
        "210102-19900307-125-X",
        "210102\u3000－19900307\u2014\u2014125X",
        " ".join(CARD),
        "2101021990\u200b0307125X",
        f"id_{CARD}_x",
        f"13812345678 {CARD}",
        f"{CARD} 13812345678",
        f"{CARD},{OTHER}",
        f"210102199003071234,{CARD}",
        "²¹⁰¹⁰²¹⁹⁹⁰⁰³⁰⁷¹²⁵X",
        "𝟐𝟏𝟎𝟏𝟎𝟐𝟏𝟗𝟗𝟎𝟎𝟑𝟎𝟕𝟏𝟐𝟓Ⅹ",
        "姓名\n210102\n19900307125X",
    ],
)
def test_a_card_is_found_however_it_is_written_and_only_its_ends_are_shown(text):
    assert cards_in(text) == [STARRED]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "210102199003071231",
        CARD[:-1],
        f"1{CARD}",
        f"{CARD}1",
        f"A{CARD}",
        f"{CARD}Z",
        "21010219901307125X",
        "010102199003071239",
        "210102179003071230",
        "辽宁省沈阳市和平区南京南街 24 号",
        "024-23206016 024-23206017 024-2320",
    ],
)
def test_what_is_no_card_is_left_alone(text):
    assert cards_in(text) == []


def test_every_text_field_is_searched_unless_the_rule_names_some():
    row = {"id": "1", "a": CARD, "n": 5, "b": f"{OTHER}。"}
    every = judged(contract_with(["id", "a", "n:integer", "b"]), [row])
    assert [(f.field, f.value) for f in every] == [("a", STARRED), ("b", OTHER_STARRED)]
    contract = contract_with(
        ["id", "a", "n:integer", "b"], [{"kind": "no_identity_card", "id": "only-b", "fields": ["b"]}]
    )
    assert [f.field for f in judged(contract, [row]) if f.type == "only-b"] == ["b"]


def test_a_table_without_text_holds_no_card():
    assert judged(contract_with(["id:integer"]), [{"id": 1}]) == []


def test_a_valid_credit_code_is_exempt_in_its_own_field_only():
    rules = [{"kind": "credit_code", "field": "code"}]
    found = judged(contract_with(["id", "code", "note"], rules), [{"code": BOTH, "note": BOTH}])
    assert [(f.type, f.field) for f in found] == [("no-identity-card", "note")]


def test_a_card_in_a_credit_code_field_is_found_and_masked_in_every_finding():
    message = {"zh": "{value}有误，登记为{note}", "en": "{value} is wrong, filed as {note}"}
    rules = [{"kind": "credit_code", "field": "code", "message": message}]
    found = judged(contract_with(["id", "code", "note"], rules), [{"code": CARD, "note": " ".join(OTHER)}])
    assert [(f.type, f.field, f.value) for f in found] == [
        ("credit-code", "code", STARRED),
        ("no-identity-card", "code", STARRED),
        ("no-identity-card", "note", OTHER_STARRED),
    ]
    assert found[0].message.en == f"{STARRED} is wrong, filed as {OTHER_STARRED}"


def test_a_wrong_credit_code_is_a_finding_and_an_empty_one_is_not():
    rule = {"kind": "credit_code", "field": "code"}
    found = findings_of(["id", "code"], rule, [{"code": CODE}, {"code": CODE[:-1] + "M"}, {}, {"code": ""}])
    assert places(found) == [(3, "code")]
    assert found[0].value == "91110000600037341M"


def test_a_credit_code_is_text():
    with pytest.raises(ContractError, match="takes string"):
        findings_of(["id", "code:integer"], {"kind": "credit_code", "field": "code"}, [{"code": 1}])


@settings(max_examples=200)
@given(
    st.text(), st.text(), st.lists(st.sampled_from(["", " ", "-", "\u3000", "\u200b", "—"]), min_size=17, max_size=17)
)
def test_no_way_to_write_a_card_gets_through_the_joining(before, after, gaps):
    spread = CARD[0] + "".join(gap + digit for gap, digit in zip(gaps, CARD[1:], strict=True))
    assert CARD in join_card_digits(f"{before}，{spread}，{after}")


@given(st.text(alphabet=st.characters(exclude_categories=["N"])))
def test_text_without_digits_is_never_changed(text):
    assert join_card_digits(text) == text


def test_every_folded_character_is_folded_to_one_plain_character():
    assert {len(plain) for plain in FOLD.values()} == {1}
    assert all(plain.isascii() for plain in FOLD.values())
