"""Patterns translated for RE2: nothing is accepted that Python would not accept."""

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.conformance.patterns import MOST_REPEATS, to_re2
from support.hostile_files import TEXTS

TRANSLATED = [r"[a-z]+", "a|b", r"\d{2}", "[^,]*", r"\w+", ".*", r"(a|bc)?\s*", r"[A-Z]-?\d", "^x$", r"[\u4e00-\u9fa5]{2,}", r"LN-\d{3}", "a{,2}",
              "a{2,3}$", "(?:a|b)+?", r"\.", "[^a]", r"[\d-]", r"\Ax\Z", "(?P<n>a)", "𠮷"]  # fmt: skip
REFUSED = [
    r"\S+",
    r"[^\d]+",
    r"\bа",
    "(?=a)a",
    r"(.)\1",
    "(?i:abc)",
    "(?s)a",
    r"\D",
    f"a{{{MOST_REPEATS + 1}}}",
    "(",
    "[a",
    r"[\W]",
]


@pytest.mark.parametrize("pattern", TRANSLATED)
def test_a_translated_pattern_accepts_what_python_accepts_of_plain_texts(pattern):
    ours = to_re2(pattern)
    assert ours is not None
    python = re.compile(f"^{pattern}$")
    for text in [*TEXTS, "abc", "x", "LN-123", "12", "bc", "A-1", "中文", ".", "aa", "𠮷"]:
        accepted = pc.match_substring_regex(pa.scalar(text), ours).as_py()
        assert not accepted or python.match(text), text
        if text.isascii() and "\n" not in text:
            assert accepted == bool(python.match(text)), text


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_part_that_re2_lacks_or_reads_otherwise_is_refused(pattern):
    assert to_re2(pattern) is None


@settings(deadline=None)
@given(
    pattern=st.lists(st.sampled_from(["a", "b", "|", "(?:a|1)", "[a-c]", "[^b]", r"\d", r"\w", r"\s", ".", "*", "?", "{1,2}", "$", "^", r"\n"]),
                     min_size=1, max_size=6).map("".join),
    text=st.text(alphabet="ab1 \n١é", max_size=5),
)  # fmt: skip
def test_no_pattern_clears_a_text_that_python_refuses(pattern, text):
    ours = to_re2(pattern)
    if ours is not None and pc.match_substring_regex(pa.scalar(text), ours).as_py():
        assert re.compile(f"^{pattern}$").match(text)
