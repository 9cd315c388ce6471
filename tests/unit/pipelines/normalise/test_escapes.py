"""Escapes are decoded; what stands for nothing printable, and what only looks like an escape, stays."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise.escapes import decode_escapes, unify_line_ends

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("&#27784;&#38451;体育馆", "沈阳体育馆"),
        ("&#x6C88;", "沈"),
        ("&#27784&#38451体育馆", "沈阳体育馆"),
        ("沈阳&amp;大连体育馆", "沈阳&大连体育馆"),
        ("A&nbsp;B", "A\u00a0B"),
        ("\\u6c88\\u9633体育馆", "沈阳体育馆"),
        ("\\ud842\\udfb7", "\U00020bb7"),
        ("和平区_x000D_\n后院", "和平区\r\n后院"),
        ("_x005F_x000D_", "_x000D_"),
    ],
)
def test_an_escape_becomes_what_it_stands_for(cell, text):
    assert decode_escapes(cell) == text


@pytest.mark.parametrize(
    "cell",
    ["A&B", "AT&T;", "&沈;", "&nosuchname;", "&#0;", "&#57344;", "\\ud842", "\\u12", "C:\\user", "a_x_b", "_x4E00_", "artificial_turf", "&amp", "https://a/?b=1&copy=2"],
)  # fmt: skip
def test_what_is_no_escape_or_stands_for_nothing_stays(cell):
    assert decode_escapes(cell) == cell


@given(CHINESE)
def test_text_comes_back_from_both_kinds_of_escape(text):
    assert decode_escapes("".join(f"&#{ord(letter)};" for letter in text)) == text
    assert decode_escapes("".join(f"\\u{ord(letter):04x}" for letter in text)) == text


@given(st.text(st.sampled_from("沈阳ab &;<>\"'"), max_size=8))
def test_text_comes_back_from_an_escaped_page(text):
    escaped = html.escape(text, quote=True)
    assert html.unescape(decode_escapes(escaped)) == html.unescape(text) or "&" in text


def test_line_ends_are_made_uniform():
    assert unify_line_ends("一\r\n二\r三\n四") == "一\n二\n三\n四"
