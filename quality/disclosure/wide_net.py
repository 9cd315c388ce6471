"""The wide net: selects the texts of whole columns that may hold personal data, by Arrow in two passes. It never misses any.

The first pass searches every text as it is, in any characters. The second folds the remaining texts and searches for the spellings of
each kind, so that grouped codes of many digits drop out; only conditions that need lookaround are not tested. The texts that remain are
examined one by one (`personal_numbers.py`). Not here: what is personal data.
"""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.conformance.buffers import cell_bytes
from quality.disclosure.bank_cards import BANK_CARD_SHAPES
from quality.disclosure.contact_details import MOBILE_SHAPES, email_domain_pattern
from quality.disclosure.folding import HYPHENS, ZERO_WIDTH
from quality.disclosure.identity_documents import IDENTITY_CARD_SHAPES
from quality.disclosure.personal_numbers import SHORT_NUMBER, SHORTEST_CARD, SHORTEST_NUMBER, suspect_words
from quality.text_columns import match_texts, may_match

_FILLED = 4
"""Bytes of the shortest text that can hold anything sought: a number that a spreadsheet turned into 5E17."""
_IN_NUMBERS = np.isin(np.arange(256), list(b"-.0123456789"))
"""Whether a byte stands in plain numbers."""
_FIRST = 4_096
"""Bytes of a column that are looked at first: in most columns that are no numbers one of them says so."""
DIGITS = "0-9\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u24ea\uff10-\uff19\U0001d7ce-\U0001d7ff\U0001fbf0-\U0001fbf9"
"""Every character that NFKC (Unicode 15) turns into one digit."""
ONES = "1\u00b9\u2081\u2460\uff11\U0001d7cf\U0001d7d9\U0001d7e3\U0001d7ed\U0001d7f7\U0001fbf1"
"""Every character that NFKC (Unicode 15) turns into the digit 1, with which every mobile number begins."""
NUMBERS = "\u00bc-\u00be\u2150-\u215f\u2189\u2469-\u249b\u3251-\u325f\u32b1-\u32cb\u3358-\u3370\u3378-\u3379\u339f-\u33a6\u33a8\u33af\u33e0-\u33fe\U0001f100-\U0001f10a"
"""Every character that NFKC (Unicode 15) turns into a digit and more: ⑬, ⒈, ㏠. A text that has one is likely."""
LETTERS = (
    "\u00aa\u00ba\u017f\u02b0-\u02e3\u1d2c-\u1dbb\u2071-\u209c\u2102\u210a-\u2115\u2119-\u217f\u24b6-\u24e9\u2c7c-\u2c7d\u2f08-\u2f42\u2f8f\u319e-\u319f"
    "\u3246\u3293\ua7f2-\ua7f4\uf9cd-\ufa08\ufa4c\uff21-\uff5a\U000107a5\U0001d400-\U0001d6a3\U0001f12b-\U0001f149\U0001f211"
)
"""Every character that NFKC (Unicode 15) turns into a letter of the alphabet or of a word that is sought."""
GAPS = (
    r"\t-\r ()\-./_"
    "\u00a0\u00ad\u00b7\u034f\u0387\u061c\u180b-\u180e\u2000-\u2015\u2024-\u2026\u202a-\u202f\u205f-\u2064\u2066-\u2069\u207b\u207d-\u207e\u208b\u208d-\u208e\u20e3"
    "\u2212\u3000\u301c\ufe00-\ufe01\ufe0e-\ufe0f\ufe19\ufe30-\ufe36\ufe4d-\ufe4f\ufe52\ufe58-\ufe5a\ufe63\ufeff\uff08-\uff09\uff0d-\uff0f\uff3f\uff5e"
)
"""Every character that folding turns into what may stand between two digits of one number, or into nothing."""
_COUNTS = "一二三四五六七八九十百"


