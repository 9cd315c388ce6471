"""Bank cards are told from other long numbers by issuer and check digit."""

import pytest

from quality.disclosure.bank_cards import find_bank_cards, has_luhn_digit

STARRED = "6222***************"


def masked(text):
    return [one.masked for one in find_bank_cards(text)]


def test_a_bank_card_needs_issuer_and_check_digit_or_the_word_for_it():
    assert masked("6222021234567890128") == [STARRED]
    assert masked("6222021234567890127") == []
    assert masked("银行卡6222021234567890127") == [STARRED]
    assert masked("7222021234567890126") == []
    assert masked("4111 1111 1111 1111") == ["4111************"]


def test_luhns_digit_is_right_for_one_digit_in_ten():
    assert has_luhn_digit("4111111111111111")
    assert [n for n in range(10) if has_luhn_digit(f"411111111111111{n}")] == [1]


@pytest.mark.parametrize(
    "text", ["62220212345678901281", "A6222021234567890128", "1-6222-0212-3456-7890-128", "0.6222021234567890128"]
)
def test_a_part_of_a_longer_code_is_no_card(text):
    assert masked(text) == []
