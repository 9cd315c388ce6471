"""Identity cards by their check digit, other documents by the word for them; codes that look alike are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.disclosure.folding import fold_text
from quality.disclosure.identity_documents import (
    find_identity_cards,
    find_mangled_numbers,
    find_mistyped_cards,
    find_officer_cards,
    find_passports,
    is_identity_card,
    list_document_words,
)


def found_by(find, text):
    return [(one.kind, one.masked) for one in find(fold_text(text))]


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_of_a_card_is_that_of_iso_7064(body):
    right = "0123456789X"[(1 - 2 * int(body, 13)) % 11]
    assert [c for c in "0123456789X" if is_identity_card(body + c)] == [right]
    assert is_identity_card(body + right.lower())


def test_a_card_with_a_mistyped_check_digit_is_likely_and_certain_after_the_word_for_it():
    assert found_by(find_identity_cards, "210102199003071234") == [("identity_card_shape", "210102********1234")]
    assert found_by(find_identity_cards, "身份证210102199003071234") == [("identity_card", "210102********1234")]


@pytest.mark.parametrize(
    "text",
    ["210102199013071234", "010102199003071234", "992199199003071235", "2101021990030712345", "210102199002301234"],
)
def test_eighteen_digits_without_province_and_birthday_are_not_even_likely(text):
    assert found_by(find_identity_cards, text) == []


def test_whatever_has_the_form_of_a_card_is_masked():
    assert found_by(find_mistyped_cards, "990102199003071234") == [("identity_card", "990102********1234")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("护照E12345678", "E1*******"), ("护照号码：EA1234567", "EA*******"), ("护照号：Ｇ１２３４５６７８", "G1*******"), ("Passport No. E12345678", "E1*******"),
        ("港澳通行证 C12345678", "C1*******"), ("台胞证号 12345678", "12******"), ("passport: PE1234567", "PE*******"), ("护照 E 1234 5678", "E *********"),
    ],
)  # fmt: skip
def test_a_passport_or_permit_is_known_by_the_word_before_it(text, number):
    assert found_by(find_passports, text) == [("passport", number)]


def test_a_bare_passport_number_beside_other_text_is_likely():
    assert found_by(find_passports, "张三 E12345678，领队") == [("passport_shape", "E1*******")]
    assert found_by(find_passports, "领队EB1234567") == [("passport_shape", "EB*******")]


@pytest.mark.parametrize(
    "text",
    ["E12345678", "编号E12345678", "合同号：G20260101", "许可证 E20260101", "型号G12345678", "SE12345678", "E12345678-1", "E1234567", "护照办理电话024-23206016",
     "凭护照入场", "出厂编号 E12345678", "EV-2026-2113-0001", "http://x.cn/E12345678"],
)  # fmt: skip
def test_other_codes_of_that_shape_are_no_passports(text):
    assert found_by(find_passports, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "军字第2001988号",
        "军官证军字第2001988号",
        "军官证号：2001988",
        "士兵证 士字第 20019881 号",
        "武字第１２３４５６号",
        "军官证：南字第01234567号",
    ],
)
def test_an_officers_card_is_known_by_its_word_or_its_form(text):
    [(kind, masked)] = found_by(find_officer_cards, text)
    assert kind == "officer_card"
    assert not any(c.isdigit() for c in masked)


@pytest.mark.parametrize(
    "text",
    [
        "大体许字第2026001号",
        "辽体字第12345号",
        "沈房权证字第123456号",
        "军字第一号",
        "拥军字第12345号",
        "凭军官证免费入场",
        "持军官证、士兵证 2026 年起免费",
    ],
)
def test_the_number_of_a_document_of_an_office_is_no_officers_card(text):
    assert found_by(find_officer_cards, text) == []


@pytest.mark.parametrize(
    "text", ["2.10102E+17", "2.10102199003071E+17", "6.22202E+18", "2.1E17", "２．１０１０２E＋１７", "1.10105E+14"]
)
def test_a_card_that_a_spreadsheet_mangled_is_known(text):
    assert [kind for kind, _ in found_by(find_mangled_numbers, text)] == ["mangled_number"]


@pytest.mark.parametrize("text", ["9.121E+17", "2.1E+08", "1.2E+13", "9.9E+17", "约2.1E+17", "2.1E+19", "0.21E+17"])
def test_other_numbers_in_scientific_notation_are_left_alone(text):
    assert found_by(find_mangled_numbers, text) == []


def test_the_words_of_documents_are_those_of_the_settings():
    assert {"护照", "军官证"} <= set(list_document_words())