def select_likely(texts: pa.ChunkedArray, *, with_flats: bool) -> tuple[pa.Array, pa.ChunkedArray]:
    """Returns the texts that may hold something, in whatever characters it is written, and their positions.

    These are texts with an `@`, eleven digits from a 1 on or fifteen with nothing but separators between them, the letter and digits of a passport, or a word
    for a document or a home; `with_flats`: or what a flat has in it.
    """
    pattern = _likely_pattern(with_flats=with_flats)
    if not may_match(texts, pattern):
        return pa.array([], pa.uint64()), pa.chunked_array([], pa.large_string())
    long_enough = pa.chunked_array([_mark_long_enough(chunk) for chunk in texts.chunks], pa.bool_())
    some = texts.filter(long_enough)
    likely = match_texts(some, pattern)
    return pc.indices_nonzero(long_enough).filter(likely), some.filter(likely).cast(pa.large_string())


def _mark_long_enough(texts: pa.StringArray) -> pa.BooleanArray:
    """Returns which texts are long enough to hold personal data; in a column of plain numbers, those with at least the digits of a telephone number."""
    written = cell_bytes(texts)
    plain = _IN_NUMBERS[written[:_FIRST]].all() and _IN_NUMBERS[written].all()
    return pc.fill_null(pc.greater_equal(pc.binary_length(texts), SHORTEST_NUMBER if plain else _FILLED), False)


def suspect_positions(texts: pa.LargeStringArray, *, with_flats: bool) -> pa.Array:
    """Returns the positions of texts that may hold something once they are folded; plain ASCII is not folded."""
    pattern = _suspect_pattern(with_flats=with_flats)
    plain = pc.string_is_ascii(texts)
    suspect = pc.match_substring_regex(texts.filter(plain), pattern)
    found = pc.indices_nonzero(plain).filter(suspect)
    written = texts.filter(pc.invert(plain))
    if len(written):
        bare = pc.replace_substring_regex(
            pc.replace_substring_regex(written, f"[{ZERO_WIDTH}]", ""), f"[{HYPHENS}]", "-"
        )
        folded = pc.utf8_normalize(bare, form="NFKC")
        suspect = pc.match_substring_regex(folded, pattern)
        found = pa.concat_arrays([found, pc.indices_nonzero(pc.invert(plain)).filter(suspect)])
    return found.sort()


@cache
def _likely_pattern(*, with_flats: bool) -> str:
    digit = f"[{DIGITS}]"
    sought = [
        f"[{ONES}](?:[{GAPS}]*{digit}){{{SHORTEST_NUMBER - 1}}}",
        f"{digit}(?:[{GAPS}]*{digit}){{{SHORTEST_CARD - 1}}}",
        f"[@\uff20\ufe6b{ZERO_WIDTH}{LETTERS}{NUMBERS}]",
        f"[GE][A-Z]?{digit}{{7}}",
        f"字.?第.?{digit}{{5}}",
        f"{digit}[{GAPS}]?[Ee][+\u207a\u208a\ufb29\ufe62\uff0b]?{digit}{digit}",
        f"(?i:{'|'.join(word.replace(' ', '.') for word in suspect_words())})",
        *([_flat_pattern()] if with_flats else []),
    ]
    return "|".join(sought)


@cache
def _suspect_pattern(*, with_flats: bool) -> str:
    sought = [
        MOBILE_SHAPES,
        IDENTITY_CARD_SHAPES,
        BANK_CARD_SHAPES,
        SHORT_NUMBER,
        f"(?i:{email_domain_pattern()}|{'|'.join(suspect_words())})",
        *([_flat_pattern()] if with_flats else []),
    ]
    return "|".join(sought)


def _flat_pattern() -> str:
    """Returns a regular expression of what every flat of a building and every house of a village has in it."""
    groups = f"[号楼栋幢座][{GAPS}]?[{DIGITS}]{{1,4}}[{GAPS}]"
    return f"单元|号楼|栋|幢|{groups}|[村屯乡镇][{_COUNTS}{DIGITS}]{{1,3}}[组队社]"
