"""A text is folded to one spelling, and folding twice changes nothing more."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.disclosure.folding import HYPHENS, ZERO_WIDTH, fold_text, strip_separators


@pytest.mark.parametrize(
    ("text", "folded"),
    [("", ""), ("１３８", "138"), ("13\u200b8", "138"), ("1\u20143", "1-3"), ("1️⃣3️⃣8️⃣", "138"), ("𝟏３⑧", "138"), ("\u202e138\u202c", "138")],
)  # fmt: skip
def test_full_width_invisible_and_ornamental_characters_are_folded(text, folded):
    assert fold_text(text) == folded


@given(st.text())
def test_a_folded_text_stays_as_it_is(text):
    assert fold_text(fold_text(text)) == fold_text(text)


def test_what_is_removed_is_seen_by_nobody():
    assert {unicodedata.category(c) for c in ZERO_WIDTH} <= {"Cf", "Mn", "Me"}
    assert not set(ZERO_WIDTH) & set(HYPHENS)


def test_only_digits_and_the_last_x_of_a_number_remain():
    assert strip_separators("210102-1990 0307.125X") == "21010219900307125X"
