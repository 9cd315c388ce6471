"""The wide net knows every spelling of a digit, a letter and a separator; that it loses nothing: `test_personal_data.py`."""

import re
import unicodedata
from string import ascii_letters

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quality.disclosure.folding import fold_text
from quality.disclosure.personal_numbers import find_personal_numbers, suspect_words
from quality.disclosure.wide_net import DIGITS, GAPS, LETTERS, NUMBERS, ONES, select_likely, suspect_positions


@pytest.fixture(scope="module")
def plain():
    """What NFKC makes of each character that it does not leave as it is, and of those of ASCII."""
    changed = (chr(at) for at in range(0x80, 0x110000) if not unicodedata.is_normalized("NFKC", chr(at)))
    return {one: unicodedata.normalize("NFKC", one) for one in (*map(chr, range(0x80)), *changed)}


def test_the_wide_net_knows_every_character_that_stands_for_a_digit(plain):
    digit = re.compile(f"[{DIGITS}]")
    folded = [one for one, made in plain.items() if re.fullmatch("[0-9]", made)]
    assert [hex(ord(c)) for c in folded if not digit.fullmatch(c)] == []


def test_the_wide_net_knows_every_character_that_stands_for_a_letter_of_a_word(plain):
    letter = re.compile(f"[{LETTERS}]")
    sought = {*ascii_letters, *"字第单元号楼栋幢座村屯乡镇组队社", *"".join(suspect_words())} - {" "}
    folded = [one for one, made in plain.items() if one not in sought and made in sought]
    assert [hex(ord(c)) for c in folded if not letter.fullmatch(c)] == []


def test_the_wide_net_knows_every_character_that_may_stand_between_two_digits():
    gap = re.compile(f"[{GAPS}]")
    folded = [chr(at) for at in range(0x110000) if not 0xD800 <= at < 0xE000
              and re.fullmatch(r"[ \t\r\n\f\v\-./()_·]*", fold_text(chr(at)))]  # fmt: skip
    assert [hex(ord(c)) for c in folded if not gap.fullmatch(c)] == []


def test_the_wide_net_knows_every_character_that_stands_for_a_one(plain):
    one = re.compile(f"[{ONES}]")
    folded = [one for one, made in plain.items() if made == "1"]
    assert [hex(ord(c)) for c in folded if not one.fullmatch(c)] == []


def test_the_wide_net_knows_every_character_that_stands_for_a_digit_and_more(plain):
    number = re.compile(f"[{NUMBERS}]")
    folded = [one for one, made in plain.items() if re.search("[0-9].|.[0-9]", made, re.DOTALL)]
    assert [hex(ord(c)) for c in folded if not number.fullmatch(c)] == []


@pytest.mark.parametrize(
    "text",
    [
        "⑬800138000",
        "138︱0013︱8000",
        "138⁻0013⁻8000",
        "5E17",
        "5.E+17",
        "⒌E⁺17",
        "军字第1㉓456号",
        "3号\u00a02-1-301",
        "村⑩组",
    ],
)
def test_the_wide_net_keeps_rare_spellings_that_reading_a_cell_finds(text):
    assert find_personal_numbers(fold_text(text), of_person=True)
    _, likely = select_likely(pa.chunked_array([[text]]), with_flats=True)
    assert suspect_positions(likely.combine_chunks(), with_flats=True).to_pylist() == [0]


def test_texts_with_eleven_digits_in_a_row_are_likely_and_others_are_not():
    texts = [
        "138…0013（8000）",
        "１３８００１３８０００",
        "91210100MJX00001XF",
        "2026-11-28 09:38:47",
        None,
        "024-23206016",
    ]
    positions, likely = select_likely(pa.chunked_array([texts]), with_flats=False)
    assert positions.to_pylist() == [0, 1]
    assert likely.to_pylist() == texts[:2]


@example(["13800138000", "1380013800", ""])
@given(st.lists(st.text("-.0123456789", max_size=16)))
def test_plain_numbers_are_likely_as_they_are_among_other_texts(numbers):
    positions, _ = select_likely(pa.chunked_array([pa.array(numbers, pa.string())]), with_flats=True)
    assert positions == select_likely(pa.chunked_array([[*numbers, "场馆"]]), with_flats=True)[0]


def test_codes_of_many_digits_are_not_suspect_unless_they_are_spelt_like_a_card_or_a_mobile_number():
    codes = ["JY-000-000000138-2016-0001", "LN-210102-0001-20260709-0001", "2026.07.09.2026.07.10"]
    spelt = ["JY-138-0013-8000", "210102 19900307 1234", "no 6222-0212-3456-7890-128"]
    texts = pa.array([*codes, *spelt], pa.large_string())
    assert suspect_positions(texts, with_flats=False).to_pylist() == [3, 4, 5]


def test_likely_texts_are_suspect_in_their_order_whether_folded_or_not():
    texts = pa.array(
        ["13800138000", "２６０７０９１２３４５", "138…0013（8000）", "20260709123", "护照"], pa.large_string()
    )
    assert suspect_positions(texts, with_flats=False).to_pylist() == [0, 2, 4]
